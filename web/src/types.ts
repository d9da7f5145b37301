// The public API of package `countersign`, in one place. Long because it is the reference: every type that crosses
// between a host, the elements and the engine stands here once, with its promise beside it.
//
// Rules that hold everywhere: plain data (JSON members camelCase), everything handed out is deep-frozen, times `...At`
// are RFC 3339 UTC strings (an event's `at` alone is integer milliseconds), money and big integers are strings, hashes
// are 43 characters of base64url, store ids 64 lowercase hex. A refusal is a `CountersignError` with a stable code; a
// bug of ours is a `CountersignPanic`. Nothing is logged, and nothing is fetched but what was asked for.
import type { ErrorCode } from './generated/error-codes.js';

export type { ErrorCode };

// ---------------------------------------------------------------------------------------------------- names of things

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]?: Name };

/** Event id of the genesis (43 characters of base64url). */
export type EnvelopeId = Branded<'EnvelopeId'>;
/** 43 characters of base64url. */
export type EventId = Branded<'EventId'>;
/** SHA-256 of a blob's stored bytes, 43 characters of base64url. */
export type BlobRef = Branded<'BlobRef'>;
/** A revision, a text or another tagged hash, 43 characters of base64url. */
export type Hash = Branded<'Hash'>;
/** Where the items of one envelope live: 16 random bytes as 32 lowercase hex characters. */
export type StreamId = Branded<'StreamId'>;
/** SHA-256 of an item's stored bytes as 64 lowercase hex characters. */
export type StoreId = Branded<'StoreId'>;
/** `[a-z][a-z0-9_-]{0,31}` */
export type RecipientId = Branded<'RecipientId'>;
/** `[A-Za-z][A-Za-z0-9_-]{0,63}` */
export type FieldId = Branded<'FieldId'>;
/** A position in a list, opaque. `null` is the beginning. */
export type Cursor = string;

/** Plain data, as JSON has it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/**
 * A value in its plain form (FORMAT.md section 4): a bool is `true`; an int a number, or a decimal string beyond
 * 2^53-1; a decimal "99.95"; money `["50.00","EUR"]`; a date "2026-11-22"; a period "P1Y2M3D"; text a string; a list
 * an array of these.
 */
export type PlainValue = boolean | number | string | readonly PlainValue[];
export type PlainValues = Readonly<Record<string, PlainValue>>;

/** An `EventTarget` whose events have types. */
export interface Told<Events> extends EventTarget {
  addEventListener<Name extends keyof Events & string>(type: Name, listener: (event: Events[Name]) => void, options?: boolean | AddEventListenerOptions): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | AddEventListenerOptions): void;
  removeEventListener<Name extends keyof Events & string>(type: Name, listener: (event: Events[Name]) => void, options?: boolean | EventListenerOptions): void;
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | EventListenerOptions): void;
}

// -------------------------------------------------------------------------------------------------------- starting up

/** Where a module's bytes come from: an address (in Node also of a file), the bytes, or a compiled module. */
export type WasmSource = URL | string | BufferSource | WebAssembly.Module | Response | Promise<Response>;

export interface InitOptions {
  /** Default: `sign.wasm` beside the JavaScript. */
  wasm?: WasmSource;
  /**
   * Two parts of it, fetched when needed: acting on an envelope, and what few pages ask for (the trail, linear text,
   * explanations, patterns and numbers in words). Default: `sign-acts.wasm` and `sign-extra.wasm` beside `wasm` where that
   * is an address, else beside the JavaScript.
   */
  actsWasm?: WasmSource;
  extraWasm?: WasmSource;
  /** The author module (templates from source); loaded at the first `templates.compile`. Default: beside the JavaScript. */
  authorWasm?: WasmSource;
  /** The proof module (reports and printable copies); loaded at the first use. Default: beside the JavaScript. */
  proofWasm?: WasmSource;
  /** The keys module (keys under a passphrase); loaded at the first use. Default: beside the JavaScript. */
  keysWasm?: WasmSource;
  /** Where envelopes are kept. Default: IndexedDB where there is one, else memory (and `storage.kind` says so). */
  store?: EnvelopeStore;
  /** Name of the default store, so that two products on one origin do not meet. Default "countersign". */
  storeName?: string;
  /**
   * What codes mean, in English, for the `message` of errors: `import { sentences } from 'countersign/sentences'`. 7 kB that
   * a signer's phone does not need; without them a message is the code and its detail.
   */
  sentences?: Sentences;
  /** The clock of this device. Its answer is recorded as a claim and decides nothing. */
  now?: () => Date;
  /** Randomness for keys, salts and chains. Default: `crypto.getRandomValues`. Tests only. */
  random?: (length: number) => Uint8Array;
}

/** A sentence for each code. */
export type Sentences = Readonly<Partial<Record<ErrorCode, string>>>;

/** The engine: made by `init()`, alive until `close()`. */
export interface Countersign {
  /** Of the core; the same string stands in every statement. */
  readonly version: string;
  readonly store: EnvelopeStore;
  readonly keys: DeviceKeys;
  readonly templates: Templates;
  /** What the store can promise on this device; elements show it before anybody signs. */
  readonly storage: StorageStatus;

  /**
   * Checks a bundle or a self-contained HTML copy: pure, offline, reports every fault and never throws for bad bytes.
   * By default the author module is loaded for it, because the full verdict recompiles the template from its source;
   * with `recompile: false`, or where it cannot be fetched, the smaller proof module answers, and `document.recompiled`
   * says "notRecompiled".
   */
  verify(bundle: Uint8Array, options?: { recompile?: boolean }): Promise<VerificationReport>;
  /** The bytes of a file that a recipient handed in, out of a bundle or copy (`FileValue.blob`). Errors: `bundle.*`, `blob.missing`. */
  fileIn(bundle: Uint8Array, blob: BlobRef): Promise<Uint8Array>;
  /**
   * Starts a draft as its owner: genesis, revision 1 and recipients, durable when it resolves. Send it with `dispatch({do: 'send'})`.
   * Errors: `template.later_signer`, as `Template.checkRouting`, unless whoever must sign first is still to be invited.
   */
  create(draft: EnvelopeDraft, owner: SigningKey): Promise<EnvelopeSession>;
  /** Opens an envelope that the store holds. Without an actor the session is read-only. Errors: `link.unknown`. */
  open(envelope: EnvelopeId | StreamId, actor?: Actor): Promise<EnvelopeSession>;
  /**
   * Follows an invitation: fetches the stream from `backend` if the store does not hold it yet, binds this device's
   * key to the recipient (or finds the one bound before) and opens the session as that recipient.
   * Where the browser has no Ed25519 the session waits for a passcode (`session.passcode`, `session.bind`).
   * Errors: `link.malformed`, `link.unknown`, `link.not_fetched` (neither here nor at a backend), `backend.*`.
   */
  join(link: string | InvitationLink, options?: JoinOptions): Promise<EnvelopeSession>;
  /**
   * Verifies the bundle, merges its items into the store and opens it. A bundle does not name its stream: `stream` (of the
   * link in hand) says where an envelope that is new here goes. Errors: those of a refused bundle.
   */
  import(bundle: Uint8Array, actor?: Actor, options?: { stream?: StreamId }): Promise<EnvelopeSession>;
  /**
   * Judges items of a stream that came from outside against what the store holds (hash, signature, membership, rules) and
   * merges them, durable when it resolves. The stream may be new. Sessions open on it are told. A server keeps only what
   * is not refused (`refused: 'drop'`); a device keeps the bytes of everything that has its hash (`'keep'`, the default).
   */
  receive(stream: StreamId, items: readonly Item[], options?: { refused?: 'keep' | 'drop' }): Promise<Received>;
  /** Newest first. A summary is a projection kept beside the log; opening replays the log itself. */
  envelopes(from?: Cursor | null, limit?: number): Promise<EnvelopePage>;
  /** Whom this device has been in this envelope, for reopening it without its link. */
  actor(stream: StreamId): Promise<Actor | null>;
  /** Connects the store with a backend. See `SyncEngine`. */
  sync(backend: Backend, options?: SyncOptions): SyncEngine;
  /** Ends sessions and frees the engine. Nothing is lost: state is in the store. */
  close(): Promise<void>;
}

export interface JoinOptions {
  /** Where the stream is fetched from when the store does not hold it. */
  backend?: Backend;
  /** A label the signer gives to this device. */
  deviceLabel?: string;
  /** Default, also where it is empty: `navigator.userAgent`, or "unknown" (Node 20 has none, some browsers are told to say nothing). Goes into the detail of `recipient.joined`. */
  userAgent?: string;
  /** Look only: no key is made and nothing is written, until `session.bind()`. */
  preview?: boolean;
}

