// One envelope's log, open in this page: what the store holds, replayed in the core. Sessions of several actors share it.
//
// Everything that changes an envelope passes `act`: prepare in the core, sign on the device, commit in the core, one
// strict transaction in the store, and only then apply. What came from outside passes `receive`.
import { badArgument, deepFreeze, stringify, toHex, unpack, type Engine, type Handle } from './engine.js';
import { CountersignError } from './errors.js';
import type { Envelope, EnvelopeStore, ErrorCode, EventId, Item, Json, Kind, Received, SigningKey, StoreId, StreamId, SyncState, TrailPage } from './types.js';

/** What the core needs to know of who acts. */
export interface Author {
  /** Public key. */
  readonly x: string;
  /** "" for owner, recovery key and services. */
  readonly recipient: string;
}
/** The impure parts of one act. */
export interface ActContext {
  readonly chain: string;
  seq: number;
  now(): number;
  salt(): string;
}
/** 'b' before 'e', else as they come. */
const blobsFirst = (a: Item, b: Item): number => a.kind.charCodeAt(0) - b.kind.charCodeAt(0);

interface Receipt {
  readonly reception: 'admitted' | 'waiting' | 'refused' | 'known';
  readonly code?: ErrorCode;
  readonly admitted: readonly EventId[];
  readonly dropped: Received['dropped'];
}
type Change = { envelope: Envelope; admitted: readonly EventId[] };

const pageSize = 500;

export class OpenLog {
  readonly stream: StreamId;
  readonly #engine: Engine;
  readonly #store: EnvelopeStore;
  readonly #listeners = new Set<(change: Change) => void>();
  #handle: Handle;
  #known = new Set<StoreId>();
  #version = 0;
  #state: Envelope | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #unwatch: (() => void) | null = null;
  #summary = '';
  #pending = 0;
  /** Sessions that look at it. */
  uses = 0;

  private constructor(engine: Engine, store: EnvelopeStore, stream: StreamId) {
    this.#engine = engine;
    this.#store = store;
    this.stream = stream;
    this.#handle = engine.handle(engine.json<number>('cs_envelope_open'), 'cs_envelope_close');
  }

