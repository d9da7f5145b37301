// Entry `countersign/author`: loads the author module ahead of time, so that the first `templates.compile` does not wait.
import createAuthor from './author-glue.js';
import type { WasmSource } from './types.js';
import { compileWasm } from './wasm-source.js';

export type { CompileOptions, CompileResult, Diagnostic, ImportResult, Language, Span, Template, TemplateName, Templates, WordPlace } from './types.js';

/** Fetches and compiles the module; `init` with the same `authorWasm` then finds it ready. Errors: `engine.wasm_not_found`. */
export async function preloadAuthor(authorWasm?: WasmSource): Promise<void> {
  void createAuthor;
  await compileWasm(authorWasm ?? new URL('./author.wasm', import.meta.url));
}
