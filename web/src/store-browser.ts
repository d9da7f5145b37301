// The browser's store, reached through the wasm module: C++ packs each batch, the module's library runs one transaction
// (wasm/indexeddb_library.js). Here: promises, errors, tabs.
import { Engine, stringify, toHex } from './engine.js';
import { CountersignError } from './errors.js';
import type { RawBase } from './sign.js';
import { checkBatch } from './store.js';
import type { Batch, Cursor, EnvelopeStore, ErrorCode, Json, Kind, StoreId, StoredKey, StreamId, StreamItems, StreamPage } from './types.js';

/** A tab that holds the turn longer than this is taken for frozen; the version check turns its late write away. */
const frozenAfterMs = 10_000;
const nothing = new Uint8Array();

function asError(error: unknown): CountersignError {
  if (error instanceof CountersignError) return error;
  const { code, message } = error as { code?: ErrorCode; message?: string };
  return new CountersignError(code ?? 'store.unavailable', message ?? 'The store refused', '', undefined, error);
}

export class BrowserStore implements EnvelopeStore {
  readonly kind = 'indexeddb' as const;
  readonly #engine: Engine;
  readonly #number: number;
  readonly #base: RawBase;
  readonly #name: string;
  readonly #channel: BroadcastChannel | null;
  readonly #watchers = new Set<(stream: StreamId) => void>();
  #tickets = 0;

  private constructor(engine: Engine, base: RawBase) {
    const { name } = base;
    this.#engine = engine;
    this.#name = name;
    this.#base = base;
    this.#number = engine.module.countersignStore.open.push(this.#base) - 1;
    this.#channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(`countersign:${name}`);
    this.#channel?.addEventListener('message', (event: MessageEvent) => this.#tell(String(event.data)));
  }

  /** `base` may be connected already, or connecting. Errors: `store.unavailable`, `store.blocked`, `store.newer_version`. */
  static async open(engine: Engine, base: RawBase): Promise<BrowserStore> {
    const store = new BrowserStore(engine, base);
    try {
      await store.#run(engine.module.countersignStore.connect(store.#base));
    } catch (error) {
      store.#channel?.close(); // an open channel would keep a Node process alive
      throw error;
    }
    return store;
  }

