// A store that forgets everything with the page: for Node, tests, and browsers that refuse storage (elements say so).
import { CountersignError } from './errors.js';
import { checkBatch, storeIdsOf } from './store.js';
import type { Batch, Cursor, EnvelopeStore, Item, Json, Kind, StoreId, StoredKey, StreamId, StreamItems, StreamPage } from './types.js';

interface Stream {
  version: number;
  items: Map<string, Item>;
}

export class MemoryStore implements EnvelopeStore {
  readonly kind = 'memory' as const;
  readonly #streams = new Map<StreamId, Stream>();
  readonly #records = new Map<string, string>();
  readonly #outbox = new Map<string, { stream: StreamId; kind: Kind; id: StoreId }>();
  readonly #keys = new Map<string, StoredKey>();
  readonly #watchers = new Set<(stream: StreamId) => void>();
  readonly #turns = new Map<StreamId, Promise<unknown>>();
  #closed = false;

  async commit(batch: Batch): Promise<void> {
    this.#check();
    checkBatch(batch);
    const ids = await storeIdsOf(batch.items ?? []);
    this.#check();
    // From here to the end nothing is awaited: all or nothing.
    const found = this.#streams.get(batch.stream);
    if (batch.version !== undefined && batch.version !== (found?.version ?? 0)) {
      throw new CountersignError('store.conflict', 'The stream has another version by now');
    }
    const stream = found ?? { version: 0, items: new Map<string, Item>() };
    const items = batch.items ?? [];
    if (items.length || batch.version !== undefined) {
      stream.version += 1;
      this.#streams.set(batch.stream, stream);
    }
    items.forEach((item, i) => stream.items.set(item.kind + ids[i], { kind: item.kind, id: item.id, bytes: item.bytes.slice() }));
    for (const id of batch.dequeue ?? []) this.#outbox.delete(`${batch.stream}/${id}`);
    for (const id of batch.enqueue ?? []) {
      const key = `${batch.stream}/${id}`;
      const kind: Kind = stream.items.has(`e${id}`) ? 'e' : 'b';
      if (!this.#outbox.has(key)) this.#outbox.set(key, { stream: batch.stream, kind, id });
    }
    for (const [key, value] of Object.entries(batch.records ?? {})) {
      if (value === null) this.#records.delete(key);
      else this.#records.set(key, JSON.stringify(value));
    }
    for (const watcher of this.#watchers) queueMicrotask(() => watcher(batch.stream));
  }

  async read(stream: StreamId, from: Cursor | null, limit: number): Promise<StreamItems> {
    this.#check();
    const found = this.#streams.get(stream);
    const keys = [...(found?.items.keys() ?? [])].sort().filter((key) => from === null || key > from);
    const page = keys.slice(0, limit);
    return {
      items: page.map((key) => { const item = found!.items.get(key)!; return { kind: item.kind, id: item.id, bytes: item.bytes.slice() }; }),
      next: keys.length > limit ? page.at(-1)! : null,
      version: found?.version ?? 0,
      damaged: [],
    };
  }
  async get(stream: StreamId, kind: Kind, id: StoreId): Promise<Uint8Array | null> {
    this.#check();
    return this.#streams.get(stream)?.items.get(kind + id)?.bytes.slice() ?? null;
  }
  async streams(from: Cursor | null, limit: number): Promise<StreamPage> {
    this.#check();
    const names = [...this.#streams.keys()].sort().filter((name) => from === null || name > from);
    return { streams: names.slice(0, limit), next: names.length > limit ? names[limit - 1]! : null };
  }
  async record(key: string): Promise<Json | null> {
    this.#check();
    const text = this.#records.get(key);
    return text === undefined ? null : (JSON.parse(text) as Json);
  }
  async records(prefix: string, from: Cursor | null, limit: number): Promise<{ records: Record<string, Json>; next: Cursor | null }> {
    this.#check();
    const keys = [...this.#records.keys()].filter((key) => key.startsWith(prefix) && (from === null || key > from)).sort();
    const page = keys.slice(0, limit);
    return { records: Object.fromEntries(page.map((key) => [key, JSON.parse(this.#records.get(key)!) as Json])), next: keys.length > limit ? page.at(-1)! : null };
  }
  async outbox(stream: StreamId | null, limit: number): Promise<readonly { stream: StreamId; kind: Kind; id: StoreId }[]> {
    this.#check();
    return [...this.#outbox.values()].filter((row) => stream === null || row.stream === stream).slice(0, limit);
  }
  async forget(stream: StreamId): Promise<void> {
    this.#check();
    this.#streams.delete(stream);
    for (const [key, row] of this.#outbox) if (row.stream === stream) this.#outbox.delete(key);
    for (const key of this.#records.keys()) if (key.includes(`/${stream}`)) this.#records.delete(key);
  }
  async putKey(name: string, key: StoredKey): Promise<void> {
    this.#check();
    this.#keys.set(name, key);
  }
  async getKey(name: string): Promise<StoredKey | null> {
    this.#check();
    return this.#keys.get(name) ?? null;
  }
  exclusive<T>(stream: StreamId, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(stream) ?? Promise.resolve();
    const turn = before.then(work, work);
    this.#turns.set(stream, turn.catch(() => undefined));
    return turn;
  }
  watch(changed: (stream: StreamId) => void): () => void {
    this.#watchers.add(changed);
    return () => { this.#watchers.delete(changed); };
  }
  async close(): Promise<void> {
    this.#closed = true;
  }

  #check(): void {
    if (this.#closed) throw new CountersignError('store.closed', 'The store was closed');
  }
}
