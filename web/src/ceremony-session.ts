// One recipient's ceremony: acts go to the core, come back as a draft and commands; both are durable before the view
// changes. Decides nothing.
import { stringify, type Engine } from './engine.js';
import { CountersignError } from './errors.js';
import type { ActContext, Author, OpenLog } from './open-log.js';
import type { LoadedTemplate } from './templates.js';
import type { CeremonyAct, CeremonySession, CeremonyView, EnvelopeStore, Explanation, Json, SigningKey } from './types.js';

interface Outcome {
  readonly draft: Json;
  readonly commands: readonly Json[];
  readonly again: boolean;
}

/** "+02:00" of this device now; recorded with a signature, decides nothing. */
export function timeZoneAt(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
}

/** One act asks for no more rounds than this (sign: present, commit, sign). */
const maxRounds = 6;

export interface CeremonyParts {
  readonly engine: Engine;
  readonly log: OpenLog;
  readonly store: EnvelopeStore;
  readonly contract: LoadedTemplate;
  readonly author: Author;
  /** Absent while this device has not joined: the view can be drawn, acts that leave events are refused by the core. */
  readonly key: SigningKey | null;
  readonly context: ActContext;
  readonly now: () => Date;
  readonly draft: Json;
  readonly changed: (view: CeremonyView) => void;
}

export class OpenCeremony implements CeremonySession {
  locale: string;
  readonly #parts: CeremonyParts;
  #draft: Json;
  #view: CeremonyView;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: CeremonyParts) {
    this.#parts = parts;
    this.#draft = parts.draft;
    this.locale = (typeof document === 'undefined' ? '' : document.documentElement.lang) || 'en';
    this.#view = this.#look();
    if (this.#asksForFiles) void import('./files.js').catch(() => undefined); // here before a connection is lost
  }

  get view(): CeremonyView {
    return this.#view;
  }
  html(): string {
    return this.#parts.engine.text('cs_ceremony_html', ...this.#scene());
  }
  async text(): Promise<string> {
    await this.#parts.engine.part('extra');
    return this.#parts.engine.text('cs_ceremony_text', ...this.#scene());
  }
  async explain(unit: string): Promise<Explanation> {
    await this.#parts.engine.part('extra');
    return this.#parts.engine.json('cs_ceremony_explain', ...this.#scene(), unit);
  }
  act(act: CeremonyAct): Promise<CeremonyView> {
    const turn = this.#turn.then(() => this.#perform(act));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
  /** The log moved: draw anew. */
  refresh(): void {
    this.#view = this.#look();
    this.#parts.changed(this.#view);
  }

  async #perform(act: CeremonyAct): Promise<CeremonyView> {
    const { engine, log, key, author, context } = this.#parts;
    const record = `draft/${log.stream}/${author.recipient}`;
    await engine.part('acts');
    let records: Record<string, Json | null> = {};
    if (act?.do === 'attach') ({ act, records } = await (await import('./files.js')).attach(this.#parts, act.field, act.file));
    for (let round = 0; round < maxRounds; round += 1) {
      const outcome = engine.json<Outcome>('cs_ceremony_perform', ...this.#scene(), stringify(act));
      if (!outcome.commands.length) {
        await log.note({ [record]: outcome.draft, ...records });
      }
      for (const command of outcome.commands) {
        if (!key) throw new CountersignError('keys.failed', 'This device has not joined the envelope yet');
        const kept = this.#asksForFiles ? await (await import('./files.js')).kept(this.#parts, command) : null;
        await log.act(key, author, command, context, { ...kept, records: { [record]: outcome.draft, ...kept?.records } });
        this.#draft = outcome.draft;
      }
      this.#draft = outcome.draft;
      if (!outcome.again) break;
    }
    this.refresh();
    return this.#view;
  }
  #scene(): [number, number, string] {
    const { log, contract, author, now } = this.#parts;
    const at = now();
    return [log.handle, contract.handle, stringify({ author, now: at.getTime(), locale: this.locale, timeZone: timeZoneAt(at), draft: this.#draft })];
  }
  get #asksForFiles(): boolean {
    return this.#view.fields.some(({ kind }) => kind === 'file');
  }
  #look(): CeremonyView {
    return this.#parts.engine.json('cs_ceremony_view', ...this.#scene());
  }
}
