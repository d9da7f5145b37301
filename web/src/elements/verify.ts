// <countersign-verify>: drop a file, no network, a verdict in plain words with the reasons.
import { html, nothing, type TemplateResult } from 'lit';
import { CountersignError } from '../errors.js';
import { sayError } from '../locales/locale.js';
import type { Countersign, VerificationReport } from '../types.js';
import { codeOf, formatTime, saveFile } from './element.js';
import { EvidenceElement } from './evidence-element.js';
import type { VerifyElement } from './public.js';
import { baseStyles } from './styles.js';
import { fileOf } from './trail.js';
import { verifyStyles } from './verify.styles.js';

type Reason = VerificationReport['reasons'][number];

/** Reasons of one code and sentence together, where the first of them stands: the worst stand first. */
function alike(reasons: readonly Reason[]): readonly (readonly Reason[])[] {
  const groups = new Map<string, Reason[]>();
  for (const reason of reasons) {
    const key = `${reason.code} ${reason.message}`;
    const group = groups.get(key);
    if (group) group.push(reason);
    else groups.set(key, [reason]);
  }
  return [...groups.values()];
}

const maxFile = 200 * 1024 * 1024;

/**
 * @fires countersign-verified - `detail.report`
 * @csspart verdict - the verdict and its sentence
 */
export class CountersignVerify extends EvidenceElement implements VerifyElement {
  static override styles = [baseStyles, verifyStyles];
  static override properties = { ...EvidenceElement.properties, countersign: { attribute: false }, report: { state: true }, name: { state: true }, working: { state: true }, failure: { state: true }, over: { state: true } };

  declare countersign: Countersign | null;
  declare report: VerificationReport | null;
  declare name: string;
  declare working: boolean;
  declare failure: string;
  declare over: boolean;

  constructor() {
    super();
    this.countersign = null;
    this.report = null;
    this.name = '';
    this.working = false;
    this.failure = '';
    this.over = false;
  }

  override render(): TemplateResult {
    const { verify } = this.text;
    return html`
      <h1>${verify.title}</h1><p class="lead">${verify.lead}</p>
      <label class="drop ${this.over ? 'over' : ''}" @dragover=${this.#dragOver} @dragleave=${() => { this.over = false; }} @drop=${this.#drop}>
        <input class="unseen" type="file" accept=".countersign,.html,text/html,application/octet-stream" @change=${this.#chosen} />
        <span>${this.report || this.failure ? verify.another : verify.drop}</span><span class="button" aria-hidden="true">${verify.choose}</span>
      </label>
      <div aria-live="polite">${this.working ? html`<p class="note">${verify.working}</p>` : nothing}
      ${this.failure ? html`<p class="problem" role="alert">${this.failure === 'bundle.bad_header' ? verify.unreadable : this.failure === 'input.unreadable' ? verify.unread : sayError(this.locale, this.failure)} <code>${this.failure}</code></p>` : nothing}
      ${this.report ? this.#renderReport(this.report) : nothing}</div>`;
  }

  #bytes: Uint8Array | null = null;

  /** Verifies bytes as if they had been dropped. */
  async verify(bytes: Uint8Array, name = ''): Promise<VerificationReport | null> {
    this.name = name;
    this.#bytes = null;
    this.report = null;
    this.failure = '';
    this.working = true;
    try {
      if (!this.countersign) throw new CountersignError('engine.closed', 'set the `countersign` property to an engine first');
      this.report = await this.countersign.verify(bytes);
      this.#bytes = bytes; // files are saved out of it
      this.tell('verified', { report: this.report });
    } catch (error) {
      this.failure = codeOf(error);
    } finally {
      this.working = false;
    }
    return this.report;
  }

