// The host of the sync engine (core/sync): performs its commands against one backend and the store, and tells it what
// happened. What to send, when to try again and when to give up is the engine's; this file only carries.
import { stringify, type Engine, type Handle } from './engine.js';
import { CountersignError } from './errors.js';
import { syncStateOf } from './open-log.js';
import type { Backend, EnvelopeStore, ErrorCode, Item, Json, Kind, PutResult, Received, StoreId, StreamId, SyncEngine, SyncOptions, SyncState } from './types.js';

export interface SyncParts {
  readonly engine: Engine;
  readonly store: EnvelopeStore;
  readonly backend: Backend;
  receive(stream: StreamId, items: readonly Item[]): Promise<Received>;
  /** Does an event of somebody else rest on our newest one? */
  seen(stream: StreamId): Promise<boolean>;
  closed(): void;
  readonly now: () => Date;
  readonly random: (length: number) => Uint8Array;
}

type Failure = 'network' | 'overload' | 'epochChanged' | 'unauthorized' | 'gone' | 'quota' | 'store';
type Operation =
  | { readonly type: 'put' | 'get'; readonly op: number; readonly stream: StreamId; readonly items: readonly string[] }
  | { readonly type: 'list'; readonly op: number; readonly stream: StreamId; readonly cursor: string; readonly epoch: string; readonly limit: number }
  | { readonly type: 'persist'; readonly op: number; readonly stream: StreamId; readonly items: readonly string[]; readonly cursor: string; readonly epoch: string };
interface Status {
  readonly type: 'status';
  readonly stream: StreamId;
  readonly phase: 'idle' | 'busy' | 'waiting' | 'stopped';
  readonly unsent: number;
  readonly missing: number;
  readonly rejected: number;
  readonly failure: Failure;
}

const failures: Readonly<Record<string, Failure>> = {
  'backend.unreachable': 'network', 'backend.overload': 'overload', 'backend.epoch_changed': 'epochChanged', 'backend.unauthorized': 'unauthorized', 'backend.gone': 'gone', 'backend.quota': 'quota',
  'backend.refused': 'overload', 'backend.too_large': 'overload', 'backend.failed': 'overload',
};
const codes: Readonly<Record<Failure, ErrorCode>> = {
  network: 'backend.unreachable', overload: 'backend.overload', epochChanged: 'backend.epoch_changed', unauthorized: 'backend.unauthorized', gone: 'backend.gone', quota: 'backend.quota', store: 'store.unavailable',
};
/** HTTP/1.1 gives a host about six connections: hints for the streams that changed last, polling for the rest. */
const mostWatched = 3;
const longestTimer = 60_000;

export class OpenSync extends EventTarget implements SyncEngine {
  readonly #parts: SyncParts;
  readonly #only: ReadonlySet<StreamId> | null;
  #handle: Handle | null = null;
  readonly #known = new Set<StreamId>();
  readonly #states = new Map<StreamId, SyncState>();
  readonly #watched = new Map<StreamId, () => void>();
  readonly #noted = new Map<StreamId, string>();
  /** What failed last: several codes are one kind of failure to the engine, and each has its own words. */
  readonly #failed = new Map<StreamId, ErrorCode>();
  #running = false;
  #closed = false;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #busy = 0;
  #idle: (() => void)[] = [];
  #turn: Promise<unknown> = Promise.resolve();
  #off: (() => void)[] = [];

  constructor(parts: SyncParts, options: SyncOptions) {
    super();
    this.#parts = parts;
    this.#only = options.streams ? new Set(options.streams) : null;
    if (options.start !== false) this.start();
  }

  get running(): boolean {
    return this.#running;
  }