export interface StorageStatus {
  kind: 'indexeddb' | 'memory' | 'host';
  /** `false`: closing the page loses everything that no backend acknowledged. Say so before anybody signs. */
  durable: boolean;
  /** `null` where the browser does not tell. `persist()` is asked for, and never awaited. */
  persisted: boolean | null;
  quotaBytes: number | null;
  usedBytes: number | null;
}

// --------------------------------------------------------------------------------------------------------------- keys

/** Signs; the private part never leaves it. Anything with these members will do (a server's key, a passkey adapter). */
export interface SigningKey {
  /** Ed25519 public key, base64url (43 characters). */
  readonly x: string;
  /** RFC 7638 thumbprint of the key, base64url (43 characters). */
  readonly id: string;
  /** Errors: `keys.failed`; `keys.locked` before `unlock`. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
  /** `true` while the seed is under its passcode (a browser without WebCrypto Ed25519, after the page was loaded anew). */
  readonly locked?: boolean;
  /** Opens the seed until the page is closed. Errors: `crypto.open_failed` (wrong passcode), `crypto.bad_wrapped_key`, `crypto.out_of_memory`. */
  unlock?(passcode: string): Promise<void>;
}

/** What a passphrase's stretching costs: 8 to 256 MiB, 1 to 10 passes. Default 64 and 3. */
export interface StretchCost {
  readonly mebibytes: number;
  readonly passes: number;
}

/**
 * This device's keys: non-extractable WebCrypto Ed25519 pairs, kept in the store; where the browser has no Ed25519, seeds
 * under a passcode of their holder.
 */
export interface DeviceKeys {
  /** `false` where the browser has no Ed25519 of its own: a passcode is needed then. */
  supported(): Promise<boolean>;
  /**
   * The key of this name, made at first use. `passcode` is asked for only where the browser has no Ed25519; it makes the key,
   * or unlocks it. Errors: `keys.unsupported` (no Ed25519 and no passcode), `keys.short_passcode`, those of `unlock`, `store.*`.
   */
  device(name: string, passcode?: string): Promise<SigningKey>;
  /** The key of this name, or `null`. */
  find(name: string): Promise<SigningKey | null>;
  /** The one key of (stream, recipient) on this device: a shared tablet never shares a key. */
  recipient(stream: StreamId, recipient: RecipientId): Promise<SigningKey>;
  /** A key from a seed held by the caller (a service in Node). */
  fromPkcs8(pkcs8: Uint8Array): Promise<SigningKey>;
  /**
   * A new key under a passphrase (Argon2id, XChaCha20-Poly1305; FORMAT.md section 13): for a recovery key that is written
   * to a file. Fetches the keys module. Errors: `crypto.bad_passphrase`, `crypto.bad_cost`, `crypto.out_of_memory`.
   */
  makeLocked(passphrase: string, cost?: StretchCost): Promise<{ readonly key: SigningKey; readonly wrapped: Uint8Array }>;
  /** Errors: `crypto.bad_wrapped_key`, `crypto.open_failed` (wrong passphrase), and those of `makeLocked`. */
  unlock(wrapped: Uint8Array, passphrase: string): Promise<SigningKey>;
}

/** On whose behalf a session acts. Nobody can act for another: the fold refuses it. */
export type Actor =
  | { as: 'owner'; key: SigningKey }
  | { as: 'recipient'; recipient: RecipientId; key: SigningKey }
  | { as: 'service'; role: ServiceRole; key: SigningKey };
export type ServiceRole = 'attestor' | 'mailer' | 'scheduler' | 'registrar' | 'completer' | 'records';

// -------------------------------------------------------------------------------------------------------------- links

/** An invitation link's fragment is `#<stream>.<secret>`; it never travels to a server. */
export interface InvitationLink {
  stream: StreamId;
  /** 32 random bytes, base64url. */
  secret: string;
}
/** What the secret opens: FORMAT.md section 12. */
export interface LinkKeys {
  /** Public key of the invitation, base64url. */
  invitation: string;
  /** Bearer token for the stream at the backend, base64url. */
  token: string;
}

/** Kept under the record `access/<stream>`; an adapter reads it there to authenticate. */
export interface StreamAccess {
  /** Bearer token of this device's holder, base64url. */
  readonly token: string;
  /** Sender only: whom a backend lets append to the stream, by hash of their token. */
  readonly grants?: readonly { readonly recipient: RecipientId; readonly tokenHash: string }[];
}

// ----------------------------------------------------------------------------------------------------------- templates

/** Compiling needs the author module, loaded at the first call; everything else runs in the sign module. */
export interface Templates {
  /** Never throws for bad source: every problem at once, as diagnostics. */
  compile(source: string, options?: CompileOptions): Promise<CompileResult>;
  /** Checks and loads a compiled template. Close it when done. */
  load(compiled: Uint8Array): Promise<Template>;
  /** An agreement that was written for other tools (name to Markdown, in order) as a template's source, with every change. */
  import(files: Readonly<Record<string, string>>): Promise<ImportResult>;
  /** Everything that a template may say, for editors. */
  language(): Promise<Language>;
}
export interface CompileOptions {
  /** Shown in diagnostics. What ends in `.lgd`, `.legaldown` or `.legal.md` is read as LegalDown. */
  file?: string;
  /** Clause library: unit path to text. Of LegalDown the files that it names, by their paths from its folder. */
  library?: Readonly<Record<string, string>>;
}
export interface CompileResult {
  /** Absent when any diagnostic is an error. Close it when done. */
  template?: Template;
  /** With `template`: its source, as an envelope carries it. Of LegalDown the template it became, else what was given. */
  source?: string;
  diagnostics: readonly Diagnostic[];
  /** What can be referred to, as far as the source was understood: also where it has errors. */
  names: readonly TemplateName[];
}
export interface TemplateName {
  readonly kind: 'role' | 'field' | 'computed' | 'term' | 'unit';
  readonly id: string;
  readonly label?: string;
  /** Of a field or computed value: "money(EUR)". */
  readonly type?: string;
  /** Of a field, as an expression writes them: "'Team'". */
  readonly options?: readonly string[];
  /** Of a unit: its condition. */
  readonly when?: string;
  readonly span: Span;
}
export interface ImportResult {
  readonly source: string;
  readonly changes: readonly { readonly rule: string; readonly message: string; readonly file: string; readonly line: number }[];
  /** Of the source: what is left to do by hand. */
  readonly diagnostics: readonly Diagnostic[];
}
/** The template language from the compiler's own tables: what core/LANGUAGE.md prints. */
export interface Language {
  readonly words: readonly { readonly place: WordPlace; readonly name: string; readonly form: string; readonly doc: string }[];
  readonly functions: readonly { readonly name: string; readonly style: 'operator' | 'call' | 'method' | 'either'; readonly forms: readonly string[]; readonly doc: string }[];
  readonly diagnostics: readonly { readonly code: string; readonly rule: string; readonly severity: 'error' | 'warning' | 'info'; readonly text: string }[];
  readonly locales: readonly string[];
}
export type WordPlace = 'topKey' | 'roleKey' | 'fieldKey' | 'computedKey' | 'validationKey' | 'workflowKey' | 'consentKey' | 'type' | 'tag' | 'attribute' | 'format' | 'macro';
/** Lines and columns count from 1, columns in code points; `byte` and `utf16` count from 0, half open. */
export interface Span {
  readonly line: number;
  readonly col: number;
  readonly endLine: number;
  readonly endCol: number;
  readonly byte: readonly [number, number];
  /** What browser editors count. */
  readonly utf16: readonly [number, number];
}
export interface Diagnostic {
  /** Stable, for example "T402"; `rule` too, for example "name-unknown". Messages may change. */
  readonly code: string;
  readonly rule: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly file: string;
  readonly span: Span;
  /** The line the span begins in, and how many code points of it stand before the span. */
  readonly excerpt: string;
  readonly caret: number;
  readonly message: string;
  readonly hint?: string;
  /** Machine-applicable: replaces `byte` of the file by `text`. */
  readonly fix?: { readonly byte: readonly [number, number]; readonly text: string };
  readonly related?: readonly { readonly span: Span; readonly note: string }[];
  /** Ids of the units around it, outermost first. */
  readonly path?: readonly string[];
}

