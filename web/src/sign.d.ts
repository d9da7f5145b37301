// The glue that Emscripten makes (dist/sign.js). Only init.ts, engine.ts and store-browser.ts know this shape.

/** The store's half in JavaScript: wasm/indexeddb_library.js. */
export interface RawStore {
  /** Open stores by number. */
  open: RawBase[];
  connect(base: RawBase): Promise<unknown>;
  read(base: RawBase, stream: string, from: string | null, limit: number): Promise<{ items: { kind: 'e' | 'b'; id: string; bytes: Uint8Array }[]; next: string | null; version: number }>;
  get(base: RawBase, name: 'items' | 'heads' | 'keys' | 'meta', key: string | string[]): Promise<unknown>;
  put(base: RawBase, name: 'keys', key: string, value: unknown): Promise<void>;
  removeItem(base: RawBase, stream: string, kind: string, id: string): Promise<void>;
  texts(base: RawBase, name: 'heads' | 'meta', prefix: string, from: string | null, limit: number): Promise<{ keys: string[]; values: unknown[] }>;
  outbox(base: RawBase, stream: string | null): Promise<{ stream: string; kind: 'e' | 'b'; id: string; n: number }[]>;
  forget(base: RawBase, stream: string): Promise<void>;
  close(base: RawBase): void;
}
export interface RawBase {
  name: string;
  db?: unknown;
}
export interface RawModule {
  readonly HEAPU8: Uint8Array;
  readonly countersignStore: RawStore;
  readonly storeTickets: Map<number, { resolve: (value: undefined) => void; reject: (error: unknown) => void }>;
  readonly [name: `_cs_${string}`]: (...args: number[]) => number;
  /** Bound with embind, in the author module: texts and bytes as they are. */
  readonly [name: `cs_${string}`]: (...args: (number | string | Uint8Array)[]) => number;
}
export interface RawOptions {
  instantiateWasm?: (imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void) => object;
  storeTickets: RawModule['storeTickets'];
}
export default function createModule(options: RawOptions): Promise<RawModule>;