  static async open(engine: Engine, store: EnvelopeStore, stream: StreamId): Promise<OpenLog> {
    const log = new OpenLog(engine, store, stream);
    try {
      await log.#catchUp();
    } catch (error) {
      log.close();
      throw error;
    }
    // Another tab wrote: take it in, tell the sessions.
    log.#unwatch = store.watch?.((changed) => {
      if (changed === stream && !log.#handle.closed) void log.#serial(() => log.#catchUp()).catch(() => undefined);
    }) ?? null;
    return log;
  }

  get handle(): number {
    return this.#handle.number;
  }
  /** `null` while the genesis is not here. */
  get state(): Envelope | null {
    return this.#state;
  }
  /** An act or a delivery is under way. */
  get busy(): boolean {
    return this.#pending > 0;
  }
  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => { this.#listeners.delete(listener); };
  }
  async trail(offset = 0, limit = 200): Promise<TrailPage> {
    await this.#engine.part('extra');
    return this.#engine.json('cs_envelope_trail', this.handle, offset, limit);
  }
  /** The newest event that this key wrote, "" where it wrote none. */
  newest(key: string): EventId {
    return this.#engine.text('cs_envelope_newest', this.handle, key);
  }
  blob(ref: string): Uint8Array {
    return this.#engine.bytes('cs_envelope_blob', this.handle, ref);
  }
  can(author: Author, command: unknown, now: Date): ErrorCode | null {
    return (this.#engine.text('cs_envelope_can', this.handle, stringify(author), stringify(command), now.getTime()) || null) as ErrorCode | null;
  }

  /**
   * One act of one author: an event, signed and durable when it resolves. `blobs` are ingested before and stored with
   * it; `sign` prepares and signs in place of this log's own module; `records` are written in the same transaction. `envelope.stale` and `store.conflict` are answered by looking
   * again, once.
   */
  act(key: SigningKey, author: Author, command: unknown, context: ActContext, extra: { blobs?: readonly Uint8Array[]; records?: Record<string, Json | null>; sign?: () => Promise<Item[]> } = {}): Promise<Envelope> {
    return this.#exclusive(async () => {
      for (let attempt = 0; ; attempt += 1) {
        const blobs = (extra.blobs ?? []).map((bytes) => this.#item('b', bytes));
        for (const blob of blobs) this.#ingest(blob);
        try {
          const items = await (extra.sign?.() ?? this.sign(key, author, command, context));
          await this.#commit([...blobs, ...items], extra.records);
          context.seq += 1;
          return this.#apply(items);
        } catch (error) {
          const again = error instanceof CountersignError && (error.code === 'envelope.stale' || error.code === 'store.conflict');
          if (!again || attempt > 0) throw error;
          await this.#catchUp();
        }
      }
    });
  }

  /** Acts that were signed elsewhere, in one transaction: all of them or none. The log is closed when it fails: open it anew. */
  adopt(items: readonly Item[], records: Record<string, Json | null>): Promise<Envelope> {
    return this.#exclusive(async () => {
      try {
        await this.#commit(items, records);
        return this.#apply(items);
      } catch (error) {
        this.close();
        throw error;
      }
    });
  }

  /** Small records of this envelope, in a transaction of their own. */
  async note(records: Record<string, Json | null>): Promise<void> {
    await this.#store.commit({ stream: this.stream, records });
  }

  /** Items from outside: a backend, a bundle, another party. */
  async receive(items: readonly Item[], refused: 'keep' | 'drop', records: Record<string, Json | null> = {}): Promise<Received> {
    if (!Array.isArray(items) || !items.every((item) => /^[be]$/.test(item?.kind))) throw badArgument('Not a list of items');
    return this.#exclusive(async () => {
      const results: { kind: Kind; id: StoreId; state: 'applied' | 'waiting' | 'known' | 'refused'; code?: ErrorCode }[] = [];
      const kept: Item[] = [];
      const admitted: EventId[] = [];
      const dropped: Received['dropped'][number][] = [];
      // An event that needs a blob then need not wait.
      const ordered = items.map((item, i) => ({ item, i })).sort((a, b) => blobsFirst(a.item, b.item));
      for (const { item, i } of ordered) {
        const { kind, id } = item;
        if (this.#item(kind, item.bytes).id !== id) {
          results[i] = { kind, id, state: 'refused', code: 'store.wrong_hash' };
          continue;
        }
        if (this.#known.has(id)) {
          results[i] = { kind, id, state: 'known' };
          continue;
        }
        const receipt = this.#ingest(item);
        admitted.push(...receipt.admitted);
        dropped.push(...receipt.dropped);
        const state = receipt.reception === 'admitted' ? 'applied' : receipt.reception;
        results[i] = { kind, id, state, ...(receipt.code ? { code: receipt.code } : {}) };
        if (receipt.reception !== 'refused' || refused === 'keep') kept.push(item);
        else this.#known.delete(id);
      }
      if (kept.length || Object.keys(records).length) {
        try {
          await this.#store.commit({ stream: this.stream, items: kept, records, durability: refused === 'drop' ? 'strict' : 'relaxed' });
        } catch (error) {
          this.close();
          throw error;
        }
        if (kept.length) this.#version += 1;
      }
      return deepFreeze({ envelope: this.#changed(admitted, kept.length > 0, true), results, dropped });
    });
  }

  /** Everything the log holds, packed: what the proof module makes bundles from. */
  async items(): Promise<Uint8Array> {
    await this.#engine.part('extra');
    return this.#engine.bytes('cs_envelope_items', this.handle);
  }
  close(): void {
    this.#unwatch?.();
    this.#unwatch = null;
    this.#handle.close();
  }
  get closed(): boolean {
    return this.#handle.closed;
  }

  #item(kind: Kind, bytes: Uint8Array): Item {
    return { kind, id: toHex(this.#engine.bytes('cs_sha256', bytes)) as StoreId, bytes };
  }
  #ingest(item: Item): Receipt {
    this.#known.add(item.id);
    return this.#engine.json<Receipt>('cs_envelope_ingest', this.handle, item.kind.charCodeAt(0), item.bytes);
  }

  /** Prepares a command on a ledger, has the device sign it, and gives the items to store, blobs first. Own ledger or another module's. */
  async sign(key: SigningKey, author: Author, command: unknown, context: ActContext, engine = this.#engine, ledger = this.handle): Promise<Item[]> {
    await engine.part('acts');
    const impure = { at: context.now(), chain: context.chain, seq: context.seq, salt: context.salt(), detailSalt: context.salt(), valuesSalt: context.salt() };
    const { signingInput } = engine.json<{ signingInput: string }>('cs_envelope_prepare', ledger, stringify(author), stringify(command), stringify(impure));
    const signature = await key.sign(new TextEncoder().encode(signingInput));
    return unpack(engine.bytes('cs_envelope_commit', ledger, signature)).sort(blobsFirst);
  }

  /** An own act: items, outbox and records in one strict transaction, refused if another tab was first. */
  async #commit(items: readonly Item[], records: Record<string, Json | null> = {}): Promise<void> {
    await this.#store.commit({ stream: this.stream, items, enqueue: items.map((item) => item.id), records, version: this.#version, durability: 'strict' });
    this.#version += 1;
  }
  #apply(items: readonly Item[]): Envelope {
    const admitted = items.flatMap((item) => this.#ingest(item).admitted);
    return this.#changed(admitted)!;
  }

  /** Reads what the store has and this log has not. */
  async #catchUp(): Promise<void> {
    const admitted: EventId[] = [];
    let fresh = false;
    let from: string | null = null;
    if (this.#state && (await this.#store.read(this.stream, null, 1)).version === this.#version) return;
    do {
      const page = await this.#store.read(this.stream, from, pageSize);
      if (!from && page.next && !this.#known.size) {
        // Many, and in the order of their names: all at once, and without verifying again what was verified here.
        const { restore } = await import('./restore.js');
        this.#version = await restore(this.#engine, this.#store, this.stream, this.handle, page, this.#known);
        fresh = true;
        break;
      }
      for (const item of page.items) {
        if (this.#known.has(item.id)) continue;
        fresh = true;
        admitted.push(...this.#ingest(item).admitted);
      }
      this.#version = page.version;
      from = page.next;
    } while (from !== null);
    if (fresh || !this.#state) this.#changed(admitted, fresh);
  }

  /** `news`: also content that came behind its event is told of. */
  #changed(admitted: readonly EventId[], news = admitted.length > 0, anew = news): Envelope | null {
    if (!anew && this.#state) return this.#state;
    const read = this.#engine.json<Omit<Envelope, 'stream'> | null>('cs_envelope_state', this.handle);
    this.#state = read && Object.freeze({ ...read, stream: this.stream });
    if (this.#state) {
      this.#summarise(this.#state);
      if (news) for (const listener of this.#listeners) listener({ envelope: this.#state, admitted });
    }
    return this.#state;
  }

  /** The list's projection, beside the log. A lost one is made again at the next change. */
  #summarise(state: Envelope): void {
    const newest = state.recipients.reduce((at, { signature, declined }) => Math.max(at, signature?.at ?? 0, declined?.at ?? 0),
      Math.max(state.created.at, state.sent?.at ?? 0, state.completion?.at ?? 0, state.ending?.at ?? 0, state.revision?.at ?? 0));
    const summary = {
      id: state.id, status: state.status, title: state.title ?? '', sender: state.sender?.name ?? '', createdAt: state.created.at, changedAt: newest, events: state.events,
      recipients: state.recipients.map(({ id, name, turn, signature }) => ({ id, ...(name === undefined ? {} : { name }), turn, signed: Boolean(signature?.counts) })),
    };
    const text = JSON.stringify(summary);
    if (text === this.#summary) return;
    this.#summary = text;
    void this.#store.commit({ stream: this.stream, records: { [`summary/${this.stream}`]: summary }, durability: 'relaxed' }).catch(() => undefined);
  }

  #serial<T>(work: () => Promise<T>): Promise<T> {
    this.#pending += 1;
    const turn = this.#turn.then(work, work).finally(() => { this.#pending -= 1; });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    return this.#serial(() => (this.#store.exclusive ? this.#store.exclusive(this.stream, work) : work()));
  }
}

export async function syncStateOf(store: EnvelopeStore, stream: StreamId): Promise<SyncState> {
  const waiting = await store.outbox(stream, 1000);
  const noted = (await store.record(`sync/${stream}`)) as { lastSyncAt?: string; seen?: boolean; problem?: ErrorCode } | null;
  return deepFreeze({
    place: noted?.lastSyncAt === undefined || waiting.length ? 'device' : noted.seen ? 'seen' : 'sent',
    waiting: waiting.length,
    ...(noted?.lastSyncAt === undefined ? {} : { lastSyncAt: noted.lastSyncAt }),
    ...(noted?.problem === undefined ? {} : { problem: { code: noted.problem, message: noted.problem } }),
  });
}