export interface Template {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  /** BCP 47, of the contract. */
  readonly locale: string;
  readonly roles: readonly TemplateRole[];
  readonly fields: readonly FieldDefinition[];
  readonly computed: readonly { readonly id: string; readonly label: string; readonly type: string }[];
  /** The consent disclosure, where the template brings one. */
  readonly consent: ConsentText | null;
  /** A period such as "P30D" until an unsigned envelope expires. */
  readonly expires: string | null;
  /** Roles whose fields change the text: each must be the only signer in the first order. */
  readonly textRoles: readonly string[];
  readonly lockedUnits: readonly string[];
  /** Blob references of the library's files that the text is made of. */
  readonly library: readonly BlobRef[];
  /** Blob references of the source and of the compiled bytes. */
  readonly sourceRef: BlobRef;
  readonly compiledRef: BlobRef;
  /** The canonical bytes that an envelope carries. */
  readonly compiled: Uint8Array;
  /** Runs the template's `source:` expressions over a CRM-shaped record. A missing or wrong-typed member is a problem, never a guess. */
  prefill(record: Json): Prefill;
  /**
   * What a person typed for a field, as its plain value by the declared type (the ceremony's own rule: ceremony/raw_value.h).
   * `null` where nothing was typed. Errors: `field.*` and `values.*`, with the field in `path`.
   */
  parse(field: FieldId, text: string): PlainValue | null;
  /** A plain value as text to type over: `parse` of it gives the value back. */
  typed(field: FieldId, value: PlainValue): string;
  /**
   * Whether these people can sign in this order. Whose answers change the text (`textRoles`) signs alone and first, or
   * somebody would sign a text that still changes. `null`: they can. `create` and `send` ask the same.
   */
  checkRouting(recipients: readonly Pick<RecipientDraft, 'role' | 'recipientType' | 'order'>[]): 'template.later_signer' | null;
  /**
   * Throws where the sender's values are such that nobody can sign them: the wrong form, beyond a limit, against a
   * check or validation (core/FORMAT.md section 6, "Admissible"). `send`, and `publish` once sent, ask the same.
   * Errors: `field.*`, `values.*`, `template.unknown_field`, with the field in `path`.
   */
  checkValues(values: PlainValues): void;
  /**
   * Until when it can be signed where it is sent at `sentAt`, as `EnvelopeDraft.deadlineAt` wants it: the template's period
   * (`expires`) later by the calendar of UTC; a month after 31 January is the last day of February. `null` where the template
   * sets none. Errors: `values.bad_timestamp`, `values.overflow`.
   */
  deadline(sentAt: Date): string | null;
  /** A live document: set values, get patches. */
  assemble(values?: PlainValues): Assembly;
  close(): void;
}
export interface TemplateRole {
  readonly id: string;
  readonly label: string;
  readonly signs: boolean;
  /** Default place in the routing. */
  readonly order: number;
}
export interface Prefill {
  readonly values: PlainValues;
  readonly problems: readonly { readonly field: FieldId; readonly code: ErrorCode; readonly message: string; readonly path: string }[];
}

/** What is done at a field's place; `value` belongs to the sender. */
export type FieldKind = 'sign' | 'initial' | 'signdate' | 'check' | 'input' | 'select' | 'file' | 'value';
/** The value of a field of the kind `file`; the bytes: `EnvelopeSession.file`, `Countersign.fileIn`. */
export interface FileValue {
  readonly blob: BlobRef;
  readonly name: string;
  /** Of the file's bytes, lowercase hex. */
  readonly sha256: string;
  readonly size: number;
}
/** "bool", "int", "decimal", "money", "date", "period", "string", "list(string)", ... as the template declares it. */
export type FieldType = string;
export interface FieldDefinition {
  readonly id: FieldId;
  readonly kind: FieldKind;
  readonly type: FieldType;
  /** The role that fills it; absent for the sender. */
  readonly role?: string;
  readonly label: string;
  readonly help?: string;
  /** The template's own words when the value is refused. */
  readonly message?: string;
  readonly placeholder?: string;
  readonly autocomplete?: string;
  readonly inputMode?: string;
  /** Where its blank stands. */
  readonly unit?: string;
  readonly required: boolean | 'conditional';
  readonly options?: readonly { readonly value: string; readonly label: string }[];
  readonly default?: PlainValue;
  readonly min?: PlainValue;
  readonly max?: PlainValue;
  /** Code points. */
  readonly maxLength?: number;
  /** Masked on screen, never in messages. */
  readonly sensitive: boolean;
}

/** One document being assembled. Every call is synchronous and takes microseconds. */
export interface Assembly {
  /** The whole document as HTML: ASCII with character references, no script, no style. Each unit has `id="unit-<id>"`, each blank `data-field`. */
  html(): string;
  /** The linear text a screen reader gets. */
  text(): string;
  readonly values: PlainValues;
  /** How it stands: fields, computed values, validations, what waits for what. */
  status(): AssemblyStatus;
  /** Sets values (`null` clears one) and answers what changed in `html()`. Errors: `values.*`, `template.*`; then nothing changed. */
  set(values: Readonly<Record<string, PlainValue | null>>): readonly Patch[];
  /** Why the unit is (not) here: field -> condition -> clause. */
  explain(unit: string): Explanation;
  close(): void;
}
export interface AssemblyStatus {
  /** Nothing pending, no problem. (Fields may still be empty or wrong.) */
  readonly final: boolean;
  readonly fields: readonly {
    readonly id: FieldId;
    /** Its unit is in, and its `show` holds; `null` waits for other fields. */
    readonly applies: boolean | null;
    readonly required: boolean | null;
    readonly answered: boolean;
    /** As the contract prints it. */
    readonly display: string;
    readonly error?: { readonly code: ErrorCode; readonly message: string };
  }[];
  /** `display` is the value as people read it. */
  readonly computed: readonly { readonly id: string; readonly label: string; readonly value?: PlainValue; readonly display?: string; readonly waitsFor: readonly FieldId[] }[];
  readonly validations: readonly { readonly id: string; readonly field?: FieldId; readonly level: 'error' | 'warning'; readonly holds: boolean | null; readonly message: string }[];
  readonly pending: readonly { readonly unit: string; readonly fields: readonly FieldId[] }[];
  readonly problems: readonly { readonly unit: string; readonly code: ErrorCode; readonly message: string }[];
}
/**
 * A change to the element with `id` = `unit-<unit>`; apply in order. `insert`: into the element of `parent` ("" for the
 * article), in front of `before` ("" for the end). `renumber`: `html` is the content of its `span.number`.
 */
export interface Patch {
  readonly op: 'insert' | 'remove' | 'replace' | 'renumber';
  readonly unit: string;
  readonly parent?: string;
  readonly before?: string;
  readonly html?: string;
}
export interface Explanation {
  readonly unit: string;
  readonly state: 'in' | 'out' | 'omitted' | 'pending';
  readonly locked: boolean;
  /** Outermost condition first. */
  readonly because: readonly {
    readonly unit: string;
    readonly when: string;
    readonly holds: boolean | null;
    readonly fields: readonly { readonly id: FieldId; readonly label: string; readonly value?: PlainValue }[];
    readonly computed: readonly { readonly id: string; readonly text: string; readonly value?: PlainValue }[];
  }[];
}

// ------------------------------------------------------------------------------------------------------------ envelopes

export interface EnvelopeDraft {
  title: string;
  sender: { name: string; organisation?: string; contact?: string };
  /** Compiled template with its source (both travel, so that every device can render again). */
  template: {
    compiled: Uint8Array;
    source: string;
    /** The clause library it was compiled with (unit path to text): the files that it pins travel with it. */
    library?: Readonly<Record<string, string>>;
  };
  /** The sender's values. */
  values: PlainValues;
  recipients: readonly RecipientDraft[];
  consent: ConsentText;
  /** Of the contract: the template's, which is the default; a verifier finds any other wrong. */
  locale?: string;
  deadlineAt?: string;
  /** Public keys by role; without a completer the owner seals. */
  services?: Readonly<Partial<Record<ServiceRole, readonly string[]>>>;
  recovery?: string;
  tiePolicy?: TiePolicy;
  acceptance?: 'auto' | 'owner';
  deadlinePolicy?: 'claim' | 'receipt';
  relatesTo?: readonly { env: EnvelopeId; how: 'amends' | 'renews' | 'replaces' }[];
}
export interface RecipientDraft {
  id: RecipientId;
  role: string;
  recipientType: RecipientType;
  /** 1-64; equal numbers act in parallel. */
  order: number;
  name: string;
  contact?: string;
  /** Of an `inPerson` only: the recipient who is with the signer. Default: the sender. */
  host?: RecipientId;
}
export type RecipientType = 'signer' | 'viewer' | 'copy' | 'approver' | 'witness' | 'formFiller' | 'inPerson';
/** The disclosure, as bound by `consent.given`. `slots` are the parts that ESIGN 7001(c) asks for. */
export interface ConsentText {
  id: string;
  version: string;
  locale: string;
  summary: string;
  slots: ConsentSlots;
}
export interface ConsentSlots {
  readonly paperOption: string;
  readonly scope: string;
  readonly withdrawal: string;
  readonly contactUpdate: string;
  readonly copy: string;
  readonly requirements: string;
}
/** What happens when the sender's act and a signature cross. */
export type TiePolicy = 'ownerWins' | 'signatureWins' | 'ownerSettles';

