// The engine as a host sees it: envelopes in a store, opened by actors.
import { OpenLog, syncStateOf, type ActContext } from './open-log.js';
import { badArgument, deepFreeze, stringify, toBase64Url, toHex, type Engine } from './engine.js';
import { CountersignError } from './errors.js';
import { StoredKeys } from './keys.js';
import type { KeysModule } from './keys-module.js';
import { checked, parseLink } from './link.js';
import { invitationKey, linkKeys } from './link-keys.js';
import type { NewLink } from './sender.js';
import { OpenSession, type SessionParts } from './session.js';
import { OpenSync } from './sync.js';
import { TemplateShelf } from './templates.js';
import type { Actor, Backend, BlobRef, Countersign, Cursor, DeviceKeys, EnvelopeDraft, EnvelopeId, EnvelopePage, EnvelopeSession, EnvelopeStore, EnvelopeSummary, InvitationLink, Item, JoinOptions, Received, RecipientId, SigningKey, StorageStatus, StreamId, SyncEngine, SyncOptions, VerificationReport } from './types.js';

export interface Parts {
  readonly engine: Engine;
  readonly store: EnvelopeStore;
  readonly storage: StorageStatus;
  /** The author module, loaded when first asked for. */
  readonly author: () => Promise<Engine>;
  /** The proof module, likewise. */
  readonly proof: () => Promise<Engine>;
  /** The keys module, loaded when first asked for. */
  readonly keys: () => Promise<KeysModule>;
  readonly now: () => Date;
  readonly random: (length: number) => Uint8Array;
  readonly closed: () => void;
}

/** Logs kept open without a session, so that a server need not replay for every item. */
const keptOpen = 32;

