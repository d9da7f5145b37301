// A backend that lives as long as the page: for tests, demos, and as the smallest example of the contract.
import { CountersignError } from '../errors.js';
import type { Backend, BackendCaps, Cursor, FeedPage, Item, Kind, PutResult, StoreId, StreamId } from '../types.js';
import { checkItemName, checkStream, isWhole } from './hash.js';

interface Feed {
  readonly order: { kind: Kind; id: StoreId; bytes: Uint8Array }[];
  readonly known: Map<string, Uint8Array>;
  readonly hints: Set<() => void>;
}

let lives = 0;

export class MemoryBackend implements Backend {
  #epoch = `m${++lives}`;
  readonly #feeds = new Map<StreamId, Feed>();

  async caps(): Promise<BackendCaps> {
    return {
      epoch: this.#epoch, ordered: true, conditionalCreate: true, batch: true, reconcile: false, erase: false,
      verifiesHash: true, verifiesSignatures: false, durableAck: 'memory',
      limits: { event: 98_304, chunk: 4 * 1024 * 1024, page: 500, streamBytes: 512 * 1024 * 1024, writesPerMin: 0 },
    };
  }

  async put(stream: StreamId, items: readonly Item[]): Promise<readonly PutResult[]> {
    checkStream(stream);
    const feed = this.#feed(stream);
    const results: PutResult[] = [];
    for (const item of items) {
      checkItemName(item.kind, item.id);
      const name = item.kind + item.id;
      if (!(await isWhole(item))) {
        results.push({ id: item.id, state: 'rejected', problem: { type: 'digest-mismatch', title: 'The bytes are not the ones the id names', retryable: false } });
      } else if (feed.known.has(name)) {
        results.push({ id: item.id, state: 'present' });
      } else {
        const bytes = item.bytes.slice();
        feed.known.set(name, bytes);
        feed.order.push({ kind: item.kind, id: item.id, bytes });
        results.push({ id: item.id, state: 'stored' });
      }
    }
    if (results.some((result) => result.state === 'stored')) for (const hint of feed.hints) hint();
    return results;
  }

  async get(stream: StreamId, kind: Kind, id: StoreId, range?: readonly [number, number]): Promise<Uint8Array | null> {
    checkStream(stream);
    checkItemName(kind, id);
    const bytes = this.#feeds.get(stream)?.known.get(kind + id);
    if (!bytes) return null;
    return range ? bytes.slice(range[0], range[1]) : bytes.slice();
  }

  async list(stream: StreamId, cursor: Cursor | null, limit: number): Promise<FeedPage> {
    checkStream(stream);
    const order = this.#feeds.get(stream)?.order ?? [];
    const start = cursor === null ? 0 : this.#position(cursor, order.length);
    const end = Math.min(order.length, start + Math.max(1, Math.min(limit, 500)));
    return {
      epoch: this.#epoch,
      next: `${this.#epoch}.${end}`,
      more: end < order.length,
      items: order.slice(start, end).map(({ kind, id, bytes }) => ({ kind, id, size: bytes.length })),
    };
  }

  watch(stream: StreamId, _cursor: Cursor, hint: () => void): () => void {
    checkStream(stream);
    const { hints } = this.#feed(stream);
    hints.add(hint);
    return () => hints.delete(hint);
  }

  /** As a restore from a backup would: the feed ends earlier, and a new epoch says so. */
  rewind(stream: StreamId, length: number): void {
    const feed = this.#feed(stream);
    for (const { kind, id } of feed.order.splice(length)) feed.known.delete(kind + id);
    this.#epoch = `m${++lives}`;
  }

  #feed(stream: StreamId): Feed {
    let feed = this.#feeds.get(stream);
    if (!feed) this.#feeds.set(stream, (feed = { order: [], known: new Map(), hints: new Set() }));
    return feed;
  }

  #position(cursor: Cursor, length: number): number {
    const [epoch, at] = cursor.split('.');
    const position = Number(at);
    if (epoch !== this.#epoch || !Number.isInteger(position) || position < 0 || position > length) {
      throw new CountersignError('backend.epoch_changed', 'the cursor is of another life of the backend');
    }
    return position;
  }
}