export type EnvelopeStatus =
  | 'draft' | 'awaitingApproval' | 'sent' | 'inProgress' | 'signedByAll' | 'completed'
  | 'declined' | 'voided' | 'expired' | 'contested' | 'frozen';

/** An event, when its device says it was made (ms), and the detail blob it names. */
export interface Mention {
  readonly event: EventId;
  readonly at: number;
  readonly detail?: BlobRef;
}
/** A signature or a decline: it counts, or the code says why not. */
export interface Mark extends Mention {
  readonly key: string;
  readonly revision: Hash;
  readonly text?: BlobRef;
  readonly counts: boolean;
  readonly code?: ErrorCode;
  /** From the detail, where it is here. */
  readonly name?: string;
  readonly reason?: string;
}

/**
 * One envelope as its log has it now: a summary, deep-frozen, replaced and never mutated. The trail is paged apart.
 * Names, contacts, values and reasons come from detail blobs: absent where those are withheld or not here yet.
 */
export interface Envelope {
  readonly id: EnvelopeId;
  readonly stream: StreamId;
  readonly status: EnvelopeStatus;
  /** The log holds something this version does not know: the status may be wrong, nothing may be signed. */
  readonly needsNewerVersion: boolean;
  readonly title?: string;
  readonly sender?: { readonly name: string; readonly organisation?: string; readonly contact?: string };
  /** The genesis. */
  readonly created: Mention;
  readonly owner: string;
  readonly recovery?: string;
  readonly services: readonly { readonly role: ServiceRole; readonly key: string }[];
  readonly suite: 'CSG-1';
  readonly tiePolicy: TiePolicy;
  readonly acceptance: 'auto' | 'owner';
  readonly deadlinePolicy: 'claim' | 'receipt';
  readonly relatesTo: readonly { readonly env: EnvelopeId; readonly how: string }[];
  /** The current one. */
  readonly revision?: RevisionSummary;
  readonly revisions: readonly (Mention & { readonly hash: Hash; readonly number: number })[];
  readonly sent?: Mention;
  /** Signers who may sign now. */
  readonly turn: readonly RecipientId[];
  readonly recipients: readonly RecipientSummary[];
  readonly completion?: Mention & { readonly by: string; readonly byRole: 'completer' | 'owner' | 'recovery'; readonly revision: Hash; readonly text: BlobRef; readonly signatures: readonly EventId[]; readonly count: number };
  readonly ending?: Mention & { readonly how: 'declined' | 'voided' | 'expired'; readonly by: string; readonly recipient?: RecipientId; readonly reason?: string };
  /** Acts that exclude each other and are unordered. `open`: the owner has to settle it. */
  readonly contests: readonly { readonly kind: 'void' | 'expiry' | 'revision' | 'invitation' | 'devices' | 'text' | 'completion'; readonly settled: 'open' | 'owner' | 'signature'; readonly events: readonly EventId[]; readonly recipients: readonly RecipientId[] }[];
  /** The owner's devices now. */
  readonly owners: readonly string[];
  /** Asked for the current revision before sending. */
  readonly approvals: readonly { readonly recipient: RecipientId; readonly asked: Mention; readonly granted?: Mention; readonly refused?: Mention }[];
  readonly fork: readonly EventId[];
  readonly late: readonly { readonly event: EventId; readonly type: string; readonly code: ErrorCode }[];
  readonly refused: readonly { readonly event: EventId; readonly type: string; readonly code: ErrorCode }[];
  readonly lateCount: number;
  readonly refusedCount: number;
  /** What was noted down and took effect, the newest 1,000 first (FORMAT.md section 10, "Records"). `open`: a proposal nobody resolved, a hold nobody released. */
  readonly records: readonly (Mention & { readonly type: string; readonly by: string; readonly open?: true; readonly said: { readonly [member: string]: Json } })[];
  readonly recordCount: number;
  /** Numbers of a chain that are missing or, where `reused`, stand in two events. It accuses nobody. */
  readonly gaps: readonly { readonly chain: string; readonly first: number; readonly last: number; readonly reused: boolean }[];
  readonly heads: readonly EventId[];
  readonly events: number;
  /** Values in force: the sender's and those that recipients committed. */
  readonly values: PlainValues;
  /** Named by the log and not here yet: parents, structural blobs, details. */
  readonly missing: { readonly events: readonly EventId[]; readonly blobs: readonly BlobRef[]; readonly details: readonly BlobRef[] };
}
export interface RevisionSummary extends Mention {
  readonly hash: Hash;
  readonly number: number;
  readonly inputs: {
    readonly template: { readonly id: string; readonly version: string; readonly source: BlobRef; readonly compiled: BlobRef };
    /** The approved texts that the template includes, by their hash. */
    readonly library: readonly BlobRef[];
    readonly attachments: readonly BlobRef[];
    readonly values: BlobRef;
    readonly fields: BlobRef;
    readonly routing: BlobRef;
    readonly consent: { readonly id: string; readonly version: string; readonly locale: string; readonly text: BlobRef };
    readonly deadlineAt?: string;
    readonly locale: string;
  };
}
export interface RecipientSummary {
  readonly id: RecipientId;
  readonly role: string;
  readonly recipientType: RecipientType;
  readonly order: number;
  readonly name?: string;
  readonly contact?: string;
  /** Named by the current revision's routing. */
  readonly routed: boolean;
  readonly invited: Mention;
  readonly invitation: string;
  readonly devices: readonly { readonly key: string; readonly x: string; readonly joined: Mention; readonly accepted?: EventId; readonly revoked?: EventId; readonly bound: boolean; readonly userAgent?: string; readonly label?: string }[];
  /** These four: the newest for the current revision. */
  readonly presented?: Mention & { readonly text: BlobRef; readonly rendering: Hash; readonly locale: string; readonly reached: { readonly units: number; readonly of: number } };
  readonly consent?: Mention & { readonly consent: { readonly id: string; readonly version: string; readonly locale: string; readonly text: BlobRef } };
  readonly access?: Mention;
  /** The newest withdrawal, where no consent is left. */
  readonly withdrawn?: Mention;
  readonly committed: readonly (Mention & { readonly id: FieldId; readonly conflict: boolean })[];
  /** Own fields that are always required and not committed yet. */
  readonly missing: readonly FieldId[];
  /** For the current revision; the one that counts, if any. */
  readonly signature?: Mark;
  readonly declined?: Mark;
  readonly approved?: Mark;
  /** Who is with an inPerson signer; absent: the sender. */
  readonly host?: RecipientId;
  readonly removed?: true;
  /** The newest invitation is for another person than before. */
  readonly forAnother?: true;
  readonly otherMarks: readonly Mark[];
  readonly turn: 'none' | 'waiting' | 'now' | 'done';
  readonly waitingFor: readonly RecipientId[];
  readonly copies: number;
  readonly delivery?: Mention & { readonly outcome: 'sent' | 'delivered' | 'bounced' };
}

/** The list's projection of an envelope. */
export interface EnvelopeSummary {
  readonly id: EnvelopeId;
  readonly stream: StreamId;
  readonly status: EnvelopeStatus;
  readonly title: string;
  readonly sender: string;
  readonly recipients: readonly { readonly id: RecipientId; readonly name?: string; readonly turn: 'none' | 'waiting' | 'now' | 'done'; readonly signed: boolean }[];
  /** The genesis' time claim, and the newest event's (ms). */
  readonly createdAt: number;
  readonly changedAt: number;
  readonly events: number;
  readonly sync: SyncState;
  /** Which actor this device has in it, for reopening. */
  readonly actor?: { readonly as: 'owner' } | { readonly as: 'recipient'; readonly recipient: RecipientId };
}
export interface EnvelopePage {
  readonly envelopes: readonly EnvelopeSummary[];
  readonly next: Cursor | null;
}

