// The audit trail, as a class made of what it is handed: a signer may open it too, and an import of Lit here would divide what
// every signing page fetches. `audit-trail.ts` is the element with its imports.
import type { css, CSSResult, html, nothing, PropertyValues, TemplateResult } from 'lit';
import { enEvidence } from '../locales/en-evidence.js';
import { enFile } from '../locales/en-file.js';
import type { EvidenceStrings, sayError, SigningStrings, Strings } from '../locales/locale.js';
import type { EnvelopeSession, FileValue, Json, PlainValue, TrailEntry } from '../types.js';
import { auditTrailStyles } from './audit-trail.styles.js';
import type { codeOf, CountersignElement, formatTime, saveFile } from './element.js';
import type { AuditTrailElement } from './public.js';

const pageSize = 100;

export interface TrailTools {
  readonly html: typeof html;
  readonly nothing: typeof nothing;
  readonly css: typeof css;
  readonly baseStyles: CSSResult;
  readonly formatTime: typeof formatTime;
  readonly saveFile: typeof saveFile;
  readonly codeOf: typeof codeOf;
  readonly sayError: typeof sayError;
}

/** `Base` is CountersignElement. */
export function auditTrail(Base: typeof CountersignElement, { html, nothing, css, baseStyles, formatTime, saveFile, codeOf, sayError }: TrailTools): Pick<typeof CountersignElement, keyof typeof CountersignElement> & (new () => CountersignElement & AuditTrailElement) {
  return class extends Base implements AuditTrailElement {
    static override styles = [baseStyles, auditTrailStyles(css)];
    static override properties = { ...Base.properties, session: { attribute: false }, entries: { attribute: false }, failure: { state: true } };

    declare session: EnvelopeSession | null;
    declare entries: readonly TrailEntry[];
    /** The code of what kept it from being read. */
    declare failure: string;

    protected override get text(): SigningStrings & EvidenceStrings & Pick<Strings, 'file'> {
      const text = super.text;
      return 'trail' in text ? text as Strings : { ...text, ...enEvidence, file: enFile }; // a language of the host's own has all of them
    }

    readonly #refresh = (): void => void this.#read();
    #reading = 0;

    constructor() {
      super();
      this.session = null;
      this.entries = [];
      this.failure = '';
    }

    override willUpdate(changed: PropertyValues<this>): void {
      if (!changed.has('session')) return;
      changed.get('session')?.removeEventListener('change', this.#refresh);
      if (this.isConnected) this.session?.addEventListener('change', this.#refresh);
      void this.#read();
    }

    /** Moved in the page, it goes on with what happened meanwhile. */
    override connectedCallback(): void {
      super.connectedCallback();
      if (!this.hasUpdated) return;
      this.session?.addEventListener('change', this.#refresh);
      void this.#read();
    }

    override disconnectedCallback(): void {
      super.disconnectedCallback();
      this.session?.removeEventListener('change', this.#refresh);
    }

    async #read(): Promise<void> {
      const { session } = this;
      const reading = (this.#reading += 1);
      if (!session) return;
      const entries: TrailEntry[] = [];
      try {
        for (let from = 0; ; from += pageSize) {
          const page = await session.trail(from, pageSize);
          entries.push(...page.entries);
          if (page.entries.length < pageSize) break;
        }
      } catch (error) { // its part of the engine is fetched by the first reading, and there may be no connection
        if (reading !== this.#reading) return;
        this.failure = codeOf(error);
        this.tell('error', { error });
        return;
      }
      if (reading !== this.#reading) return; // a newer one tells more
      this.entries = entries;
      this.failure = '';
    }

    override render(): TemplateResult {
      const { trail } = this.text;
      return html`<p class="lead">${trail.lead}</p>${this.failure ? html`<p class="problem" role="alert">${sayError(this.locale, this.failure)} <code>${this.failure}</code></p>` : nothing}<ol>${this.entries.map((entry) => this.#renderEntry(entry))}</ol>`;
    }

    #renderEntry(entry: TrailEntry): TemplateResult {
      const { trail } = this.text;
      const dead = entry.standing !== 'applied' || entry.counts === false;
      return html`<li part="entry" class=${dead ? 'dead' : ''}>
        <div class="head"><strong>${trail.events[entry.type] ?? entry.type}</strong><span class="who">${this.#who(entry)}</span></div>
        <div class="when"><time datetime=${new Date(entry.at).toISOString()}>${formatTime(entry.at, this.locale)}</time> · ${entry.claim === 'attested' ? trail.attested : trail.claimed}</div>
        ${dead ? html`<p class="problem">${trail.notCounted}: <code>${entry.code ?? entry.standing}</code></p>` : nothing}
        ${this.#renderFacts(entry)}
        <details><summary>${trail.id}</summary><dl><dt>${trail.id}</dt><dd><code>${entry.event}</code></dd><dt>${trail.device}</dt><dd><code>${entry.key}</code></dd>${entry.statement ? html`<dt>${trail.statement}</dt><dd><pre>${JSON.stringify(entry.statement, null, 1)}</pre></dd>` : nothing}</dl></details>
      </li>`;
    }

    #nameOf(recipient: string): string {
      return this.session?.state.recipients.find(({ id }) => id === recipient)?.name ?? recipient;
    }

    #who(entry: TrailEntry): string {
      const { who } = this.text.trail;
      const { actor } = entry;
      if (actor.kind === 'recipient') {
        return actor.recipient === undefined ? who.recipient : this.#nameOf(actor.recipient);
      }
      if (actor.kind === 'owner') return this.session?.state.sender?.name ?? who.owner;
      if (actor.kind === 'service') return who[actor.service ?? 'unknown'];
      return actor.kind === 'recovery' ? who.recovery : who.unknown;
    }

    /** A value as text; a file with its hash, and the way to its bytes. */
    #say(value: PlainValue | undefined): TemplateResult | string {
      const file = fileOf(value);
      if (!file) return typeof value === 'boolean' ? (value ? this.text.common.yes : this.text.common.no) : say(value);
      const save = (event: Event): void => {
        const button = event.target as HTMLButtonElement;
        void this.session!.file(file.blob).then((bytes) => saveFile(bytes, file.name, 'application/octet-stream'), () => { button.replaceWith(this.text.trail.withheld); });
      };
      return html`${file.name}, ${file.size} B <small class="hash">SHA-256 ${file.sha256}</small>${this.session ? html` <button type="button" class="quiet" data-file=${file.blob} @click=${save}>${this.text.file.save}</button>` : nothing}`;
    }

    #renderFacts(entry: TrailEntry): TemplateResult | typeof nothing {
      const { trail, common } = this.text;
      const detail = entry.detail ?? {};
      if (entry.fields?.length) {
        const why = member(detail, 'why');
        return html`${typeof why === 'string' && why !== '' ? html`<dl class="facts"><div><dt>${trail.facts.why}</dt><dd>${why}</dd></div></dl>` : nothing}<table><thead><tr><td></td><th scope="col">${trail.from}</th><th scope="col">${trail.to}</th></tr></thead><tbody>${entry.fields.map(({ id, label, from, to }) => html`<tr><th scope="row" title=${id}>${label || id}</th><td>${this.#say(from) || common.empty}</td><td>${this.#say(to) || common.empty}</td></tr>`)}</tbody></table>`;
      }
      const facts: [string, string][] = [];
      const device = member(detail, 'device');
      if (device && typeof device === 'object') facts.push([trail.facts.device, String(member(device, 'label') ?? member(device, 'userAgent') ?? '')]);
      const consent = entry.facts['consent'];
      if (consent && typeof consent === 'object') facts.push([trail.facts.consent, `${String(member(consent, 'id'))} ${String(member(consent, 'version'))} (${String(member(consent, 'locale'))})`]);
      for (const name of ['text', 'why', 'reason', 'name', 'title', 'to', 'what', 'address'] as const) {
        const value = member(detail, name);
        if (typeof value === 'string' && value !== '') facts.push([trail.facts[name], value]);
      }
      for (const name of ['recipient', 'order', 'unit', 'variant', 'rule', 'channel', 'outcome', 'level', 'method', 'hours', 'form', 'retainUntil', 'number', 'count'] as const) {
        const value = entry.facts[name];
        // Who is named already needs no second time.
        if ((typeof value === 'string' || typeof value === 'number') && !(name === 'recipient' && (entry.actor.kind === 'recipient' || member(detail, 'name') !== undefined))) facts.push([trail.facts[name], name === 'recipient' ? this.#nameOf(String(value)) : String(value)]);
      }
      const mark = member(detail, 'mark');
      const kind = mark && typeof mark === 'object' ? member(mark, 'kind') : null;
      if (typeof kind === 'string') facts.push([trail.facts.mark, kind]);
      return html`${facts.length ? html`<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>` : nothing}${entry.withheld ? html`<p class="note">${trail.withheld}</p>` : nothing}`;
    }
  };
}

/** The value as a file, where it is one. */
export function fileOf(value: PlainValue | Json | undefined): FileValue | null {
  const file = value as unknown as FileValue | null | undefined;
  return typeof file === 'object' && typeof file?.blob === 'string' && typeof file.sha256 === 'string' ? file : null;
}

function member(value: Json, name: string): Json | undefined {
  return (value as { readonly [name: string]: Json })[name];
}

function say(value: PlainValue | undefined): string {
  if (value === undefined) return '';
  return Array.isArray(value) ? value.join(' ') : String(value);
}
