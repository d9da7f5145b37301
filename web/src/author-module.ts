// The author module (compiler and verifier that recompiles), fetched only where somebody authors or verifies in full.
import createAuthor from './author-glue.js';
import type { Engine } from './engine.js';
import type { RawModule, RawOptions } from './sign.js';
import type { WasmSource } from './types.js';

export function loadAuthor(
  source: WasmSource | undefined,
  instantiate: (create: (options: RawOptions) => Promise<RawModule>, source: WasmSource, onPanic: () => void) => Promise<Engine>,
  onPanic: () => void,
): Promise<Engine> {
  return instantiate(createAuthor, source ?? new URL('./author.wasm', import.meta.url), onPanic);
}
