// Starting the engine: explicit, memoised, repeatable after a failure, and never at import.
import createSign from './sign.js';
import { OpenCountersign } from './countersign.js';
import { badArgument, Engine, type Part } from './engine.js';
import { CountersignError } from './errors.js';
import type { RawBase, RawModule, RawOptions } from './sign.js';
import { BrowserStore } from './store-browser.js';
import { MemoryStore } from './store-memory.js';
import type { Countersign, EnvelopeStore, InitOptions, Sentences, StorageStatus, WasmSource } from './types.js';
import { compileWasm } from './wasm-source.js';

type Factory = (options: RawOptions) => Promise<RawModule>;

/** By store: two products on one page, or two parties in one test, have an engine each. */
const engines = new Map<EnvelopeStore | string, Promise<Countersign>>();

/**
 * Loads the engine, runs its self-test and opens the store. Called again for the same store it answers with the same
 * engine; after a failure, a `close()` or a `CountersignPanic` it starts anew.
 * Errors: `engine.wasm_not_found`, `engine.wasm_unsupported`, `engine.self_test`, `store.blocked`, `store.newer_version`.
 */
export function init(options: InitOptions = {}): Promise<Countersign> {
  const key = options.store ?? options.storeName ?? 'countersign';
  const running = engines.get(key);
  if (running) return running;
  const forget = (): void => { if (engines.get(key) === starting) engines.delete(key); };
  const starting = start(options, forget);
  engines.set(key, starting);
  starting.catch(forget);
  return starting;
}

/** Of one build: the same bytes in the module and in each of its parts (toolchain/split_module.mjs). */
const buildOf = (module: WebAssembly.Module): string => String(WebAssembly.Module.customSections(module, 'build').map((bytes) => new Uint8Array(bytes)));

/** `meanwhile` is called with the glue alone, while the module is on its way. */
async function instantiateWith(sentences: Sentences | undefined, create: Factory, source: WasmSource, onPanic: () => void, partOf?: (part: Part) => WasmSource, meanwhile?: (glue: RawModule) => void): Promise<Engine> {
  const compiling = compileWasm(source);
  let exports: WebAssembly.Exports;
  const raw = await new Promise<RawModule>((resolve, reject) => {
    const glue: RawOptions = {
      storeTickets: new Map(),
      instantiateWasm: (imports, done) => {
        compiling.then(async (module) => {
          const instance = await WebAssembly.instantiate(module, imports);
          ({ exports } = instance);
          done(instance, module);
        }).catch(reject);
        return {};
      },
    };
    create(glue).then(resolve, reject);
    meanwhile?.(glue as RawModule);
  }).catch((error: unknown) => {
    if (error instanceof CountersignError) throw error;
    throw new CountersignError('engine.wasm_unsupported', 'The module does not start here: glue and module are of different versions, or memory is short', '', undefined, error);
  });
  // A part puts its functions where the module calls them.
  const engine = new Engine(raw, onPanic, sentences, partOf && (async (name) => {
    const part = await compileWasm(partOf(name));
    if (buildOf(part) !== buildOf(await compiling)) throw new CountersignError('engine.wasm_unsupported', `sign.wasm and its part ${name} are of different versions`);
    await WebAssembly.instantiate(part, { '': exports as WebAssembly.ModuleImports });
  }));
  engine.text('cs_self_test');
  return engine;
}

/** A module that is loaded by the first call and kept; after a failure or a panic the next call loads it anew. */
function untilItDies<T>(load: (dead: () => void) => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | null = null;
  const dead = (): void => { loading = null; };
  return () => {
    loading ??= load(dead);
    loading.catch(dead);
    return loading;
  };
}

async function start(options: InitOptions, forget: () => void): Promise<Countersign> {
  const instantiate = instantiateWith.bind(null, options.sentences);
  const given = options.wasm;
  const base: RawBase = { name: options.storeName ?? 'countersign' };
  const status = options.store ? null : browserStatus();
  const beside = (part: Part): WasmSource | undefined => (typeof given === 'string' || given instanceof URL ? String(given).replace(/\.wasm(?=[?#]|$)/, `-${part}.wasm`) : undefined);
  const engine = await instantiate(createSign, given ?? new URL('./sign.wasm', import.meta.url), forget, (part) => (part === 'acts'
    ? options.actsWasm ?? beside(part) ?? new URL('./sign-acts.wasm', import.meta.url)
    : options.extraWasm ?? beside(part) ?? new URL('./sign-extra.wasm', import.meta.url)),
  // Told of by chooseStore, which connects again.
  (glue) => { if (!options.store) void glue.countersignStore.connect(base).catch(() => undefined); });
  const { store, storage } = await chooseStore(engine, options, base, status);
  return new OpenCountersign({
    engine, store, storage,
    author: untilItDies((dead) => import('./author-module.js').then(({ loadAuthor }) => loadAuthor(options.authorWasm, instantiate, dead))),
    proof: untilItDies((dead) => import('./proof-module.js').then(({ loadProof }) => loadProof(options.proofWasm, instantiate, dead))),
    keys: untilItDies((dead) => import('./keys-module.js').then(({ loadKeys }) => loadKeys(options.keysWasm, instantiate, dead))),
    now: options.now ?? (() => new Date()),
    random: options.random ?? ((length) => crypto.getRandomValues(new Uint8Array(length))),
    closed: forget,
  });
}

async function chooseStore(engine: Engine, options: InitOptions, base: RawBase, status: Promise<StorageStatus> | null): Promise<{ store: EnvelopeStore; storage: StorageStatus }> {
  if (options.store && typeof options.store.commit !== 'function') throw badArgument('Not a store');
  if (options.store) return { store: options.store, storage: { kind: options.store.kind, durable: options.store.kind !== 'memory', persisted: null, quotaBytes: null, usedBytes: null } };
  try {
    const store = await BrowserStore.open(engine, base);
    return { store, storage: (await status)! };
  } catch (error) {
    // Nothing to store in (Node, a private window, storage denied): say so, and go on in memory. A store that exists
    // and is only blocked must not be shadowed by an empty one.
    if (!(error instanceof CountersignError) || error.code !== 'store.unavailable') throw error;
    return { store: new MemoryStore(), storage: { kind: 'memory', durable: false, persisted: false, quotaBytes: null, usedBytes: null } };
  }
}

async function browserStatus(): Promise<StorageStatus> {
  const manager = typeof navigator === 'undefined' ? undefined : navigator.storage;
  const persisted = await manager?.persisted?.().catch(() => null) ?? null;
  const { quota, usage } = await manager?.estimate?.().catch(() => ({}) as StorageEstimate) ?? {};
  // Asked for, never awaited: one engine prompts and never settles.
  if (persisted === false) void manager?.persist?.().catch(() => undefined);
  return { kind: 'indexeddb', durable: true, persisted, quotaBytes: quota ?? null, usedBytes: usage ?? null };
}