  start(): void {
    if (this.#running || this.#closed) return;
    this.#running = true;
    const { store } = this.#parts;
    const off = store.watch?.((stream) => void this.#serial(() => this.#look(stream)));
    if (off) this.#off.push(off);
    const wake = (): void => {
      if (this.#handle) this.#try(() => this.#wake('online', ''));
      else void this.#serial(() => this.#begin()); // its part could not be fetched before
    };
    const shown = (): void => { if (document.visibilityState === 'visible') wake(); };
    if (typeof window !== 'undefined') {
      for (const name of ['online', 'focus', 'pageshow']) window.addEventListener(name, wake);
      document.addEventListener('visibilitychange', shown);
      this.#off.push(() => {
        for (const name of ['online', 'focus', 'pageshow']) window.removeEventListener(name, wake);
        document.removeEventListener('visibilitychange', shown);
      });
    }
    void this.#serial(() => this.#begin());
  }

  stop(): void {
    this.#running = false;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    for (const off of this.#off.splice(0)) off();
    for (const off of this.#watched.values()) off();
    this.#watched.clear();
  }

  async now(stream?: StreamId): Promise<SyncState> {
    this.start();
    await this.#turn;
    if (!this.#handle) await this.#serial(() => this.#begin());
    if (stream !== undefined) await this.#serial(() => this.#look(stream));
    await this.#turn;
    this.#wake('user', stream ?? '');
    await this.#settled();
    return stream === undefined ? Object.freeze({ place: 'device', waiting: (await this.#parts.store.outbox(null, 1000)).length }) : this.#refresh(stream);
  }

  state(stream: StreamId): SyncState {
    return this.#states.get(stream) ?? Object.freeze({ place: 'device', waiting: 0 });
  }

  async close(): Promise<void> {
    this.stop();
    this.#closed = true;
    await this.#turn.catch(() => undefined);
    await this.#settled();
    this.#handle?.close();
    this.#parts.closed();
  }

  /** Opens the engine's own half, in the part that is fetched behind the first page, and looks at every stream. */
  async #begin(): Promise<void> {
    const { engine, random, store } = this.#parts;
    await engine.part('acts');
    if (this.#closed) return;
    const seed = new DataView(random(4).buffer).getUint32(0) & 0x7fffffff;
    this.#handle ??= engine.handle(engine.json<number>('cs_sync_open', seed), 'cs_sync_close');
    let from: string | null = null;
    do {
      const page: Awaited<ReturnType<EnvelopeStore['streams']>> = await store.streams(from, 200);
      for (const stream of page.streams) await this.#look(stream);
      from = page.next;
    } while (from !== null);
  }

  // ------------------------------------------------------------------------------------------ what the engine hears

  #feed(input: object): void {
    if (this.#closed || !this.#handle) return;
    this.#parts.engine.text('cs_sync_feed', this.#handle.number, stringify({ ...input, now: this.#clock() }));
  }

  #wake(why: 'timer' | 'online' | 'user' | 'hint', stream: StreamId): void {
    if (this.#closed || (stream !== '' && !this.#known.has(stream))) return;
    // A connection that hints came by may be waiting out a long outage: the next listing opens a fresh one.
    if (why === 'online' || why === 'user') for (const watched of [...this.#watched.keys()]) if (stream === '' || stream === watched) this.#unwatch(watched);
    this.#feed({ type: 'wake', why, stream });
    this.#pump();
  }

  /** The store changed: a stream to begin with, or new items of our own to send. */
  async #look(stream: StreamId): Promise<void> {
    if (this.#closed || !this.#handle || (this.#only && !this.#only.has(stream))) return;
    const { store } = this.#parts;
    const name = ({ kind, id }: { kind: Kind; id: StoreId }): string => kind + id;
    const outbox = (await store.outbox(stream, 60_000)).map(name);
    if (this.#known.has(stream)) {
      if (outbox.length) this.#feed({ type: 'added', stream, items: outbox });
    } else {
      const held: string[] = [];
      let from: string | null = null;
      do {
        const page: Awaited<ReturnType<EnvelopeStore['read']>> = await store.read(stream, from, 500);
        held.push(...page.items.map(name));
        from = page.next;
      } while (from !== null);
      if (held.length === 0) return; // nothing of it is here yet: whoever joins it fetches it first
      const noted = (await store.record(`cursor/${stream}`)) as { cursor: string; epoch: string } | null;
      this.#known.add(stream);
      this.#feed({ type: 'open', stream, cursor: noted?.cursor ?? '', epoch: noted?.epoch ?? '', held, outbox });
    }
    await this.#refresh(stream);
    this.#pump();
  }

  // ------------------------------------------------------------------------------------------ what the engine wants

  #pump(): void {
    if (!this.#running || this.#closed || !this.#handle || !this.#parts.engine.alive) return;
    for (;;) {
      const { commands, timer } = this.#parts.engine.json<{ commands: readonly (Operation | Status)[]; timer: number }>('cs_sync_next', this.#handle.number, this.#clock());
      for (const command of commands) {
        if (command.type === 'status') void this.#tell(command).catch(() => undefined);
        else void this.#perform(command);
      }
      if (commands.length < 1000) {
        this.#schedule(timer);
        break;
      }
    }
  }

  #schedule(at: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (at < 0) return;
    const wait = Math.min(longestTimer, Math.max(20, at - this.#clock()));
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#try(() => this.#wake('timer', ''));
    }, wait);
    (this.#timer as { unref?: () => void }).unref?.(); // Node: waiting to try again keeps no process alive
  }

  async #perform(command: Operation): Promise<void> {
    this.#busy += 1;
    const { op, stream } = command;
    try {
      switch (command.type) {
        case 'put': this.#feed({ type: 'put', op, results: await this.#put(command.stream, command.items) }); break;
        case 'get': this.#feed({ type: 'got', op, state: await this.#get(command.stream, command.items[0]!) }); break;
        case 'list': this.#feed({ op, ...(await this.#list(command)) }); break;
        case 'persist': await this.#persist(command); this.#feed({ type: 'persisted', op }); break;
      }
    } catch (error) {
      const code = error instanceof CountersignError ? error.code : '';
      const details = error instanceof CountersignError ? (error.details as { retryAfterMs?: number } | undefined) : undefined;
      const failure = failures[code] ?? (code.startsWith('store.') ? 'store' : 'network');
      this.#unwatch(stream);
      if (code) this.#failed.set(stream, code as ErrorCode);
      this.#report(error, stream);
      if (this.#parts.engine.alive) this.#try(() => this.#feed({ type: 'failed', op, failure, retryAfter: Math.max(0, Math.round(details?.retryAfterMs ?? 0)) }), stream);
    }
    this.#busy -= 1;
    this.#try(() => this.#pump(), stream);
    if (this.#busy === 0) for (const done of this.#idle.splice(0)) done();
  }

  async #put(stream: StreamId, names: readonly string[]): Promise<{ id: StoreId; state: PutResult['state'] }[]> {
    const items: Item[] = [];
    const results: { id: StoreId; state: PutResult['state'] }[] = [];
    for (const name of names) {
      const [kind, id] = [name[0] as Kind, name.slice(1) as StoreId];
      const bytes = await this.#parts.store.get(stream, kind, id);
      if (bytes) items.push({ kind, id, bytes });
      else results.push({ id, state: 'rejected' }); // damaged here: its bytes can no longer be offered
    }
    if (items.length) for (const { id, state } of await this.#parts.backend.put(stream, items)) results.push({ id, state });
    return results;
  }

  async #get(stream: StreamId, name: string): Promise<'stored' | 'absent' | 'mismatch'> {
    const [kind, id] = [name[0] as Kind, name.slice(1) as StoreId];
    if (await this.#parts.store.get(stream, kind, id)) return 'stored'; // its body came with the listing, or by another way
    const bytes = await this.#parts.backend.get(stream, kind, id);
    if (!bytes) return 'absent';
    const { results } = await this.#parts.receive(stream, [{ kind, id, bytes }]);
    return results[0]?.code === 'store.wrong_hash' ? 'mismatch' : 'stored';
  }

  async #list({ stream, cursor, limit }: Operation & { type: 'list' }): Promise<object> {
    const page = await this.#parts.backend.list(stream, cursor === '' ? null : cursor, limit);
    const whole = page.items.flatMap(({ kind, id, bytes }) => (bytes ? [{ kind, id, bytes }] : []));
    if (whole.length) await this.#parts.receive(stream, whole);
    this.#watch(stream, page.next);
    return { type: 'listed', epoch: page.epoch, next: page.next, more: page.more, items: page.items.map(({ kind, id }) => kind + id) };
  }

  async #persist({ stream, items, cursor, epoch }: Operation & { type: 'persist' }): Promise<void> {
    const { store } = this.#parts;
    const seen = await this.#parts.seen(stream).catch(() => false);
    await store.commit({
      stream, durability: 'relaxed', dequeue: items.map((name) => name.slice(1) as StoreId),
      records: { [`cursor/${stream}`]: { cursor, epoch }, [`sync/${stream}`]: { lastSyncAt: this.#parts.now().toISOString(), seen } },
    });
    this.#noted.delete(stream);
  }

  #unwatch(stream: StreamId): void {
    this.#watched.get(stream)?.();
    this.#watched.delete(stream);
  }

  #watch(stream: StreamId, cursor: string): void {
    const { backend } = this.#parts;
    if (!backend.watch || this.#watched.has(stream) || !this.#running) return;
    if (this.#watched.size >= mostWatched) {
      this.#unwatch(this.#watched.keys().next().value!);
    }
    let due: ReturnType<typeof setTimeout> | null = null;
    const off = backend.watch(stream, cursor, () => {
      due ??= setTimeout(() => {
        due = null;
        this.#try(() => this.#wake('hint', stream), stream);
      }, 50); // hints may come in floods
    });
    this.#watched.set(stream, off);
  }

  /** What a person sees of a stream; a lasting problem is noted beside it, so that every tab can say it. */
  async #tell(status: Status): Promise<void> {
    const { stream, phase, failure } = status;
    const failed = this.#failed.get(stream);
    const problem = phase === 'waiting' || phase === 'stopped' ? (failed && failures[failed] === failure ? failed : codes[failure]) : '';
    if (phase !== 'busy' && this.#noted.get(stream) !== problem) {
      this.#noted.set(stream, problem);
      const before = ((await this.#parts.store.record(`sync/${stream}`)) ?? {}) as { [name: string]: Json };
      const { problem: _, ...rest } = before;
      if (before['problem'] !== undefined || problem !== '') {
        await this.#parts.store.commit({ stream, durability: 'relaxed', records: { [`sync/${stream}`]: problem === '' ? rest : { ...rest, problem } } });
      }
    }
    await this.#refresh(stream);
  }

  async #refresh(stream: StreamId): Promise<SyncState> {
    const state = await syncStateOf(this.#parts.store, stream);
    if (JSON.stringify(state) !== JSON.stringify(this.#states.get(stream))) {
      this.#states.set(stream, state);
      this.dispatchEvent(new CustomEvent('sync', { detail: { stream, state } }));
    }
    return state;
  }

  #settled(): Promise<void> {
    return this.#busy === 0 ? Promise.resolve() : new Promise((done) => this.#idle.push(done));
  }
  #serial(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work).catch((error: unknown) => {
      if (!this.#closed) this.#report(error);
    });
    this.#turn = turn;
    return turn;
  }
  /** Where nobody waits for an answer: an engine that died is told of, once. */
  #try(work: () => void, stream: StreamId = ''): void {
    try {
      work();
    } catch (error) {
      this.#report(error, stream);
    }
  }
  #report(error: unknown, stream: StreamId = ''): void {
    this.dispatchEvent(new CustomEvent('problem', { detail: { stream, error } }));
  }
  #clock(): number {
    return Math.floor(performance.now());
  }
}