// ------------------------------------------------------------------------------------------------------------- sessions

/**
 * What a host may ask of an envelope, apart from the signing ceremony. The same union for `can` and `dispatch`.
 * `send`, `publish`, `invite`, `accept`, `void`: owner (void: recovery key too). `complete`: completer, owner, recovery.
 * `expire`: owner or scheduler. `recordDelivery`: mailer or owner.
 */
export type Command =
  | { do: 'send' }
  /** A new revision: other values, another deadline. Says why. */
  | { do: 'publish'; values: PlainValues; why: string; deadlineAt?: string }
  /** For an id that is invited already: a new link; devices that joined by the old one are unbound. */
  | { do: 'invite'; recipient: RecipientDraft }
  | { do: 'accept'; recipient: RecipientId; join: EventId }
  | { do: 'void'; reason?: string }
  | { do: 'complete' }
  | { do: 'expire' }
  | { do: 'recordDelivery'; recipient: RecipientId; channel: Channel; outcome: 'sent' | 'delivered' | 'bounced'; to?: string }
  | RecordCommand | PeopleCommand | KeyCommand;
/** Who takes part: approvals, and people who come, go and take another's place (FORMAT.md section 10). */
export type PeopleCommand =
  /** Owner, before sending: of an invited approver, for the current revision. */
  | { do: 'requestApproval'; recipient: RecipientId }
  /** An approver's device, before sending. */
  | { do: 'grantApproval'; note?: string }
  | { do: 'refuseApproval'; reason?: string }
  /** An approver's or form filler's device, after sending. */
  | { do: 'approve'; note?: string }
  /** Owner. `invitation`: public key of a new link (x). */
  | { do: 'removeRecipient'; recipient: RecipientId; reason?: string }
  | { do: 'replaceRecipient'; recipient: RecipientId; invitation: string; name: string; contact?: string; reason?: string }
  | { do: 'grantAccess'; recipient: RecipientId; role: string; recipientType: 'viewer' | 'copy'; order: number; invitation: string; from: Hash; name: string; contact?: string };
/** Keys that come and go. `proof`: by the new key over H("countersign-device/v1", …), FORMAT.md section 8. */
export type KeyCommand =
  /** A recipient's device. */
  | { do: 'addDevice'; key: string; proof: string; label?: string }
  /** A recipient's device, or the owner (who says whose). `heads`: what stays of it; absent: all that is known here. Of the owner's, all that the owner knew stays anyhow. */
  | { do: 'revokeDevice'; device: string; recipient?: RecipientId; heads?: readonly EventId[]; reason?: string }
  /** Owner or recovery key. */
  | { do: 'addOwnerDevice'; key: string; proof: string; label?: string }
  | { do: 'revokeOwnerDevice'; device: string; reason?: string }
  | { do: 'handOver'; key: string; proof: string; to?: string; reason?: string }
  | { do: 'merge'; kept: EventId; reason?: string }
  | { do: 'changeServiceKey'; role: ServiceRole; key: string; change: 'added' | 'removed' };
export type Channel = 'link' | 'email' | 'sms';
/**
 * What is noted down and changes neither status nor signatures (FORMAT.md sections 8 and 10, "Records"), and withdrawing
 * one's consent. `about`: the event that is answered, resolved or released.
 */
export type RecordCommand =
  /** Owner or a recipient's device. */
  | { do: 'comment'; text: string; unit?: string; about?: EventId }
  /** A recipient's device. */
  | { do: 'proposeChange'; unit: string; variant?: string; text?: string; why?: string }
  | { do: 'withdrawConsent'; reason?: string }
  | { do: 'requestDelegation'; name: string; contact?: string; reason?: string }
  | { do: 'recordExportedCopy'; form: 'html' | 'bundle' | 'print'; sha256?: string; to?: string }
  /** Owner. Accepting binds nobody: what was agreed holds by a new revision (`publish`). */
  | { do: 'resolveChange'; about: EventId; outcome: 'accepted' | 'rejected'; why?: string }
  | { do: 'setSchedule'; hours: number; channel: Channel }
  | { do: 'wrapKey'; device: string; epoch: number; wrapped: BlobRef }
  /** Attestor. */
  | { do: 'attest'; recipient: RecipientId; device: string; level: 'L2' | 'L3'; method: 'code' | 'email' | 'sms' | 'oidc' | 'eid'; address?: string }
  /** Owner, mailer or scheduler. */
  | { do: 'recordReminder'; recipient: RecipientId; channel: Channel; to?: string }
  /** Owner, scheduler or records service. */
  | { do: 'recordAutomation'; rule: string; outcome: 'done' | 'failed'; what?: string }
  /** Owner or records service. */
  | { do: 'recordExport'; form: 'html' | 'bundle' | 'print'; sha256?: string; to?: string }
  | { do: 'archive'; retainUntil?: string }
  | { do: 'placeHold'; reason: string }
  | { do: 'releaseHold'; about: EventId; reason?: string }
  /** The log says it; whoever holds the bytes removes them. */
  | { do: 'shred'; details: readonly BlobRef[]; reason?: string };

/** What a session tells. What the store refuses is told by the act that it refused, or by the `problem` of a `SyncEngine`. */
export interface SessionEventMap {
  change: CustomEvent<{ readonly envelope: Envelope }>;
  ceremony: CustomEvent<{ readonly view: CeremonyView; readonly envelope: Envelope }>;
  sync: CustomEvent<{ readonly state: SyncState }>;
  close: CustomEvent<null>;
  /** The log's own names as they are applied (`recipient.signed`, `envelope.completed`, ...), after `change`: whoever listens has the trail fetched. */
  [event: `${string}.${string}`]: CustomEvent<{ readonly envelope: Envelope; readonly event: TrailEntry }>;
}
/** One actor's view of one envelope. */
export interface EnvelopeSession extends Told<SessionEventMap> {
  readonly state: Envelope;
  readonly actor: Actor | null;
  /** The same rule as `dispatch`, so that buttons never lie. `null`: allowed now. */
  can(command: Command): ErrorCode | null;
  /** The only way to change an envelope; durable when it resolves. Errors: as `can`, `envelope.stale`, `store.*`, `keys.*`. */
  dispatch(command: Command): Promise<Envelope>;
  /** The audit trail, oldest first; at most 200 entries a page. */
  trail(offset?: number, limit?: number): Promise<TrailPage>;
  /** The frozen text of the revision with the values in force. Errors: `document.pending`, `document.missing`. */
  readonly document: SessionDocument;
  /** The recipient's guided act; `null` for owners, services and readers. */
  readonly ceremony: CeremonySession | null;
  /** Sender only: the invitation of each recipient, kept in this device's store. */
  links(): Promise<Readonly<Record<RecipientId, InvitationLink>>>;
  /** This device's own bearer token for the stream and, for the sender, what a backend must know to let others in. */
  access(): Promise<StreamAccess | null>;
  /**
   * What `bind` needs before this device can sign: a passcode that its holder chooses now, or one chosen before. `null` where
   * the browser keeps keys itself, and once the key is unlocked.
   */
  readonly passcode: 'choose' | 'enter' | null;
  /**
   * Binds this device after `join(link, {preview: true})`, and wherever `passcode` says so; unlocks the key of a session that
   * was opened again. Errors: those of `DeviceKeys.device`.
   */
  bind(passcode?: string): Promise<void>;
  readonly sync: SyncState;
  /** Takes in what another party or tab brought; applied, durable, then announced. */
  receive(items: readonly Item[]): Promise<Received>;
  /** The bytes of a file that a recipient handed in (`FileValue.blob`). Errors: `envelope.blob_missing`. */
  file(blob: BlobRef): Promise<Uint8Array>;
  /** Everything needed to verify offline, in one file (FORMAT.md section 11). */
  exportBundle(): Promise<Uint8Array>;
  /** One self-contained HTML file: readable and printable without script, the bundle inside. */
  exportHtmlCopy(): Promise<Uint8Array>;
  close(): Promise<void>;
}
/** What became of items from outside, in the order they were handed in. */
export interface Received {
  /** `null` while the genesis is not here. */
  readonly envelope: Envelope | null;
  readonly results: readonly { readonly kind: Kind; readonly id: StoreId; readonly state: 'applied' | 'waiting' | 'known' | 'refused'; readonly code?: ErrorCode }[];
  /** Events that had waited since an earlier delivery, and are refused now that what they waited for is here. */
  readonly dropped: readonly { readonly event: EventId; readonly code: ErrorCode }[];
}
export interface SessionDocument {
  readonly title: string;
  readonly locale: string;
  html(): string;
  text(): Promise<string>;
  explain(unit: string): Promise<Explanation>;
  /** Text ref that a statement binds (blanks left open). `null` while a unit is pending. */
  readonly ref: Hash | null;
}

