// The words of the elements. A language is one object of this shape: a missing string does not compile. Words that are
// part of the contract (consent text, labels, messages of a template) come from the template and are never in here.
import type { CeremonyStep, ErrorCode } from '../types.js';
import { en } from './en.js';

/** What a signing page says. */
export interface SigningStrings {
  readonly lang: string;
  readonly dir: 'ltr' | 'rtl';
  readonly common: {
    readonly next: string; readonly back: string; readonly close: string; readonly cancel: string; readonly more: string; readonly print: string; readonly change: string;
    readonly required: string; readonly optional: string; readonly choose: string; readonly yes: string; readonly no: string; readonly loading: string; readonly empty: string; readonly claimedTime: string;
    readonly of: (done: number, all: number) => string;
    /** A date with the time of day where the reader is. Without it `Intl` writes it, which takes a phone up to a third of a second the first time. */
    readonly time?: (at: Date) => string;
  };
  readonly pad: {
    readonly how: string; readonly draw: string; readonly type: string; readonly hint: string; readonly emptyDrawing: string; readonly drawing: string; readonly undo: string; readonly clear: string; readonly dot: string;
    readonly typedLabel: string; readonly typedPreview: string;
  };
  readonly ceremony: {
    readonly steps: Readonly<Record<CeremonyStep, string>>;
    readonly from: (sender: string) => string;
    readonly openLead: (sender: string) => string;
    readonly estimate: (fields: number, minutes: number) => string;
    readonly start: string; readonly deadline: (date: string) => string; readonly deviceNote: string;
    readonly consentLead: string; readonly consentMeans: string;
    readonly slots: Readonly<Record<'paperOption' | 'scope' | 'withdrawal' | 'contactUpdate' | 'copy' | 'requirements', string>>;
    readonly codeTitle: string; readonly codeLead: string; readonly codeInDocument: (code: string) => string; readonly codeLabel: string; readonly codeWrong: string; readonly codeRight: string;
    readonly consentTick: string; readonly consentMissing: string; readonly consentButton: string;
    readonly reviewLead: string; readonly outline: string; readonly find: string; readonly findNone: string;
    readonly fillLead: string; readonly fillDone: string; readonly nextField: string; readonly openField: string; readonly finishFields: string;
    readonly changed: (titles: readonly string[]) => string;
    readonly adoptLead: string; readonly adoptButton: string; readonly placeLead: string; readonly place: string; readonly placed: string; readonly placeAll: string;
    readonly checkLead: string; readonly checkDocuments: string; readonly checkTerms: string; readonly checkValues: string; readonly checkAs: (name: string) => string; readonly noValues: string; readonly missing: string;
    readonly sign: string; readonly signMeans: string;
    readonly warnings: Readonly<Record<'ownerMayWithdraw' | 'signatureWins' | 'ownerSettles' | 'deadline', string>>;
    readonly waitingFor: (names: readonly string[]) => string; readonly waitingNote: string;
    readonly signedTitle: string; readonly signedWaiting: string; readonly signedSent: string; readonly signedSeen: string; readonly completedTitle: string; readonly completedLead: string;
    readonly saveCopy: string; readonly saveBundle: string; readonly copySaved: string; readonly trail: string;
    readonly declineTitle: string; readonly declineLead: string; readonly declineReason: string; readonly declineButton: string; readonly declined: string;
    readonly voided: string; readonly expired: string; readonly contested: string; readonly frozen: string; readonly viewing: string; readonly notYetSent: string;
    readonly memoryOnly: string; readonly blockersTitle: string;
    readonly finishLater: string; readonly finishLaterNote: string; readonly progress: (done: number, of: number) => string; readonly actions: string;
  };
  readonly sync: { readonly device: string; readonly sent: string; readonly seen: string; readonly offline: string; readonly trouble: string };
  readonly status: Readonly<Record<'draft' | 'awaitingApproval' | 'sent' | 'inProgress' | 'signedByAll' | 'completed' | 'declined' | 'voided' | 'expired' | 'contested' | 'frozen', string>>;
  /** What happened and what to do, by code; `other` for the rest, with the code shown beside it. */
  readonly errors: Readonly<Partial<Record<ErrorCode, string>>> & { readonly other: string };
}

