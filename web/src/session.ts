// One actor's view of one envelope. The log is shared with other sessions of the page; the actor is not.
import type { Engine } from './engine.js';
import { stringify } from './engine.js';
import { CountersignError } from './errors.js';
import { OpenCeremony, timeZoneAt } from './ceremony-session.js';
import { syncStateOf, type ActContext, type Author, type OpenLog } from './open-log.js';
import { LoadedTemplate, type TemplateShelf } from './templates.js';
import type { Actor, BlobRef, CeremonySession, Command, Envelope, EnvelopeSession, EnvelopeStore, ErrorCode, Explanation, InvitationLink, Item, Received, RecipientId, SessionDocument, SessionEventMap, SigningKey, StreamAccess, SyncState, Told, TrailPage } from './types.js';

export interface SessionParts {
  readonly engine: Engine;
  /** The module that writes copies, loaded when first asked for. */
  readonly proof: () => Promise<Engine>;
  readonly store: EnvelopeStore;
  readonly log: OpenLog;
  readonly actor: Actor | null;
  /** The recipient a preview looks as, before this device has joined. */
  readonly preview: { readonly recipient: RecipientId; readonly passcode: 'choose' | 'enter' | null; bind(passcode?: string): Promise<SigningKey> } | null;
  /** For sending and publishing a revision. */
  readonly author: () => Promise<Engine>;
  readonly templates: TemplateShelf;
  readonly now: () => Date;
  readonly random: (length: number) => Uint8Array;
  readonly context: ActContext;
  /** Makes a link for a recipient: its secret, and the invitation's public key. */
  readonly newLink: () => Promise<{ link: InvitationLink; invitation: string }>;
  readonly release: (session: EnvelopeSession) => void;
}

/** No key: 32 zero bytes. Nothing it says is ever signed. */
const nobody = 'A'.repeat(43);

export class OpenSession extends (EventTarget as new () => Told<SessionEventMap>) implements EnvelopeSession {
  readonly #parts: SessionParts;
  readonly document: SessionDocument;
  #actor: Actor | null;
  #ceremony: OpenCeremony | null = null;
  #contract: LoadedTemplate | null = null;
  #contractRef = '';
  #sync: SyncState = Object.freeze({ place: 'device', waiting: 0 });
  #off: (() => void)[] = [];
  #closed = false;
  /** Somebody listens to single events ("recipient.signed"): their entries are read from the trail, which a page may not need. */
  #heard = false;

  private constructor(parts: SessionParts) {
    super();
    this.#parts = parts;
    this.#actor = parts.actor;
    this.document = new Rendered(this);
  }

  static async open(parts: SessionParts): Promise<OpenSession> {
    const session = new OpenSession(parts);
    try {
      await session.#begin(parts);
    } catch (error) {
      await session.close();
      throw error;
    }
    return session;
  }