export interface TrailPage {
  readonly total: number;
  readonly offset: number;
  readonly entries: readonly TrailEntry[];
}
/** One event of the log, told: who, what, when by which claim, and what it changed. In a causal order, the same everywhere. */
export interface TrailEntry {
  readonly event: EventId;
  readonly type: string;
  /** The device's claim, integer ms. */
  readonly at: number;
  readonly key: string;
  readonly chain: string;
  readonly seq: number;
  readonly actor: { readonly kind: 'owner' | 'recovery' | 'recipient' | 'service' | 'unknown'; readonly recipient?: RecipientId; readonly service?: ServiceRole };
  /** Attested: written by a service key that the genesis names. */
  readonly claim: 'claimed' | 'attested';
  readonly standing: 'applied' | 'refused' | 'late';
  /** Why it has no effect. */
  readonly code?: ErrorCode;
  /** Signatures and declines. */
  readonly counts?: boolean;
  /** The body's members (FORMAT.md section 8) without detail and statement. */
  readonly facts: { readonly [name: string]: Json };
  readonly statement?: Json;
  /** The personal content. */
  readonly detail?: { readonly [name: string]: Json };
  readonly withheld?: boolean;
  /** fields.committed, and what the sender changed by a revision: what each field was and became. `label`: as the current revision calls it. */
  readonly fields?: readonly { readonly id: FieldId; readonly label?: string; readonly from?: PlainValue; readonly to?: PlainValue }[];
}

// ------------------------------------------------------------------------------------------------------------- ceremony

export type CeremonyStep = 'open' | 'consent' | 'review' | 'fill' | 'adopt' | 'check' | 'sign' | 'copy';

/** What to draw. Computed by the core; elements decide nothing. Deep-frozen and replaced after every act. */
export interface CeremonyView {
  readonly format: 'countersign-ceremony/1';
  readonly recipient: { readonly id: RecipientId; readonly role: string; readonly recipientType: RecipientType; readonly order: number; readonly name?: string };
  readonly envelope: {
    readonly id: EnvelopeId;
    readonly status: EnvelopeStatus;
    readonly title?: string;
    readonly sender?: { readonly name: string; readonly organisation?: string; readonly contact?: string };
    readonly revision: Hash;
    readonly number: number;
    readonly tiePolicy: TiePolicy;
    readonly deadlineAt?: string;
    /** Of the contract. */
    readonly locale: string;
  };
  /** For the open step; reading at 200 words a minute. */
  readonly estimate: { readonly fields: number; readonly minutes: number };
  readonly step: CeremonyStep;
  /** A step that does not apply is not listed. `code`: why it is blocked. */
  readonly steps: readonly { readonly id: CeremonyStep; readonly state: 'done' | 'current' | 'todo' | 'blocked'; readonly code?: ErrorCode }[];
  /** What `{do: 'previous'}` and `{do: 'next'}` lead to. */
  readonly previousStep?: CeremonyStep;
  readonly nextStep?: CeremonyStep;
  /** Why `{do: 'next'}` is refused now. */
  readonly nextBlocked?: ErrorCode;
  /** Show `code` inside the rendered document, never beside the box it is typed into. */
  readonly access: { readonly code: string; readonly typed: string; readonly state: 'todo' | 'wrong' | 'typed' | 'demonstrated' };
  readonly consent: {
    readonly id: string;
    readonly version: string;
    readonly locale: string;
    readonly text: BlobRef;
    /** `null` while the blob is not here. */
    readonly summary: string | null;
    readonly slots: ConsentSlots | null;
    readonly ticked: boolean;
    readonly given: boolean;
  };
  /** Units of the document reached, of all; `presented`: this very text was recorded as presented. */
  readonly review: { readonly units: number; readonly of: number; readonly presented: boolean };
  readonly document: {
    readonly text: BlobRef;
    /** Units that wait for an answer. */
    readonly pending: readonly string[];
    /** Since the signer last said `{do: 'seen'}`. */
    readonly changed: readonly { readonly unit: string; readonly what: 'added' | 'removed' | 'changed'; readonly title?: string }[];
  };
  /** Own fields that are shown, in the order of the document. */
  readonly fields: readonly CeremonyField[];
  /** The field in focus, and its place (0-based) in `fields`. */
  readonly field?: FieldId;
  readonly fieldIndex?: number;
  /** Neighbours; `nextField` skips to what is still open first. */
  readonly nextField?: FieldId;
  readonly previousField?: FieldId;
  /** Required things, fields and places for a mark: "3 of 7" is `done + 1` of `of`. */
  readonly progress: { readonly done: number; readonly of: number };
  readonly mark?: SignatureMark;
  /** Everything between here and a signature, in order. */
  readonly blockers: readonly { readonly code: ErrorCode; readonly field?: FieldId; readonly unit?: string; readonly step: CeremonyStep; readonly recipient?: RecipientId }[];
  /** Whose signature must come first (routing). */
  readonly waitingFor: readonly { readonly id: RecipientId; readonly role: string; readonly name?: string }[];
  readonly allowed: { readonly consent: boolean; readonly present: boolean; readonly commitFields: boolean; readonly sign: boolean; readonly decline: boolean; readonly recordCopy: boolean };
  /** The check step, in plain data. */
  readonly summary: {
    readonly documents: readonly { readonly title: string; readonly text: BlobRef; readonly size: number }[];
    /** The sender's values and computed ones that the text uses. */
    readonly terms: readonly { readonly id: string; readonly label: string; readonly value: string }[];
    /** The signer's own. */
    readonly values: readonly { readonly id: FieldId; readonly label: string; readonly display: string; readonly missing: boolean }[];
    readonly asWhom: { readonly name?: string; readonly role: string };
    readonly effect: 'signature';
    readonly warnings: readonly ('ownerMayWithdraw' | 'signatureWins' | 'ownerSettles' | 'deadline')[];
  };
  readonly own: { readonly state: 'none' | 'signed' | 'counted' | 'contested' | 'declined' | 'superseded'; readonly event?: EventId; /** ms, the device's claim */ readonly at?: number; readonly code?: ErrorCode };
}

export interface CeremonyField {
  readonly id: FieldId;
  readonly kind: FieldKind;
  readonly type: FieldType;
  readonly label: string;
  readonly help?: string;
  readonly placeholder?: string;
  /** Under the values as they stand. */
  readonly required: boolean;
  readonly readOnly: boolean;
  /** Masked on screen. */
  readonly sensitive: boolean;
  /** Where it stands, and its sentence. */
  readonly unit?: string;
  readonly context?: string;
  readonly input: {
    readonly control: 'text' | 'textarea' | 'checkbox' | 'select' | 'date' | 'mark' | 'file' | 'none';
    readonly type?: 'text' | 'email' | 'tel' | 'date';
    readonly inputMode?: string;
    readonly autocomplete?: string;
    readonly autocapitalize?: string;
    readonly maxLength?: number;
    readonly min?: string;
    readonly max?: string;
    /** Of a file: what is offered to pick, HTML's `accept`. */
    readonly accept?: string;
  };
  readonly options?: readonly { readonly value: string; readonly label: string }[];
  /** Raw, as typed: kept even while it is wrong. */
  readonly text: string;
  /** Absent while empty or wrong. */
  readonly value?: PlainValue;
  /** As the contract prints it. */
  readonly display: string;
  readonly state: 'empty' | 'wrong' | 'filled' | 'placed';
  readonly code?: ErrorCode;
  /** The template's own words for the error. */
  readonly message?: string;
  /** In the log already. */
  readonly committed: boolean;
}

/** Strokes of integer points `[x, y, ms since the stroke began]`. */
export type Strokes = readonly (readonly (readonly [number, number, number])[])[];
export type SignatureMark =
  | { readonly kind: 'typed'; readonly text: string }
  | { readonly kind: 'drawn'; readonly text?: string; readonly strokes: Strokes };