export class OpenCountersign implements Countersign {
  readonly version: string;
  readonly store: EnvelopeStore;
  readonly keys: DeviceKeys;
  readonly templates: TemplateShelf;
  readonly storage: StorageStatus;
  /** For sync.ts. */
  readonly engine: Engine;
  readonly #parts: Parts;
  readonly #author: () => Promise<Engine>;
  readonly #logs = new Map<StreamId, Promise<OpenLog>>();
  readonly #sessions = new Set<EnvelopeSession>();
  readonly #syncs = new Set<SyncEngine>();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.engine = parts.engine;
    this.version = parts.engine.json<{ version: string }>('cs_version').version;
    this.store = parts.store;
    this.storage = parts.storage;
    this.keys = new StoredKeys(parts.engine, parts.store, parts.keys, parts.random);
    this.#author = async () => {
      if (!parts.engine.alive) throw new CountersignError('engine.closed', 'The engine was closed');
      return parts.author();
    };
    this.templates = new TemplateShelf(this.#author);
  }

  async verify(bundle: Uint8Array, options: { recompile?: boolean } = {}): Promise<VerificationReport> {
    const { author, proof } = this.#parts;
    const engine = await (options.recompile === false ? proof() : author().catch(proof));
    return engine.json('cs_verify', bundle);
  }

  async fileIn(bundle: Uint8Array, blob: BlobRef): Promise<Uint8Array> {
    return (await this.#parts.proof()).bytes('cs_bundle_file', bundle, blob);
  }

  async create(draft: EnvelopeDraft, owner: SigningKey): Promise<EnvelopeSession> {
    const { createEnvelope } = await import('./sender.js');
    const { engine, random } = this.#parts;
    const log = await createEnvelope(draft, owner, {
      engine, random, author: this.#author, templates: this.templates, context: this.#context(), log: (stream) => this.#log(stream), newLink: (stream) => this.#newLink(stream),
    });
    return this.#session(log, { as: 'owner', key: owner });
  }

  async open(envelope: EnvelopeId | StreamId, actor?: Actor): Promise<EnvelopeSession> {
    const stream = await this.#streamOf(envelope);
    const log = await this.#log(stream);
    if (!log.state) throw new CountersignError('link.unknown', 'This device does not hold the envelope');
    return this.#session(log, actor ?? null);
  }

  async join(link: string | InvitationLink, options: JoinOptions = {}): Promise<EnvelopeSession> {
    const { engine, store } = this.#parts;
    const invited = typeof link === 'string' ? parseLink(link) : checked(link);
    const { stream } = invited;
    const opening = this.#log(stream); // reads while the keys are derived
    const keys = await linkKeys(engine, invited, this.#parts.keys);
    const access = `access/${stream}`;
    if (!(await store.record(access))) await store.commit({ stream, records: { [access]: { token: keys.token } }, durability: 'relaxed' });
    const log = await opening;
    const recipientOf = (): RecipientId | undefined => log.state?.recipients.find(({ invitation }) => invitation === keys.invitation)?.id;
    if (recipientOf() === undefined && options.backend) await this.#fetch(log, options.backend);
    if (!log.state) throw new CountersignError('link.not_fetched', 'The agreement of this link is not on this device yet; a connection is needed once');
    const recipient = recipientOf();
    if (recipient === undefined) throw new CountersignError('link.unknown', 'The link invites nobody here: it is from another envelope, or was replaced by a newer one');

    const name = `recipient/${stream}/${recipient}`;
    const known = await this.keys.find(name);
    const joined = (x: string): boolean => Boolean(log.state?.recipients.find(({ id }) => id === recipient)?.devices.some((device) => device.x === x));
    const bind = async (passcode?: string): Promise<SigningKey> => {
      const key = await this.keys.device(name, passcode);
      if (!joined(key.x)) {
        await engine.part('acts');
        const challenge = engine.bytes('cs_join_challenge', stringify({ env: log.state!.id, recipient, x: key.x }));
        const proof = toBase64Url(await (await invitationKey(engine, invited, this.#parts.keys)).sign(challenge));
        const device = {
          userAgent: (options.userAgent || globalThis.navigator?.userAgent || 'unknown').slice(0, 500),
          ...(options.deviceLabel === undefined ? {} : { label: options.deviceLabel }),
        };
        await log.act(key, { x: key.x, recipient }, { do: 'join', proof, device }, this.#context(), { records: { [`actor/${stream}`]: { as: 'recipient', recipient } } })
          .catch((error: unknown) => { if (!joined(key.x)) throw error; }); // another tab was first
      }
      return key;
    };
    if (known && joined(known.x)) return this.#session(log, { as: 'recipient', recipient, key: known });
    const passcode = known?.locked ? 'enter' : known || (await this.keys.supported()) ? null : 'choose';
    if (options.preview || passcode) return this.#session(log, null, { recipient, passcode, bind });
    return this.#session(log, { as: 'recipient', recipient, key: await bind() });
  }

  async import(bundle: Uint8Array, actor?: Actor, options: { stream?: StreamId } = {}): Promise<EnvelopeSession> {
    const { takeBundle } = await import('./take-bundle.js');
    const log = await takeBundle(bundle, await this.#parts.proof(), async (envelope) => {
      // The stream is no part of a bundle: where the envelope is not known yet, a stream of its own begins.
      const known = envelope && (await this.#find(envelope));
      return this.#log(known ?? options.stream ?? (toHex(this.#parts.random(16)) as StreamId));
    });
    return this.#session(log, actor ?? (await this.actor(log.stream)));
  }

  async receive(stream: StreamId, items: readonly Item[], options: { refused?: 'keep' | 'drop' } = {}): Promise<Received> {
    return (await this.#log(stream)).receive(items, options.refused ?? 'keep');
  }

  async envelopes(from: Cursor | null = null, limit = 50): Promise<EnvelopePage> {
    // Newest first needs them all.
    const all = await this.#summaries();
    all.sort((a, b) => b.changedAt - a.changedAt || (a.stream < b.stream ? -1 : 1));
    const start = from === null ? 0 : Number(from);
    const envelopes = await Promise.all(all.slice(start, start + limit).map(async (summary) => {
      const actor = (await this.store.record(`actor/${summary.stream}`)) as { as: 'owner' } | { as: 'recipient'; recipient: RecipientId } | null;
      return { ...summary, sync: await syncStateOf(this.store, summary.stream), ...(actor ? { actor } : {}) } as EnvelopeSummary;
    }));
    return deepFreeze({ envelopes, next: start + limit < all.length ? String(start + limit) : null });
  }

  async actor(stream: StreamId): Promise<Actor | null> {
    const noted = (await this.store.record(`actor/${stream}`)) as { as: 'owner'; key: string | null } | { as: 'recipient'; recipient: RecipientId } | null;
    if (!noted) return null;
    if (noted.as === 'recipient') {
      const key = await this.keys.find(`recipient/${stream}/${noted.recipient}`);
      return key && { as: 'recipient', recipient: noted.recipient, key };
    }
    const key = noted.key === null ? null : await this.keys.find(noted.key);
    return key && { as: 'owner', key };
  }

  sync(backend: Backend, options: SyncOptions = {}): SyncEngine {
    if (typeof backend?.put !== 'function') throw badArgument('Not a backend');
    const sync = new OpenSync({
      engine: this.engine, store: this.store, backend, now: this.#parts.now, random: this.#parts.random,
      receive: (stream, items) => this.receive(stream, items),
      seen: (stream) => this.#seen(stream),
      closed: () => { this.#syncs.delete(sync); },
    }, options);
    this.#syncs.add(sync);
    return sync;
  }

  async close(): Promise<void> {
    for (const sync of this.#syncs) await sync.close();
    for (const session of [...this.#sessions]) await session.close();
    for (const log of this.#logs.values()) await log.then((open) => open.close(), () => undefined);
    this.#logs.clear();
    await this.store.close();
    this.#parts.engine.close();
    this.#parts.closed();
  }

  /** Our newest event is no head any more: somebody else's rests on it (nothing of ours is newer). */
  async #seen(stream: StreamId): Promise<boolean> {
    const actor = await this.actor(stream);
    const log = await this.#log(stream);
    if (!actor || !log.state) return false;
    const own = log.newest(actor.key.x);
    return own !== '' && !log.state.heads.includes(own);
  }

  /** Everything a stream holds at a backend, into the log; sync goes on from there. */
  async #fetch(log: OpenLog, backend: Backend): Promise<void> {
    let cursor: Cursor | null = null;
    let whole = true;
    for (let pages = 0; pages < 1000; pages += 1) {
      const page = await backend.list(log.stream, cursor, 200);
      const items: Item[] = [];
      for (const { kind, id, bytes } of page.items) {
        const body = bytes ?? (await backend.get(log.stream, kind, id));
        if (body) items.push({ kind, id, bytes: body });
        else whole = false;
      }
      const { stream } = log;
      await log.receive(items, 'keep', whole ? {
        [`cursor/${stream}`]: { cursor: page.next, epoch: page.epoch },
        ...(page.more ? {} : { [`sync/${stream}`]: { lastSyncAt: this.#parts.now().toISOString(), seen: false } }),
      } : {});
      if (!page.more || page.next === cursor) return;
      cursor = page.next;
    }
  }

  #log(stream: StreamId): Promise<OpenLog> {
    const known = this.#logs.get(stream);
    if (known) {
      // Most recently used last; a log that a failure closed is opened anew.
      this.#logs.delete(stream);
      const still = known.then((log) => (log.closed ? OpenLog.open(this.engine, this.store, stream) : log));
      this.#logs.set(stream, still);
      still.catch(() => this.#logs.delete(stream));
      return still;
    }
    const opening = OpenLog.open(this.engine, this.store, stream);
    this.#logs.set(stream, opening);
    opening.catch(() => this.#logs.delete(stream));
    void this.#trim();
    return opening;
  }
  async #trim(): Promise<void> {
    if (this.#logs.size <= keptOpen) return;
    for (const [stream, opening] of [...this.#logs]) {
      if (this.#logs.size <= keptOpen) return;
      const log = await opening.catch(() => null);
      if (log && log.uses === 0 && this.#logs.get(stream) === opening && !log.busy) {
        this.#logs.delete(stream);
        log.close();
      }
    }
  }
  async #session(log: OpenLog, actor: Actor | null, preview: SessionParts['preview'] = null): Promise<EnvelopeSession> {
    const { engine, proof, store, now, random } = this.#parts;
    log.uses += 1;
    const session = await OpenSession.open({
      engine, proof, author: this.#author, templates: this.templates, store, log, actor, preview, now, random, context: this.#context(),
      newLink: () => this.#newLink(log.stream),
      release: (closed) => {
        log.uses -= 1;
        this.#sessions.delete(closed);
      },
    });
    this.#sessions.add(session);
    return session;
  }
  #context(): ActContext {
    const { now, random } = this.#parts;
    return { chain: toBase64Url(random(16)), seq: 0, now: () => now().getTime(), salt: () => toBase64Url(random(16)) };
  }
  async #newLink(stream: StreamId): Promise<NewLink> {
    const link = { stream, secret: toBase64Url(this.#parts.random(32)) };
    return { link, ...(await linkKeys(this.engine, link, this.#parts.keys)) };
  }
  async #streamOf(envelope: EnvelopeId | StreamId): Promise<StreamId> {
    if (/^[0-9a-f]{32}$/.test(envelope)) return envelope as StreamId;
    const found = await this.#find(envelope as EnvelopeId);
    if (!found) throw new CountersignError('link.unknown', 'This device does not hold the envelope');
    return found;
  }
  async #find(envelope: EnvelopeId): Promise<StreamId | null> {
    return (await this.#summaries()).find(({ id }) => id === envelope)?.stream ?? null;
  }
  /** Of every envelope here: some 300 bytes each, read by the page. */
  async #summaries(): Promise<EnvelopeSummary[]> {
    const all: EnvelopeSummary[] = [];
    let at: Cursor | null = null;
    do {
      const page: Awaited<ReturnType<EnvelopeStore['records']>> = await this.store.records('summary/', at, 500);
      for (const [key, value] of Object.entries(page.records)) all.push({ ...(value as unknown as EnvelopeSummary), stream: key.slice(8) as StreamId });
      at = page.next;
    } while (at !== null);
    return all;
  }
}