  async #begin(parts: SessionParts): Promise<void> {
    this.#off.push(parts.log.onChange(({ envelope, admitted }) => this.#changed(envelope, admitted)));
    if (parts.store.watch) this.#off.push(parts.store.watch((stream) => { if (stream === parts.log.stream) void this.refreshSync().catch(() => undefined); }));
    // `can` and `html` answer at once: what they may need is here before the session is. Who reads an invitation for the
    // first time sees it before that: nothing can be done yet, and the template says what drawing it needs.
    if (parts.actor) await parts.engine.part('acts');
    if (!this.#recipient()) await parts.engine.part('extra');
    await Promise.all([this.#play(), this.refreshSync()]);
    // After what is drawn now; asked for again by the first act.
    if (!parts.actor) setTimeout(() => void parts.engine.part('acts').catch(() => undefined));
  }

  override addEventListener(type: string, listener: ((event: never) => void) | EventListenerObject | null, options?: boolean | AddEventListenerOptions): void {
    this.#heard ||= type.includes('.');
    super.addEventListener(type, listener as EventListener, options);
  }
  get state(): Envelope {
    const state = this.#parts.log.state;
    if (!state) throw new CountersignError('link.not_fetched', 'The beginning of this envelope is not on this device yet');
    return state;
  }
  get actor(): Actor | null {
    return this.#actor;
  }
  get ceremony(): CeremonySession | null {
    return this.#ceremony;
  }
  get sync(): SyncState {
    return this.#sync;
  }
  can(command: Command): ErrorCode | null {
    this.#check();
    if (!this.#actor) return 'session.read_only';
    // Publishing and inviting bring blobs and secrets; whether they are possible at all is all that can be asked before.
    const asked = command?.do === 'publish' ? { do: 'publishRevision' } : command?.do === 'invite' ? { do: 'invite' } : command;
    return this.#parts.log.can(this.#author(this.#actor), asked, this.#parts.now());
  }
  async dispatch(command: Command): Promise<Envelope> {
    this.#check();
    const { log, context } = this.#parts;
    const actor = this.#mustAct();
    const author = this.#author(actor);
    if (command?.do === 'invite' || command?.do === 'publish' || command?.do === 'send') {
      const sender = await import('./sender.js');
      if (command.do === 'invite') return sender.invite(actor.key, author, command.recipient, this.#parts);
      if (command.do === 'publish') return sender.publish(actor.key, author, command, this.#parts);
      await sender.checkTerms(this.#parts);
    }
    return log.act(actor.key, author, command, context);
  }
  trail(offset?: number, limit?: number): Promise<TrailPage> {
    return this.#parts.log.trail(offset, limit);
  }
  async links(): Promise<Readonly<Record<RecipientId, InvitationLink>>> {
    const known = (await this.#parts.store.record(`links/${this.#parts.log.stream}`)) as Record<string, string> | null;
    return Object.freeze(Object.fromEntries(Object.entries(known ?? {}).map(([id, secret]) => [id, Object.freeze({ stream: this.#parts.log.stream, secret })])));
  }
  async access(): Promise<StreamAccess | null> {
    return (await this.#parts.store.record(`access/${this.#parts.log.stream}`)) as unknown as StreamAccess | null;
  }
  get passcode(): 'choose' | 'enter' | null {
    return this.#actor ? (this.#actor.key.locked ? 'enter' : null) : (this.#parts.preview?.passcode ?? null);
  }
  async bind(passcode?: string): Promise<void> {
    this.#check();
    const { preview } = this.#parts;
    if (this.#actor) {
      if (!this.#actor.key.locked) return;
      await this.#actor.key.unlock!(passcode ?? '');
    } else if (preview) {
      this.#actor = { as: 'recipient', recipient: preview.recipient, key: await preview.bind(passcode) };
      await this.#play();
    } else return;
    this.#emit('change', { envelope: this.state });
  }
  receive(items: readonly Item[]): Promise<Received> {
    return this.#parts.log.receive(items, 'keep');
  }
  async file(blob: BlobRef): Promise<Uint8Array> {
    this.#check();
    const { engine, log } = this.#parts;
    await engine.part('extra');
    return engine.bytes('cs_envelope_file', log.handle, blob);
  }
  async exportBundle(): Promise<Uint8Array> {
    this.#check();
    const proof = await this.#parts.proof();
    return proof.bytes('cs_bundle', await this.#parts.log.items());
  }
  async exportHtmlCopy(): Promise<Uint8Array> {
    this.#check();
    const proof = await this.#parts.proof();
    return proof.bytes('cs_html_copy', proof.bytes('cs_bundle', await this.#parts.log.items()));
  }
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const off of this.#off) off();
    this.#contract?.close();
    this.#parts.release(this);
    this.dispatchEvent(new CustomEvent('close'));
  }

  /** For the document: what a ceremony's call needs, with an empty draft, as the first recipient where the actor is none. */
  scene(): [number, number, string] | null {
    const contract = this.contract();
    const recipient = this.#recipient() ?? this.state.recipients[0]?.id;
    if (!contract || recipient === undefined) return null;
    const at = this.#parts.now();
    return [this.#parts.log.handle, contract.handle, stringify({ author: { x: nobody, recipient }, now: at.getTime(), locale: 'en', timeZone: timeZoneAt(at), draft: null })];
  }
  get engine(): Engine {
    return this.#parts.engine;
  }
  /** The compiled template of the current revision, loaded. Errors: `engine.needs_part` for a moment after it arrived; then there is a change. */
  contract(): LoadedTemplate | null {
    const contract = this.#loaded();
    if (contract?.told.extra && !this.engine.has('extra')) {
      void this.engine.part('extra').then(() => this.#changed(this.state, []), () => undefined);
      throw new CountersignError('engine.needs_part', 'A part of the engine that this agreement needs is being fetched');
    }
    return contract;
  }
  #loaded(): LoadedTemplate | null {
    const ref = this.#parts.log.state?.revision?.inputs.template.compiled;
    if (!ref) return null;
    if (this.#contract && this.#contractRef === ref) return this.#contract;
    let compiled: Uint8Array;
    try {
      compiled = this.#parts.log.blob(ref);
    } catch (error) {
      if (error instanceof CountersignError && error.code === 'envelope.blob_missing') return null;
      throw error;
    }
    this.#contract?.close();
    this.#contract = new LoadedTemplate(this.#parts.engine, compiled);
    this.#contractRef = ref;
    return this.#contract;
  }
  async refreshSync(): Promise<void> {
    const state = await syncStateOf(this.#parts.store, this.#parts.log.stream);
    if (JSON.stringify(state) === JSON.stringify(this.#sync)) return;
    this.#sync = state;
    this.#emit('sync', { state });
  }

  #check(): void {
    if (this.#closed) throw new CountersignError('engine.closed', 'The session was closed');
  }
  #mustAct(): Actor {
    if (!this.#actor) throw new CountersignError('session.read_only', 'This session only reads: it was opened without an actor');
    return this.#actor;
  }
  #author(actor: Actor): Author {
    return { x: actor.key.x, recipient: actor.as === 'recipient' ? actor.recipient : '' };
  }
  #recipient(): RecipientId | null {
    if (this.#actor) return this.#actor.as === 'recipient' ? this.#actor.recipient : null;
    return this.#parts.preview?.recipient ?? null;
  }

  /** Makes the ceremony, once there is a recipient, a revision and its template. */
  async #play(): Promise<void> {
    const { engine, log, store, context, now } = this.#parts;
    const recipient = this.#recipient();
    if (!recipient || !log.state?.revision) return;
    if (this.#loaded()?.told.extra) await engine.part('extra');
    const draft = await store.record(`draft/${log.stream}/${recipient}`);
    if (draft !== null) await engine.part('acts'); // it holds what was typed
    const contract = this.contract();
    if (!contract) return;
    const key = this.#actor?.key ?? null;
    this.#ceremony = new OpenCeremony({
      engine, log, store, contract, key, context, now, draft,
      author: { x: key?.x ?? nobody, recipient },
      changed: (view) => this.#emit('ceremony', { view, envelope: this.state }),
    });
  }
  #changed(envelope: Envelope, admitted: readonly string[]): void {
    if (this.#closed) return;
    const contractMoved = envelope.revision?.inputs.template.compiled !== this.#contractRef;
    const tell = (): void => {
      if (this.#heard) void this.#tellEntries(envelope, admitted).catch(() => undefined);
      this.#emit('change', { envelope });
      this.#ceremony?.refresh();
    };
    // Whoever hears of a new revision may draw it at once.
    if (this.#recipient() && (contractMoved || !this.#ceremony)) void this.#play().catch(() => undefined).then(tell);
    else tell();
    void this.refreshSync().catch(() => undefined);
  }
  async #tellEntries(envelope: Envelope, admitted: readonly string[]): Promise<void> {
    const { entriesOf } = await import('./entries.js');
    for (const event of await entriesOf(this.#parts.log, admitted)) this.#emit(event.type, { envelope, event });
  }
  /** A closed session says nothing more: what was under way then would find it closed. */
  #emit(type: string, detail: object): void {
    if (!this.#closed) this.dispatchEvent(new CustomEvent(type, { detail: Object.freeze(detail) }));
  }
}

/** The frozen text of the revision, with the values and marks in force. */
class Rendered implements SessionDocument {
  readonly #session: OpenSession;

  constructor(session: OpenSession) {
    this.#session = session;
  }
  get title(): string {
    return this.#contract().told.title;
  }
  get locale(): string {
    return this.#contract().told.locale;
  }
  get ref(): string | null {
    const scene = this.#session.scene();
    return scene && (this.#session.engine.json<{ document: { text: string } }>('cs_ceremony_view', ...scene).document.text || null);
  }
  html(): string {
    return this.#read('cs_ceremony_html', 'cs_template_html');
  }
  async text(): Promise<string> {
    await this.#session.engine.part('extra');
    return this.#read('cs_ceremony_text', 'cs_template_text');
  }
  async explain(unit: string): Promise<Explanation> {
    await this.#session.engine.part('extra');
    const scene = this.#session.scene();
    if (!scene) throw new CountersignError('recipient.unknown', 'Nobody is invited yet');
    return this.#session.engine.json('cs_ceremony_explain', ...scene, unit);
  }
  #contract(): LoadedTemplate {
    const contract = this.#session.contract();
    if (!contract) throw new CountersignError('envelope.blob_missing', 'The template of this envelope is not here');
    return contract;
  }
  #read(call: string, alone: 'cs_template_html' | 'cs_template_text'): string {
    const scene = this.#session.scene();
    // Without recipients there are no marks yet, only the sender's values.
    return scene ? this.#session.engine.text(call, ...scene) : this.#contract().render(alone, this.#session.state.values);
  }
}