/** Members of an event's facts and details that the audit trail shows. */
export type TrailFact = 'device' | 'consent' | 'mark' | 'text' | 'why' | 'reason' | 'name' | 'title' | 'to' | 'what' | 'address' | 'recipient' | 'order' | 'unit' | 'variant' | 'rule' | 'channel' | 'outcome' | 'level' | 'method'
  | 'hours' | 'form' | 'retainUntil' | 'number' | 'count';

/** What the audit trail and the verifier's report say: no part of what a signer's phone fetches. */
export interface EvidenceStrings {
  readonly trail: {
    readonly lead: string; readonly claimed: string; readonly attested: string; readonly notCounted: string; readonly device: string; readonly from: string; readonly to: string; readonly withheld: string; readonly id: string; readonly statement: string;
    readonly facts: Readonly<Record<TrailFact, string>>;
    readonly events: Readonly<Record<string, string>>;
    readonly who: Readonly<Record<'owner' | 'recipient' | 'completer' | 'mailer' | 'scheduler' | 'attestor' | 'registrar' | 'records' | 'recovery' | 'unknown', string>>;
  };
  readonly verify: {
    readonly title: string; readonly lead: string; readonly drop: string; readonly choose: string; readonly working: string; readonly unreadable: string; readonly unread: string; readonly another: string;
    readonly verdicts: Readonly<Record<'valid' | 'invalid' | 'incomplete' | 'notSealed' | 'contested' | 'ended' | 'needsNewerVersion', string>>;
    readonly reasons: string; readonly signatures: string; readonly certificate: string; readonly laws: string; readonly unknowable: string; readonly withheld: string; readonly proof: Readonly<Record<'proven' | 'claimed' | 'attested', string>>;
    readonly holds: Readonly<Record<'yes' | 'no' | 'unknown', string>>; readonly part: string; readonly places: (n: number) => string; readonly notAdvice: string;
  };
}
/** Of a field that asks for a file. */
export interface FileStrings {
  readonly none: string; readonly reading: string; readonly remove: string; readonly save: string; readonly files: string; readonly gone: string; readonly tooLarge: string; readonly smaller: string;
}
/** A browser that keeps no signing keys itself: the signer's passcode does. */
export interface PasscodeStrings {
  readonly chooseTitle: string; readonly chooseLead: string; readonly chooseNote: string; readonly chooseButton: string; readonly enterTitle: string; readonly enterLead: string; readonly enterNote: string; readonly enterButton: string;
  readonly label: string; readonly again: string; readonly differs: string; readonly working: string; readonly done: string;
  /** Before `errors` of all. */
  readonly errors: Readonly<Partial<Record<ErrorCode, string>>>;
}
export interface Strings extends SigningStrings, EvidenceStrings {
  readonly passcode: PasscodeStrings;
  readonly file: FileStrings;
}

const registry = new Map<string, SigningStrings | Strings>([['en', en]]);

/** Adds a language; call it before elements are drawn. */
export function registerLocale(strings: Strings): void {
  registry.set(strings.lang, strings);
}

/** The strings of a BCP 47 tag: the tag, then its language, then English. An empty tag asks the document element. */
export function signingStrings(locale: string): SigningStrings | Strings {
  const tag = locale || (typeof document === 'undefined' ? 'en' : document.documentElement.lang || 'en');
  return registry.get(tag) ?? registry.get(tag.split('-')[0] ?? '') ?? en;
}

/**
 * What to say about a code. The code itself stays visible: support people search for it. `limits` of a field, where it is one's:
 * a sentence that names its limit is not said without.
 */
export function sayError(locale: string, code: string, limits: { readonly min?: unknown; readonly max?: unknown; readonly maxLength?: unknown } = {}): string {
  const { errors } = signingStrings(locale);
  const said = (errors as Readonly<Record<string, string | undefined>>)[code] ?? errors.other;
  if (!said.includes('{}')) return said;
  const [limit] = [code === 'field.too_small' ? limits.min : code === 'field.too_large' ? limits.max : limits.maxLength].flat();
  return limit === undefined ? errors.other : said.replace('{}', String(limit));
}
