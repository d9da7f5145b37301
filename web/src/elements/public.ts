// The elements as a host sees them: what may be set, read, called and heard. Written by hand and apart from the classes, which
// `implements` hold to it: their own declarations name Lit, which is bundled and which no host has installed.
import type { CeremonyStep, CeremonyView, Countersign, Diagnostic, Envelope, EnvelopeSession, FieldId, Json, Patch, PlainValues, SignatureMark, TrailEntry, VerificationReport } from '../types.js';

/** Every element of ours. */
export interface CountersignElementBase extends HTMLElement {
  /** BCP 47 tag of the interface; empty: the document element's `lang`. */
  locale: string;
  /** Resolves when what was set is drawn. */
  readonly updateComplete: Promise<boolean>;
}

/** One recipient's guided act. */
export interface CeremonyElement extends CountersignElementBase {
  /** Who signs what; `null`, and while it is on its way, the element says that the agreement is being opened. */
  session: EnvelopeSession | null;
  /** `Countersign.storage.durable`: where it is false the element says before anybody signs that the page keeps nothing. */
  durable: boolean;
  /** What is drawn. */
  readonly view: CeremonyView | null;
}
export interface OutlineEntry {
  readonly unit: string;
  readonly level: number;
  readonly title: string;
}
/** A contract as reflowed text. */
export interface DocumentElement extends CountersignElementBase {
  /** HTML of the core (`SessionDocument.html`, `Assembly.html`, `CeremonySession.html`). Where it differs from what is shown, that is redrawn and nothing else. */
  content: string;
  /** The field in focus. */
  field: FieldId;
  /** Ids of fields that the reader fills: only these can be activated, where it is `interactive`. */
  own: readonly FieldId[];
  interactive: boolean;
  /** Applies what changed instead of drawing everything again. `content` is what the whole is afterwards. */
  apply(patches: readonly Patch[], content: string): void;
  /** Headings, in order. */
  outline(): readonly OutlineEntry[];
  /** Title of the section a unit stands in. */
  titleOf(unit: string): string;
  showUnit(unit: string): void;
  showField(field: FieldId): void;
  /** Marks every place where the words stand, shows one of them (0: the first), and answers how many there are (500 at most). */
  find(words: string, place?: number): Promise<number>;
}
/** A mark, drawn or typed. */
export interface SignaturePadElement extends CountersignElementBase {
  mode: 'draw' | 'type';
  /** What typing begins with. */
  name: string;
  mark: SignatureMark | null;
}
/** Who did what, when and by whose claim. */
export interface AuditTrailElement extends CountersignElementBase {
  session: EnvelopeSession | null;
  /** What is shown; filled from the session where there is one. */
  entries: readonly TrailEntry[];
}
/** A file's verdict. */
export interface VerifyElement extends CountersignElementBase {
  countersign: Countersign | null;
  readonly report: VerificationReport | null;
  /** Verifies bytes as if they had been dropped; `null` where they could not be judged (the element says why). */
  verify(bytes: Uint8Array, name?: string): Promise<VerificationReport | null>;
}
/** A template's source beside the agreement it makes. */
export interface TemplateEditorElement extends CountersignElementBase {
  countersign: Countersign | null;
  /** The text. Setting it replaces what stands there. */
  source: string;
  file: string;
  /** Clause library: unit path to text. */
  library: Readonly<Record<string, string>>;
  /** Values to begin with, over the template's defaults. */
  values: PlainValues;
  /** A customer record to prefill from, or null. */
  record: Json;
  readonly diagnostics: readonly Diagnostic[];
  /** Whether the text compiles. */
  readonly ok: boolean;
}

/** What the elements tell; all of it bubbles out of shadow roots. `request` events are asked before, and `preventDefault` refuses. */
export interface CountersignEventMap {
  'countersign-step-changed': CustomEvent<{ readonly step: CeremonyStep }>;
  'countersign-field-changed': CustomEvent<{ readonly field: FieldId }>;
  /** The signature is durable on this device. */
  'countersign-recipient-signed': CustomEvent<{ readonly envelope: Envelope }>;
  'countersign-recipient-declined': CustomEvent<{ readonly envelope: Envelope }>;
  'countersign-copy-saved': CustomEvent<{ readonly form: 'html' | 'bundle' }>;
  /** A `CountersignError`, but for what no code of ours threw. */
  'countersign-error': CustomEvent<{ readonly error: unknown }>;
  'countersign-request-sign': CustomEvent<{ readonly envelope: Envelope }>;
  'countersign-request-decline': CustomEvent<{ readonly envelope: Envelope; readonly reason: string }>;
  'countersign-field-activated': CustomEvent<{ readonly field: FieldId }>;
  'countersign-unit-reached': CustomEvent<{ readonly reached: number; readonly of: number }>;
  'countersign-mark-changed': CustomEvent<{ readonly mark: SignatureMark | null }>;
  'countersign-verified': CustomEvent<{ readonly report: VerificationReport }>;
  'countersign-template-checked': CustomEvent<{ readonly source: string; readonly ok: boolean; readonly diagnostics: readonly Diagnostic[] }>;
  'countersign-request-save-template': CustomEvent<{ readonly source: string }>;
}

declare global {
  interface HTMLElementTagNameMap {
    'countersign-audit-trail': AuditTrailElement;
    'countersign-ceremony': CeremonyElement;
    'countersign-document': DocumentElement;
    'countersign-signature-pad': SignaturePadElement;
    'countersign-template-editor': TemplateEditorElement;
    'countersign-verify': VerifyElement;
  }
  interface GlobalEventHandlersEventMap extends CountersignEventMap {}
}