  async commit(batch: Batch): Promise<void> {
    checkBatch(batch);
    const items = batch.items ?? [];
    const kinds = new Map(items.map((item) => [item.id, item.kind]));
    const head = {
      stream: batch.stream,
      durability: batch.durability ?? 'strict',
      ...(batch.version === undefined ? {} : { version: batch.version }),
      items: items.map(({ kind, id, bytes }) => ({ kind, id, size: bytes.length })),
      enqueue: (batch.enqueue ?? []).map((id) => ({ id, kind: kinds.get(id) ?? 'e' })),
      dequeue: batch.dequeue ?? [],
      // Records keep what the profile of the core does not know (fractions, for one), so they travel as text.
      records: Object.fromEntries(Object.entries(batch.records ?? {}).map(([key, value]) => [key, value === null ? null : JSON.stringify(value)])),
    };
    let bytes = nothing;
    if (items.length === 1) bytes = items[0]!.bytes as typeof bytes;
    else if (items.length) {
      bytes = new Uint8Array(items.reduce((sum, item) => sum + item.bytes.length, 0));
      let at = 0;
      for (const item of items) {
        bytes.set(item.bytes, at);
        at += item.bytes.length;
      }
    }
    const ticket = (this.#tickets = (this.#tickets + 1) % 0x7fffffff);
    const done = new Promise<undefined>((resolve, reject) => this.#engine.module.storeTickets.set(ticket, { resolve, reject }));
    try {
      this.#engine.text('cs_store_commit', this.#number, ticket, stringify(head), bytes);
    } catch (error) {
      this.#engine.module.storeTickets.delete(ticket);
      throw error;
    }
    await this.#run(done);
    this.#channel?.postMessage(batch.stream);
    this.#tell(batch.stream);
  }

  async read(stream: StreamId, from: Cursor | null, limit: number): Promise<StreamItems> {
    const raw = this.#engine.module.countersignStore;
    const page = await this.#run(raw.read(this.#base, stream, from, limit));
    const damaged: StoreId[] = [];
    const items = [];
    for (const item of page.items) {
      if (toHex(this.#engine.bytes('cs_sha256', item.bytes)) === item.id) items.push(item);
      else {
        // What no longer has its hash is nobody's item; a backend or the other party still has the real one.
        damaged.push(item.id);
        await this.#run(raw.removeItem(this.#base, stream, item.kind, item.id));
      }
    }
    return { items, next: page.next, version: page.version, damaged };
  }
  async get(stream: StreamId, kind: Kind, id: StoreId): Promise<Uint8Array | null> {
    const bytes = await this.#raw((raw) => raw.get(this.#base, 'items', [stream, kind, id])) as Uint8Array | undefined;
    return bytes && toHex(this.#engine.bytes('cs_sha256', bytes)) === id ? bytes : null;
  }
  async streams(from: Cursor | null, limit: number): Promise<StreamPage> {
    const { keys } = await this.#raw((raw) => raw.texts(this.#base, 'meta', 'version/', from, limit));
    return { streams: keys.map((key) => key.slice(8)), next: keys.length === limit ? keys.at(-1)! : null };
  }
  async record(key: string): Promise<Json | null> {
    const text = await this.#raw((raw) => raw.get(this.#base, 'heads', key)) as string | undefined;
    return text === undefined ? null : (JSON.parse(text) as Json);
  }
  async records(prefix: string, from: Cursor | null, limit: number): Promise<{ records: Record<string, Json>; next: Cursor | null }> {
    const { keys, values } = await this.#raw((raw) => raw.texts(this.#base, 'heads', prefix, from, limit));
    return { records: Object.fromEntries(keys.map((key, i) => [key, JSON.parse(values[i] as string) as Json])), next: keys.length === limit ? keys.at(-1)! : null };
  }
  async outbox(stream: StreamId | null, limit: number): Promise<readonly { stream: StreamId; kind: Kind; id: StoreId }[]> {
    const rows = await this.#raw((raw) => raw.outbox(this.#base, stream));
    return rows.slice(0, limit).map(({ stream: name, kind, id }) => ({ stream: name, kind, id }));
  }
  async forget(stream: StreamId): Promise<void> {
    await this.#raw((raw) => raw.forget(this.#base, stream));
    this.#channel?.postMessage(stream);
  }
  async putKey(name: string, key: StoredKey): Promise<void> {
    await this.#raw((raw) => raw.put(this.#base, 'keys', name, key));
  }
  async getKey(name: string): Promise<StoredKey | null> {
    return ((await this.#raw((raw) => raw.get(this.#base, 'keys', name))) as StoredKey | undefined) ?? null;
  }

  async exclusive<T>(stream: StreamId, work: () => Promise<T>): Promise<T> {
    const locks = typeof navigator === 'undefined' ? undefined : navigator.locks;
    if (!locks) return work();
    const name = `countersign:${this.#name}:${stream}`;
    const waiting = new AbortController();
    const timer = setTimeout(() => waiting.abort(), frozenAfterMs);
    let started = false;
    const run = async (): Promise<T> => {
      started = true;
      clearTimeout(timer);
      return work();
    };
    try {
      return await locks.request(name, { signal: waiting.signal }, run);
    } catch (error) {
      if (started || !waiting.signal.aborted) throw error;
      return await locks.request(name, { steal: true }, run);
    } finally {
      clearTimeout(timer);
    }
  }
  watch(changed: (stream: StreamId) => void): () => void {
    this.#watchers.add(changed);
    return () => { this.#watchers.delete(changed); };
  }
  async close(): Promise<void> {
    this.#channel?.close();
    this.#engine.module.countersignStore.close(this.#base);
  }

  #tell(stream: StreamId): void {
    for (const watcher of this.#watchers) watcher(stream);
  }
  #raw<T>(call: (raw: Engine['module']['countersignStore']) => Promise<T>): Promise<T> {
    return this.#run(call(this.#engine.module.countersignStore));
  }
  async #run<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw asError(error);
    }
  }
}
