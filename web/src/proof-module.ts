// The proof module (reports and printable copies), fetched only where somebody verifies, imports or saves a copy.
import createProof from './proof-glue.js';
import type { Engine } from './engine.js';
import type { RawModule, RawOptions } from './sign.js';
import type { WasmSource } from './types.js';

export function loadProof(
  source: WasmSource | undefined,
  instantiate: (create: (options: RawOptions) => Promise<RawModule>, source: WasmSource, onPanic: () => void) => Promise<Engine>,
  onPanic: () => void,
): Promise<Engine> {
  return instantiate(createProof, source ?? new URL('./proof.wasm', import.meta.url), onPanic);
}