/** What a signer does; one at a time. What it leaves in the log is said behind it. */
export type CeremonyAct =
  | { do: 'start' } | { do: 'next' } | { do: 'previous' }
  | { do: 'goTo'; step: CeremonyStep }
  | { do: 'goToField'; field: FieldId }
  | { do: 'typeCode'; text: string }
  | { do: 'tickConsent'; ticked: boolean }
  | { do: 'giveConsent' }                                    // access.demonstrated, consent.given
  | { do: 'reach'; units: number; of: number }
  | { do: 'seen' }
  | { do: 'present' }                                        // document.presented
  | { do: 'setValue'; field: FieldId; text: string }         // checkbox: "true" or "false"; select: the option's value
  | { do: 'attach'; field: FieldId; file: Blob | null }       // a file for a field of the kind `file`; null takes it away. Errors: `blob.too_large`
  | { do: 'adoptMark'; mark: SignatureMark } | { do: 'clearMark' }
  | { do: 'placeMark'; field: FieldId } | { do: 'placeAll' } | { do: 'takeBack'; field: FieldId }
  | { do: 'commitFields' }                                   // fields.committed
  | { do: 'sign'; gesture: 'tap' | 'hold' | 'key'; label: string }  // document.presented and fields.committed where due, recipient.signed
  | { do: 'decline'; reason?: string }                       // recipient.declined
  | { do: 'recordCopy'; form: 'html' | 'bundle' | 'print'; sha256?: string };  // copy.delivered

/** The guided act of one recipient. Events: `ceremony` on the session, after every act. */
export interface CeremonySession {
  readonly view: CeremonyView;
  /** Of the interface; recorded with what the signer was shown. Default: the document element's `lang`, else "en". */
  locale: string;
  /** Resolves with the next view when the act is durable in the store (draft, and log where it leaves an event). */
  act(act: CeremonyAct): Promise<CeremonyView>;
  /** The document with the draft's values in its blanks; `<countersign-document>` redraws no more than what differs. */
  html(): string;
  text(): Promise<string>;
  explain(unit: string): Promise<Explanation>;
}

// ---------------------------------------------------------------------------------------------------------- verification

/** Exit codes of the command line, in this order: 0 1 3 3 4 5 6. */
export type Verdict = 'valid' | 'invalid' | 'incomplete' | 'notSealed' | 'contested' | 'ended' | 'needsNewerVersion';
export type TrailWho = 'owner' | 'recipient' | ServiceRole | 'recovery' | 'unknown';

/** Who signed exactly what, with which evidence, and what cannot be known. */
export interface VerificationReport {
  readonly format: 'countersign-report/1';
  readonly verdict: Verdict;
  readonly exitCode: number;
  /** English. People's words are looked up by verdict and reasons. */
  readonly sentence: string;
  readonly ended?: 'declined' | 'voided' | 'expired';
  /** Worst first; the verdict follows from the worst. */
  readonly reasons: readonly {
    readonly code: ErrorCode;
    readonly severity: 'invalid' | 'newer' | 'contested' | 'incomplete' | 'notice';
    readonly message: string;
    readonly event?: EventId;
    readonly blob?: BlobRef;
    readonly line?: number;
    readonly recipient?: RecipientId;
    readonly field?: FieldId;
    readonly part?: 'file' | 'event' | 'blob' | 'template' | 'document' | 'revision' | 'fields' | 'mark' | 'consent' | 'completion' | 'page';
  }[];
  /** Absent where the file is no bundle at all. */
  readonly envelope?: {
    readonly id: EnvelopeId;
    readonly status: EnvelopeStatus;
    readonly title?: string;
    readonly sender?: { readonly name: string; readonly organisation?: string; readonly contact?: string };
    readonly owner: string;
    readonly suite: string;
    readonly tiePolicy: TiePolicy;
    readonly acceptance: 'auto' | 'owner';
    readonly deadlinePolicy: 'claim' | 'receipt';
    readonly createdAt: string;
    readonly deadlineAt?: string;
    readonly relatesTo?: readonly { readonly env: EnvelopeId; readonly how: 'amends' | 'renews' | 'replaces' }[];
    /** The sender's keys now. */
    readonly owners: readonly string[];
    /** Labels of roles that sign and that nobody was asked to sign as. */
    readonly unsignedRoles?: readonly string[];
    /** Numbers of a chain that are missing or, where `reused`, stand in two events. */
    readonly gaps?: readonly { readonly chain: string; readonly first: number; readonly last: number; readonly reused: boolean }[];
  };
  readonly revision?: {
    readonly hash: Hash;
    readonly number: number;
    readonly locale: string;
    readonly template: { readonly id: string; readonly version: number; readonly source: BlobRef; readonly compiled: BlobRef };
    readonly consent: { readonly id: string; readonly version: string; readonly locale: string; readonly text: BlobRef };
    readonly fields: BlobRef;
    readonly routing: BlobRef;
    readonly attachments: readonly BlobRef[];
    readonly library: readonly BlobRef[];
  };
  readonly document?: {
    readonly title?: string;
    /** The text ref that the signatures bind. */
    readonly text: BlobRef;
    readonly size?: number;
    /** Again from the compiled template and the values. */
    readonly rendered: 'same' | 'differs' | 'notRendered';
    /** Again from the template's source (needs the author module). */
    readonly recompiled: 'same' | 'differs' | 'notRecompiled';
  };
  /** Reasons beyond those listed, none of them worse. */
  readonly moreReasons: number;
  readonly recipients: readonly {
    readonly id: RecipientId;
    readonly role: string;
    readonly recipientType: RecipientType;
    readonly order: number;
    readonly name?: string;
    readonly contact?: string;
    readonly invitation: string;
    readonly devices: readonly { readonly key: string; readonly joined: EventId; readonly bound: boolean; readonly userAgent?: string; readonly label?: string }[];
    /** L0 self-asserted, L1 held the link, L2 and L3 what a service attested of the device that signed. */
    readonly level: 'L0' | 'L1' | 'L2' | 'L3';
    readonly levelEvidence: readonly EventId[];
    readonly signature?: {
      readonly event: EventId;
      /** Made under this other invitation, by whoever had the link before or beside. */
      readonly invited?: EventId;
      readonly key: string;
      readonly claimedAt: string;
      readonly timeZone?: string;
      readonly counts: boolean;
      readonly code?: ErrorCode;
      readonly late?: boolean;
      readonly mark?: { readonly kind: 'drawn' | 'typed'; readonly text?: string; readonly strokes?: Json };
      readonly intent: { readonly text: string; readonly gesture: 'tap' | 'hold' | 'key' };
      readonly name?: string;
      readonly fields: readonly { readonly id: FieldId; readonly commitment: 'matches' | 'differs' | 'withheld' }[];
      readonly consent?: { readonly event: EventId; readonly id: string; readonly version: string; readonly locale: string };
      readonly presented?: EventId;
      readonly access?: EventId;
    };
    readonly declined?: { readonly event: EventId; readonly claimedAt: string; readonly reason?: string };
    readonly approved?: { readonly event: EventId; readonly claimedAt: string; readonly counts: boolean; readonly code?: ErrorCode };
    /** Named by the current revision's routing. */
    readonly routed: boolean;
    readonly removed?: true;
    /** The recipient who is with an inPerson signer. */
    readonly host?: RecipientId;
    /** Taken by devices of this invitation. */
    readonly copies: readonly { readonly event: EventId; readonly form: 'html' | 'bundle' | 'print'; readonly claimedAt: string; readonly revision: string }[];
    /** Whoever had another link of this recipient: nothing of theirs is told as this one's. */
    readonly earlier?: readonly {
      readonly invited: EventId;
      readonly name?: string;
      readonly contact?: string;
      readonly devices: readonly { readonly key: string; readonly joined: EventId; readonly bound: boolean; readonly userAgent?: string; readonly label?: string }[];
      readonly copies: readonly { readonly event: EventId; readonly form: 'html' | 'bundle' | 'print'; readonly claimedAt: string; readonly revision: string }[];
    }[];
  }[];
  readonly completion?: { readonly event: EventId; readonly by: string; readonly byRole: 'completer' | 'owner' | 'recovery'; readonly claimedAt: string; readonly signatures: readonly EventId[]; readonly count: number; readonly text: BlobRef };
  readonly values: readonly { readonly id: FieldId; readonly label?: string; readonly recipient?: RecipientId; /** By the sender, for a recipient's field. */ readonly proposed?: true; readonly value: PlainValue; readonly display?: string; readonly was?: PlainValue; readonly event?: EventId; readonly withheld?: boolean; /** Of a file: whether its bytes are in the bundle. */ readonly file?: boolean }[];
  /** Law predicates, each with its evidence. Not legal advice. */
  readonly laws: readonly { readonly id: string; readonly law: 'ESIGN' | 'UETA' | 'eIDAS'; readonly source: string; readonly recipient?: RecipientId; readonly holds: 'yes' | 'no' | 'unknown'; readonly events: readonly EventId[]; readonly sentence: string }[];
  readonly trail: readonly { readonly event: EventId; readonly type: string; readonly who: TrailWho; readonly recipient?: RecipientId; readonly key: string; readonly claimedAt: string; readonly kind: 'claimed' | 'attested'; readonly standing: 'applied' | 'refused' | 'waiting' | 'late'; readonly code?: ErrorCode; readonly text: string }[];
  /** Certificate of completion: rows to print, in order. */
  readonly certificate: { readonly sections: readonly { readonly title: string; readonly rows: readonly { readonly label: string; readonly value: string; readonly proof: 'proven' | 'claimed' | 'attested' }[] }[] };
  /** Details that are not in the file: the log verifies without them. */
  readonly withheld: readonly { readonly ref: BlobRef; readonly shredded?: EventId }[];
  /** What this file cannot show, for example "clock", "screen", "tail". */
  readonly unknowable: readonly { readonly id: string; readonly sentence: string }[];
  readonly counts: { readonly events: number; readonly blobs: number; readonly applied: number; readonly refused: number; readonly waiting: number };
  readonly core: { readonly name: 'countersign'; readonly version: string };
}