  #renderReport(report: VerificationReport): TemplateResult {
    const { verify, common } = this.text;
    return html`<article>
      <div part="verdict" class="verdict ${report.verdict}"><h2>${verify.verdicts[report.verdict]}</h2><p>${report.sentence}</p>${this.name ? html`<p class="note">${this.name}</p>` : nothing}</div>
      ${report.reasons.length ? html`<section><h3>${verify.reasons}</h3><ul>${alike(report.reasons).map((reasons) => this.#renderReasons(reasons))}</ul></section>` : nothing}
      ${report.recipients.length ? html`<section><h3>${verify.signatures}</h3><ul class="plain">${report.recipients.map((recipient) => html`<li><strong>${recipient.name ?? recipient.id}</strong> <span class="note">${recipient.role} · ${recipient.level}</span>
        ${recipient.signature ? html`<div>${this.text.trail.events['recipient.signed']}: ${formatTime(recipient.signature.claimedAt, this.locale)} (${this.text.common.claimedTime})${recipient.signature.counts ? nothing : html` <span class="problem">${this.text.trail.notCounted} <code>${recipient.signature.code}</code></span>`}</div>` : nothing}
        ${recipient.declined ? html`<div>${this.text.trail.events['recipient.declined']}: ${formatTime(recipient.declined.claimedAt, this.locale)} ${recipient.declined.reason ?? ''}</div>` : nothing}</li>`)}</ul></section>` : nothing}
      ${this.#renderFiles(report)}
      ${report.certificate.sections.length ? html`<section><h3>${verify.certificate}</h3>${report.certificate.sections.map((section) => html`<h4>${section.title}</h4><table><tbody>${section.rows.map((row) => html`<tr><th scope="row">${row.label}</th><td>${row.value}</td><td class="note">${verify.proof[row.proof]}</td></tr>`)}</tbody></table>`)}</section>` : nothing}
      ${report.laws.length ? html`<details><summary>${verify.laws}</summary><p class="note">${verify.notAdvice}</p><ul class="plain">${report.laws.map((law) => html`<li class="law ${law.holds}"><span>${law.law}: ${law.sentence}</span> <strong>${verify.holds[law.holds]}</strong></li>`)}</ul></details>` : nothing}
      ${report.withheld.length ? html`<details><summary>${verify.withheld}</summary><ul>${report.withheld.map(({ ref }) => html`<li><code>${ref}</code></li>`)}</ul></details>` : nothing}
      ${report.unknowable.length ? html`<details><summary>${verify.unknowable}</summary><ul>${report.unknowable.map(({ sentence }) => html`<li>${sentence}</li>`)}</ul></details>` : nothing}
      <button type="button" @click=${() => print()}>${common.print}</button>
    </article>`;
  }

  /** What is said of many places is said once, with the places behind it: one flipped bit leaves dozens of events without their past. */
  #renderReasons(reasons: readonly Reason[]): TemplateResult {
    const [{ severity, message, code }] = reasons as [Reason];
    const places = reasons.flatMap(({ part, event, blob }) => (part ? [html`<small>(${this.text.verify.part} ${part}${event ?? blob ? html` <code>${event ?? blob}</code>` : nothing})</small>`] : []));
    return html`<li class=${severity}><span>${message}</span> ${places.length > 1 ? nothing : places} <code>${code}</code>${places.length > 1 ? html`<details><summary>${this.text.verify.places(places.length)}</summary>${places.map((place) => html`<div>${place}</div>`)}</details>` : nothing}</li>`;
  }

  #renderFiles(report: VerificationReport): TemplateResult | typeof nothing {
    const { file: words } = this.text;
    const handed = report.values.filter(({ file }) => file !== undefined);
    if (handed.length === 0) return nothing;
    return html`<section><h3>${words.files}</h3><ul class="plain">${handed.map(({ id, label, value, file: here }) => {
      const file = fileOf(value);
      if (!file) return nothing;
      const save = (): void => void this.countersign!.fileIn(this.#bytes!, file.blob).then((bytes) => saveFile(bytes, file.name, 'application/octet-stream'), () => undefined);
      return html`<li><strong>${label ?? id}</strong>: ${file.name}, ${file.size} B ${here ? html`<button type="button" class="quiet" data-file=${file.blob} @click=${save}>${words.save}</button>` : html`<span class="note">(${words.gone})</span>`}<br /><small class="hash">SHA-256 ${file.sha256}</small></li>`;
    })}</ul></section>`;
  }

  #dragOver(event: DragEvent): void {
    event.preventDefault();
    this.over = true;
  }

  #drop(event: DragEvent): void {
    event.preventDefault();
    this.over = false;
    void this.#read(event.dataTransfer?.files[0]);
  }

  #chosen(event: Event): void {
    const input = event.target as HTMLInputElement;
    void this.#read(input.files?.[0]).then(() => { input.value = ''; });
  }

  async #read(file: File | undefined): Promise<void> {
    if (!file) return;
    const bytes = file.size > maxFile ? 'bundle.too_large' : await file.arrayBuffer().catch(() => 'input.unreadable');
    if (typeof bytes !== 'string') return void (await this.verify(new Uint8Array(bytes), file.name));
    this.report = null; // it is of another file
    this.failure = bytes;
  }
}