// --------------------------------------------------------------------------------------------------------- local storage

/** 'e': an event, as its JWS bytes. 'b': a blob. */
export type Kind = 'e' | 'b';
/** Immutable and self-certifying: `id` is the lowercase hex SHA-256 of `bytes`. */
export interface Item {
  readonly kind: Kind;
  readonly id: StoreId;
  readonly bytes: Uint8Array;
}

/** One act, all or nothing. */
export interface Batch {
  readonly stream: StreamId;
  readonly items?: readonly Item[];
  /** Ids of items (of this batch or older) that wait to be sent. */
  readonly enqueue?: readonly StoreId[];
  /** Ids that a backend acknowledged. */
  readonly dequeue?: readonly StoreId[];
  /** Small mutable records (drafts, cursors, summaries); `null` deletes. Keys are `area/...`, at most 200 characters. */
  readonly records?: Readonly<Record<string, Json | null>>;
  /**
   * The stream's version as the writer last read it; the commit raises it by one. Anything else in the store by now:
   * `store.conflict`, nothing is written. Leave it out for what merges (downloaded items).
   */
  readonly version?: number;
  /** `strict` (own acts, the outbox): on disk before it resolves. `relaxed`: what can be fetched again. Default strict. */
  readonly durability?: 'strict' | 'relaxed';
}
export interface StreamItems {
  readonly items: readonly Item[];
  readonly next: Cursor | null;
  /** Of the stream when the page was read. */
  readonly version: number;
  /** Items whose bytes no longer have their hash: set aside, to be fetched again. */
  readonly damaged: readonly StoreId[];
}
export interface StreamPage {
  readonly streams: readonly StreamId[];
  readonly next: Cursor | null;
}

/** What a store keeps without anybody reading it out: a device's pair, or the AES-GCM key over a key with a passcode. */
export type StoredKey = CryptoKeyPair | CryptoKey;

/**
 * Sets of immutable items, one set per stream, plus small mutable records, an outbox and this device's keys.
 * Errors: `store.quota` `store.unavailable` `store.blocked` `store.newer_version` `store.conflict` `store.closed`.
 * Conformance: `runStoreConformance` of `countersign/testing`.
 */
export interface EnvelopeStore {
  readonly kind: StorageStatus['kind'];
  /** Durable when it resolves; nothing written when it rejects. Putting an item twice is no change. */
  commit(batch: Batch): Promise<void>;
  /** Items in no particular order, but the same order each time. An unknown stream is empty. */
  read(stream: StreamId, from: Cursor | null, limit: number): Promise<StreamItems>;
  get(stream: StreamId, kind: Kind, id: StoreId): Promise<Uint8Array | null>;
  streams(from: Cursor | null, limit: number): Promise<StreamPage>;
  record(key: string): Promise<Json | null>;
  /** Records whose key starts with `prefix`, by key. */
  records(prefix: string, from: Cursor | null, limit: number): Promise<{ readonly records: Readonly<Record<string, Json>>; readonly next: Cursor | null }>;
  /** Ids that wait to be sent, oldest first; of all streams when `stream` is null. */
  outbox(stream: StreamId | null, limit: number): Promise<readonly { readonly stream: StreamId; readonly kind: Kind; readonly id: StoreId }[]>;
  /** Removes a stream with its items, outbox rows and the records `<area>/<stream>...`. */
  forget(stream: StreamId): Promise<void>;
  putKey(name: string, key: StoredKey): Promise<void>;
  getKey(name: string): Promise<StoredKey | null>;
  /** Runs `work` while no other tab of this origin runs work of the same stream. Optional: `version` keeps order without it. */
  exclusive?<T>(stream: StreamId, work: () => Promise<T>): Promise<T>;
  /** Told when another tab (or this one) changed a stream. */
  watch?(changed: (stream: StreamId) => void): () => void;
  close(): Promise<void>;
}

// -------------------------------------------------------------------------------------------------------------- backends

export interface Problem {
  /** Suffix of the problem type: "too-large", "bad-signature", ... */
  readonly type: string;
  readonly title: string;
  readonly retryable: boolean;
  readonly limit?: number;
  readonly retryAfterMs?: number;
}
export interface PutResult {
  readonly id: StoreId;
  readonly state: 'stored' | 'present' | 'rejected';
  readonly problem?: Problem;
}
export interface FeedPage {
  readonly epoch: string;
  readonly next: Cursor;
  readonly more: boolean;
  readonly items: readonly { readonly kind: Kind; readonly id: StoreId; readonly size: number; readonly bytes?: Uint8Array }[];
}
export interface BackendCaps {
  readonly epoch: string;
  readonly ordered: boolean;
  readonly conditionalCreate: boolean;
  readonly batch: boolean;
  readonly reconcile: boolean;
  readonly erase: boolean;
  readonly verifiesHash: boolean;
  readonly verifiesSignatures: boolean;
  readonly durableAck: 'fsync' | 'replicated' | 'memory' | 'unknown';
  readonly limits: { readonly event: number; readonly chunk: number; readonly page: number; readonly streamBytes: number; readonly writesPerMin: number };
}
/**
 * Five methods, implemented by whatever a company already has. Nothing a backend says decides anything: readers hash
 * what they get. Conformance: `runBackendConformance` of `countersign/testing`.
 */
export interface Backend {
  caps(): Promise<BackendCaps>;
  /** 'stored' only after a durable commit; idempotent. */
  put(stream: StreamId, items: readonly Item[]): Promise<readonly PutResult[]>;
  /** `null` when absent. */
  get(stream: StreamId, kind: Kind, id: StoreId, range?: readonly [number, number]): Promise<Uint8Array | null>;
  /** A prefix-closed feed. Errors: `backend.epoch_changed` for a cursor that is unknown or foreign, never an empty page. */
  list(stream: StreamId, cursor: Cursor | null, limit: number): Promise<FeedPage>;
  /** Hints only: may lie, may be silent. */
  watch?(stream: StreamId, cursor: Cursor, hint: () => void): () => void;
}

// ------------------------------------------------------------------------------------------------------------------ sync

/** Per envelope, as a person reads it: on this device -> sent -> seen by the other side. */
export type SyncPlace = 'device' | 'sent' | 'seen';
export interface SyncState {
  readonly place: SyncPlace;
  /** Items that wait to be sent. */
  readonly waiting: number;
  readonly lastSyncAt?: string;
  /** The last failure, until the next success. */
  readonly problem?: { readonly code: ErrorCode; readonly message: string };
}
export interface SyncOptions {
  /** Only these streams; default: every stream of the store. */
  streams?: readonly StreamId[];
  /** Start at once. Default true. */
  start?: boolean;
}
/** What a sync engine tells. */
export interface SyncEventMap {
  sync: CustomEvent<{ readonly stream: StreamId; readonly state: SyncState }>;
  /** `stream` is "" where it is none's; `error` a `CountersignError` or `CountersignPanic`, but for what a backend of your own throws. */
  problem: CustomEvent<{ readonly stream: StreamId; readonly error: unknown }>;
}
/** Keeps the store and one backend in step. */
export interface SyncEngine extends Told<SyncEventMap> {
  readonly running: boolean;
  start(): void;
  stop(): void;
  /** "Send now": resets waiting times and resolves when the round is over, whatever came of it. */
  now(stream?: StreamId): Promise<SyncState>;
  state(stream: StreamId): SyncState;
  close(): Promise<void>;
}

