// <countersign-ceremony>: one recipient's guided act, on a phone, one-handed. Long because it is one screen: each step is
// a short function below. It draws the core's CeremonyView and sends acts back; whether an act is allowed, which fields
// are still open and what blocks the signature are the core's answers, never decided here. From sheet to sheet one goes in
// the order of the view.
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { sayError } from '../locales/locale.js';
import type { CeremonyAct, CeremonyField, CeremonyStep, CeremonyView, EnvelopeSession, SignatureMark } from '../types.js';
import { ceremonyStyles } from './ceremony.styles.js';
import type { CountersignDocument } from './document.js';
import { codeOf, CountersignElement, formatTime, markKinds, saveFile } from './element.js';
import type { CeremonyElement } from './public.js';
import { register } from './register.js';
import { baseStyles } from './styles.js';

/** The control for files, once a template asked for one. */
let files: typeof import('./file-field.js') | undefined;
/** The page for a passcode, once a browser needed one. */
let passcodes: typeof import('./passcode.js') | undefined;

/**
 * @fires countersign-step-changed - `detail.step`
 * @fires countersign-field-changed - `detail.field`
 * @fires countersign-recipient-signed - the signature is durable on this device; `detail` {envelope}
 * @fires countersign-recipient-declined - `detail` {envelope}
 * @fires countersign-copy-saved - `detail.form`
 * @fires countersign-error - `detail.error`
 * @fires countersign-request-sign - cancelable, before signing
 * @fires countersign-request-decline - cancelable, before declining
 * @slot header - the host's own header
 * @slot help - the host's contact or help, under "More"
 * @csspart header bar sheet primary
 */
export class CountersignCeremony extends CountersignElement implements CeremonyElement {
  static override styles = [baseStyles, ceremonyStyles];
  static override properties = {
    ...CountersignElement.properties, session: { attribute: false }, durable: { type: Boolean },
    view: { state: true }, openField: { state: true }, mark: { state: true }, failure: { state: true }, said: { state: true }, busy: { state: true }, found: { state: true }, foundAt: { state: true }, checked: { state: true }, passcodeProblem: { state: true },
  };

  declare session: EnvelopeSession | null;
  /** False: this browser keeps nothing after the page is closed, and the element says so before anybody signs. */
  declare durable: boolean;
  declare view: CeremonyView | null;
  declare openField: string;
  declare mark: SignatureMark | null;
  /** `field`: at which it is said while its sheet is open. */
  declare failure: { code: string; message: string; field?: string } | null;
  declare said: string;
  declare busy: boolean;
  /** Places of what is looked for, -1 while nothing is, and the one that is shown (from 0). */
  declare found: number;
  declare foundAt: number;
  /** Fields whose problem may be shown: the signer has left them once. */
  declare checked: ReadonlySet<string>;
  /** '', 'differs' (the two texts), or the code that refused the passcode. */
  declare passcodeProblem: string;

  #queue: Promise<unknown> = Promise.resolve();
  /** What stands in a control now. Acts take a moment, and fingers do not wait: an older text must not come back under them. */
  readonly #typed = new Map<string, string>();
  #focusStep = false;
  readonly #refresh = (): void => this.#take();
  #heard: EnvelopeSession | null = null;

  constructor() {
    super();
    this.session = null;
    this.durable = true;
    this.view = null;
    this.busy = false;
    this.#clear();
  }

  /** Nothing that one signer drew, typed or was told stands in another's agreement, or under another's name. */
  #clear(): void {
    this.openField = '';
    this.mark = null;
    this.failure = null;
    this.said = '';
    this.found = -1;
    this.foundAt = 0;
    this.checked = new Set();
    this.passcodeProblem = '';
    this.#typed.clear();
  }

  override willUpdate(changed: PropertyValues<this>): void {
    // What was said in a sheet is gone with it.
    if (this.failure?.field !== undefined && this.failure.field === changed.get('openField')) this.failure = null;
    if (changed.has('session') && this.isConnected) this.#hear(this.session);
    if (changed.has('session') || changed.has('locale')) this.#take();
  }

  /** Moved in the page, it goes on with what happened meanwhile. */
  override connectedCallback(): void {
    super.connectedCallback();
    if (!this.hasUpdated) return;
    this.#hear(this.session);
    this.#take();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#hear(null);
  }

  /** Listens to this session and to no other. */
  #hear(session: EnvelopeSession | null): void {
    for (const name of ['change', 'ceremony', 'sync']) {
      this.#heard?.removeEventListener(name, this.#refresh);
      session?.addEventListener(name, this.#refresh);
    }
    this.#heard = session;
  }

  override updated(changed: PropertyValues<this>): void {
    this.#redraw();
    const sheet = this.renderRoot.querySelector<HTMLDialogElement>('dialog.sheet');
    if (sheet && this.openField && !sheet.open) sheet.showModal();
    if (sheet && !this.openField && sheet.open) sheet.close();
    if (changed.has('openField') && this.openField) {
      this.#document?.showField(this.openField);
      this.renderRoot.querySelector<HTMLElement>('dialog.sheet [data-control]')?.focus();
    }
    if (this.#focusStep) {
      this.#focusStep = false;
      this.renderRoot.querySelector<HTMLElement>('[data-heading]')?.focus({ preventScroll: true });
      this.scrollIntoView({ block: 'start' });
    }
  }

  override render(): TemplateResult {
    const { text } = this;
    const { view } = this;
    if (!this.session || !view) return html`<div class="lone" role="status">${text.common.loading}</div>`;
    return html`
      <div class="frame" lang=${text.lang} dir=${text.dir}>
        <header part="header" class="top">
          <slot name="header"></slot>
          <div class="title"><strong>${view.envelope.title ?? ''}</strong>${view.envelope.sender ? html`<span>${text.ceremony.from(view.envelope.sender.organisation ?? view.envelope.sender.name)}</span>` : nothing}</div>
          ${this.#renderSync()}
          <button type="button" class="quiet" aria-haspopup="dialog" @click=${this.#openMore}>${text.common.more}</button>
        </header>
        ${this.durable ? nothing : html`<p class="banner" role="alert">${text.ceremony.memoryOnly}</p>`}
        ${this.failure && this.failure.field !== this.openField ? html`<p class="banner bad" role="alert"><span>${sayError(this.locale, this.failure.code)}</span> <code>${this.failure.code}</code> <button type="button" class="quiet" @click=${() => { this.failure = null; }}>${text.common.close}</button></p>` : nothing}
        <p class="unseen" role="status" aria-live="polite">${this.said}</p>
        <div class="step" data-step=${view.step}>${this.#renderStep(view)}</div>
        ${this.#renderSheet(view)}${this.#renderMore(view)}${this.#renderDecline()}
      </div>`;
  }

  // ------------------------------------------------------------------------------------------------- the steps

  #renderStep(view: CeremonyView): TemplateResult {
    const ended = this.#endOf(view);
    if (ended && view.own.state === 'none') return this.#renderEnd(ended);
    if (view.own.state === 'declined') return this.#renderCopy(view); // at whichever step
    // Looking needs no key: whoever has signed may see that without a passcode.
    const passcode = this.session?.passcode;
    if (passcode && view.step !== 'open' && view.step !== 'copy') return this.#renderPasscode(passcode);
    switch (view.step) {
      case 'open': return this.#renderOpen(view);
      case 'consent': return this.#renderConsent(view);
      case 'review': return this.#renderReview(view);
      case 'fill': return this.#renderFill(view);
      case 'adopt': return this.#renderAdopt(view);
      case 'check':
      case 'sign': return this.#renderCheck(view);
      case 'copy': return this.#renderCopy(view);
    }
  }

  #heading(words: string, lead?: string | TemplateResult): TemplateResult {
    return html`<h1 data-heading tabindex="-1">${words}</h1>${lead ? html`<p class="lead">${lead}</p>` : nothing}`;
  }

  #renderOpen(view: CeremonyView): TemplateResult {
    const { ceremony } = this.text;
    const sender = view.envelope.sender;
    const by = sender ? (sender.organisation ? `${sender.name} (${sender.organisation})` : sender.name) : '';
    return html`<main class="card">
        ${this.#heading(view.envelope.title ?? ceremony.steps.open, by ? ceremony.openLead(by) : undefined)}
        ${view.steps.some(({ id }) => id === 'sign') ? html`<p>${ceremony.estimate(view.estimate.fields, view.estimate.minutes)}</p>` : html`<p>${ceremony.viewing}</p>`}
        ${view.envelope.deadlineAt ? html`<p>${ceremony.deadline(formatTime(view.envelope.deadlineAt, this.locale))}</p>` : nothing}
        ${this.#renderWaiting(view)}
        <p class="note">${ceremony.deviceNote}</p>
      </main>
      ${this.#bar(html`<span></span>`, nothing, this.#primary(ceremony.start, () => this.#act({ do: 'start' })))}`;
  }

  #renderConsent(view: CeremonyView): TemplateResult {
    const { ceremony } = this.text;
    const { consent, access } = view;
    const wrong = access.state === 'wrong' || (access.state === 'todo' && this.checked.has('code'));
    const unticked = !consent.ticked && this.checked.has('tick');
    return html`<main class="card">
        ${this.#heading(ceremony.steps.consent, ceremony.consentLead)}
        ${consent.summary ? html`<p lang=${consent.locale}>${consent.summary}</p>` : nothing}
        ${consent.slots ? html`<details class="means"><summary>${ceremony.consentMeans}</summary><dl lang=${consent.locale}>${Object.entries(ceremony.slots).map(([slot, title]) => html`<dt>${title}</dt><dd>${consent.slots?.[slot as keyof typeof ceremony.slots]}</dd>`)}</dl></details>` : nothing}
        <section aria-labelledby="code-title">
          <h2 id="code-title">${ceremony.codeTitle}</h2>
          <p>${ceremony.codeLead}</p>
          <div class="page" role="document" aria-label=${ceremony.codeTitle}><p>${ceremony.codeInDocument(access.code)}</p></div>
          <label class="field"><span>${ceremony.codeLabel}</span>
            <input type="text" inputmode="numeric" autocomplete="one-time-code" maxlength="4" .value=${this.#typed.get('access code') ?? access.typed} aria-invalid=${wrong ? 'true' : 'false'} aria-describedby="code-note" @input=${(event: Event) => this.#typeCode((event.target as HTMLInputElement).value)} /></label>
          <p id="code-note" class=${wrong ? 'problem' : 'note'} role="status">${wrong ? ceremony.codeWrong : access.state === 'todo' ? nothing : ceremony.codeRight}</p>
        </section>
        <label class="tick"><input type="checkbox" .checked=${consent.ticked || consent.given} ?disabled=${consent.given} aria-invalid=${unticked ? 'true' : 'false'} aria-describedby="tick-note" @change=${(event: Event) => this.#act({ do: 'tickConsent', ticked: (event.target as HTMLInputElement).checked })} /><span>${ceremony.consentTick}</span></label>
        <p id="tick-note" class="problem" role="status">${unticked ? ceremony.consentMissing : nothing}</p>
      </main>
      ${this.#bar(this.#backButton(view), nothing, consent.given
        ? this.#primary(this.text.common.next, () => this.#act({ do: 'next' }))
        : this.#primary(ceremony.consentButton, () => this.#consent(), !view.allowed.consent))}`;
  }

  /** Where the browser keeps no Ed25519 keys itself, the signer's passcode keeps this one. */
  #renderPasscode(what: 'choose' | 'enter'): TemplateResult {
    return passcodes ? passcodes.renderPasscode(html, this.text, what, this.busy, this.passcodeProblem, (code) => sayError(this.locale, code), (words, lead) => this.#heading(words, lead), (right) => this.#bar(html`<span></span>`, nothing, right), (form) => void this.#openKey(form)) : html``;
  }

  #renderReview(view: CeremonyView): TemplateResult {
    const { ceremony, common } = this.text;
    return html`<main class="reading">
        ${this.#heading(ceremony.steps.review, ceremony.reviewLead)}
        <div class="tools ${this.found < 0 ? '' : 'finding'}">
          <details class="outline" @toggle=${this.#fillOutline}><summary>${ceremony.outline}</summary><nav aria-label=${ceremony.outline}><ol data-outline></ol></nav></details>
          <label class="find"><span class="unseen">${ceremony.find}</span><input type="search" placeholder=${ceremony.find} enterkeyhint="search" @input=${this.#find} @change=${this.#find} @keydown=${this.#findMore} /></label>
          <div class="hits"><span class="note" role="status">${this.found < 0 ? nothing : this.found === 0 ? ceremony.findNone : common.of(this.foundAt + 1, this.found)}</span>
            ${this.found > 1 ? [-1, 1].map((by) => html`<button type="button" class="quiet" aria-label="${ceremony.find}: ${by < 0 ? common.back : common.next}" @click=${() => this.#showFound(by)}>${by < 0 ? '\u2191' : '\u2193'}</button>`) : nothing}</div>
        </div>
        ${this.#renderDocument(view, false)}
      </main>
      ${this.#bar(this.#backButton(view), nothing, this.#primary(common.next, () => this.#present(view), view.nextBlocked !== undefined && !view.allowed.present))}`;
  }

  #renderFill(view: CeremonyView): TemplateResult {
    const { ceremony } = this.text;
    const places = view.fields.filter((field) => !markKinds.has(field.kind));
    const open = places.filter(({ id }) => view.blockers.some(({ step, field }) => step === 'fill' && field === id));
    const changed = view.document.changed.map(({ unit, title }) => title || this.#document?.titleOf(unit) || '').filter((title, i, all) => title !== '' && all.indexOf(title) === i);
    return html`<main class="reading">
        ${this.#heading(ceremony.steps.fill, open.length === 0 ? ceremony.fillDone : ceremony.fillLead)}
        ${changed.length ? html`<p class="banner good" role="status"><span>${ceremony.changed(changed)}</span> <button type="button" class="quiet" @click=${() => this.#seeChange(view)}>${this.text.common.close}</button></p>` : nothing}
        <ul class="places">${places.map((field) => html`<li><button type="button" data-place=${field.id} class="place ${field.state}" aria-describedby="state-${field.id}" @click=${() => this.#openSheet(field.id)}>
            <span class="name">${field.label}${field.required ? html`<span class="need"> (${this.text.common.required})</span>` : nothing}</span>
            <span class="answer" id="state-${field.id}">${field.state === 'wrong' ? this.#sayWrong(field) : this.#sayValue(field.display) || (field.text !== '' ? field.text : this.text.common.empty)}</span></button></li>`)}</ul>
        ${this.#renderDocument(view, true)}
      </main>
      ${this.#bar(this.#backButton(view), this.#progress(view), open[0]
        ? this.#primary(ceremony.openField, () => this.#openSheet(open[0]!.id))
        : this.#primary(this.text.common.next, () => this.#act({ do: 'next' }), view.nextBlocked !== undefined))}`;
  }

  #renderAdopt(view: CeremonyView): TemplateResult {
    const { ceremony, common } = this.text;
    const adopted = view.mark;
    const places = view.fields.filter((field) => field.kind === 'sign' || field.kind === 'initial');
    const open = places.filter((field) => field.state !== 'placed');
    return html`<main class="card">
        ${this.#heading(ceremony.steps.adopt, adopted ? ceremony.placeLead : ceremony.adoptLead)}
        <countersign-signature-pad .locale=${this.locale} .name=${view.recipient.name ?? ''} .mark=${this.mark ?? adopted ?? null} @countersign-mark-changed=${this.#markChanged}></countersign-signature-pad>
        ${adopted ? html`<ul class="places">${places.map((field) => html`<li>
            <button type="button" data-place=${field.id} class="place ${field.state}" aria-pressed=${field.state === 'placed' ? 'true' : 'false'} @click=${() => this.#act({ do: field.state === 'placed' ? 'takeBack' : 'placeMark', field: field.id })}>
              <span class="name">${field.label}</span><span class="answer">${field.state === 'placed' ? ceremony.placed : ceremony.place}</span></button></li>`)}</ul>
          ${open.length > 1 ? html`<button type="button" class="quiet" @click=${() => this.#act({ do: 'placeAll' })}>${ceremony.placeAll}</button>` : nothing}` : nothing}
      </main>
      ${this.#bar(this.#backButton(view), this.#progress(view), adopted && !this.#markDiffers(adopted)
        ? this.#primary(common.next, () => this.#act({ do: 'next' }), view.nextBlocked !== undefined)
        : this.#primary(ceremony.adoptButton, () => this.#adopt(), this.mark === null))}`;
  }

  #renderCheck(view: CeremonyView): TemplateResult {
    const { ceremony } = this.text;
    const { summary } = view;
    return html`<main class="card">
        ${this.#heading(ceremony.steps.check, ceremony.checkLead)}
        <section><h2>${ceremony.checkDocuments}</h2><ul class="plain">${summary.documents.map((document) => html`<li><strong>${document.title}</strong> <button type="button" class="quiet" @click=${() => this.#act({ do: 'goTo', step: 'review' })}>${ceremony.steps.review}</button><br /><small class="hash">SHA-256 ${document.text}</small></li>`)}</ul></section>
        ${summary.terms.length ? html`<section><h2>${ceremony.checkTerms}</h2><dl class="pairs">${summary.terms.map(({ label, value }) => html`<dt>${label}</dt><dd>${this.#sayValue(value)}</dd>`)}</dl></section>` : nothing}
        <section><h2>${ceremony.checkValues}</h2>${summary.values.length === 0 ? html`<p>${ceremony.noValues}</p>` : html`<dl class="pairs">${summary.values.map(({ id, label, display, missing }) => html`<dt>${label}</dt><dd>${missing ? html`<span class="problem">${ceremony.missing}</span>` : this.#sayValue(display)} <button type="button" class="quiet" aria-label="${this.text.common.change}: ${label}" @click=${() => this.#change(id)}>${this.text.common.change}</button></dd>`)}</dl>`}</section>
        <p>${ceremony.checkAs(summary.asWhom.name ?? summary.asWhom.role)}</p>
        ${summary.warnings.map((warning) => html`<p class="note">${ceremony.warnings[warning]}${warning === 'deadline' && view.envelope.deadlineAt ? html` ${ceremony.deadline(formatTime(view.envelope.deadlineAt, this.locale))}` : nothing}</p>`)}
        ${this.#renderWaiting(view)}
        ${this.#renderBlockers(view)}
      </main>
      ${this.#bar(this.#backButton(view), html`${ceremony.signMeans}`, this.#primary(ceremony.sign, (event) => this.#sign(event), !view.allowed.sign))}`;
  }

  #renderCopy(view: CeremonyView): TemplateResult {
    const { ceremony, common } = this.text;
    const { place = 'device', problem } = this.session?.sync ?? {};
    const completed = view.envelope.status === 'completed';
    const ended = this.#endOf(view);
    const title = view.own.state === 'declined' ? ceremony.declined : completed ? ceremony.completedTitle : ceremony.signedTitle;
    const lead = ended && view.own.state !== 'declined' ? ended : view.own.state === 'declined' ? ceremony.declineLead
      : completed ? ceremony.completedLead : place === 'device' ? ceremony.signedWaiting : place === 'sent' ? ceremony.signedSent : ceremony.signedSeen;
    return html`<main class="card">
        ${this.#heading(title, lead)}
        ${view.own.at ? html`<p class="note">${formatTime(view.own.at, this.locale)} (${this.text.common.claimedTime})</p>` : nothing}
        ${completed ? nothing : this.#renderWaiting(view)}
        ${place === 'device' && problem && problem.code !== 'backend.unreachable' ? html`<p class="banner bad" role="status"><span>${sayError(this.locale, problem.code)}</span> <code>${problem.code}</code></p>` : nothing}
        <div class="acts">
          <button type="button" class="primary" @click=${() => this.#saveCopy('html')}>${ceremony.saveCopy}</button>
          <button type="button" @click=${() => this.#saveCopy('bundle')}>${ceremony.saveBundle}</button>
          <button type="button" @click=${this.#print}>${common.print}</button>
        </div>
        ${this.said === ceremony.copySaved ? html`<p class="banner good">${this.said}</p>` : nothing}
        ${this.#renderTrail()}
        <section class="reading">${this.#renderDocument(view, false)}</section>
      </main>`;
  }

  #renderEnd(words: string): TemplateResult {
    const reason = this.session?.state.ending?.reason;
    return html`<main class="card">${this.#heading(this.text.status[this.view!.envelope.status], words)}${reason ? html`<p>${this.text.ceremony.declineReason}: ${reason}</p>` : nothing}
      ${this.#renderTrail()}</main>`;
  }

  /** Fetched by whoever opens it: a signature needs no trail. */
  #renderTrail(): TemplateResult {
    const load = (): void => void import('./trail.js').then(({ auditTrail }) => register({ 'countersign-audit-trail': auditTrail(CountersignElement, { html, nothing, css, baseStyles, formatTime, saveFile, codeOf, sayError }) }), () => this.#fail({ code: 'engine.wasm_not_found' }));
    return html`<details @toggle=${load}><summary>${this.text.ceremony.trail}</summary><countersign-audit-trail .locale=${this.locale} .session=${this.session}></countersign-audit-trail></details>`;
  }

  // ------------------------------------------------------------------------------------------------- the parts

  #renderDocument(view: CeremonyView, interactive: boolean): TemplateResult {
    const own = view.fields.filter((field) => !markKinds.has(field.kind)).map((field) => field.id);
    return html`<countersign-document lang=${view.envelope.locale} .locale=${this.locale} .own=${interactive ? own : []} .interactive=${interactive} .field=${this.openField}
      @countersign-field-activated=${(event: CustomEvent<{ field: string }>) => this.#openSheet(event.detail.field)} @countersign-unit-reached=${(event: CustomEvent<{ reached: number; of: number }>) => this.#reach(event.detail)}></countersign-document>`;
  }

  /** A box, as the contract prints it, is a word where there is no sentence around it. */
  #sayValue(display: string): string {
    return display === '\u2610' ? this.text.common.no : display === '\u2612' ? this.text.common.yes : display;
  }

  #renderSync(): TemplateResult {
    const { sync } = this.text;
    const state = this.session?.sync;
    const place = state?.place ?? 'device';
    // Before there is a signature, "sent" would be said of nothing that the signer did.
    const problem = state?.problem?.code;
    return html`<span class="sync ${place}" role="status">${problem ? (problem === 'backend.unreachable' ? sync.offline : sync.trouble) : this.view?.own.state === 'none' ? nothing : sync[place]}</span>`;
  }

  #renderWaiting(view: CeremonyView): TemplateResult | typeof nothing {
    if (view.waitingFor.length === 0) return nothing;
    const { ceremony } = this.text;
    const names = view.waitingFor.map(({ name, role }) => name ?? role);
    return html`<p class="banner" role="status"><span>${ceremony.waitingFor(names)}${view.own.state === 'none' ? html` ${ceremony.waitingNote}` : nothing}</span></p>`;
  }

  #renderBlockers(view: CeremonyView): TemplateResult | typeof nothing {
    const blockers = view.blockers.filter(({ step, code }) => step !== 'sign' && code !== 'recipient.out_of_turn');
    if (blockers.length === 0) return nothing;
    return html`<section class="blockers"><h2>${this.text.ceremony.blockersTitle}</h2><ul>${blockers.map(({ code, field, step }) => html`<li><button type="button" class="quiet" @click=${() => (field ? this.#change(field) : this.#act({ do: 'goTo', step }))}>${field ? (view.fields.find(({ id }) => id === field)?.label ?? field) : this.text.ceremony.steps[step]}</button> <code>${code}</code></li>`)}</ul></section>`;
  }

  #bar(left: TemplateResult, middle: TemplateResult | typeof nothing, right: TemplateResult): TemplateResult {
    return html`<footer part="bar" class="bar"><div>${left}</div><div class="middle">${middle}</div><div class="right">${right}</div></footer>`;
  }

  #backButton(view: CeremonyView): TemplateResult {
    return html`<button type="button" ?disabled=${view.previousStep === undefined || this.busy} @click=${() => this.#act({ do: 'previous' })}>${this.text.common.back}</button>`;
  }

  #primary(label: string, run: (event: Event) => void, disabled = false): TemplateResult {
    return html`<button type="button" part="primary" class="primary" ?disabled=${disabled || this.busy} @click=${run}>${label}</button>`;
  }

  #progress(view: CeremonyView): TemplateResult {
    return html`<span class="count">${this.text.ceremony.progress(view.progress.done, view.progress.of)}</span><progress max=${Math.max(1, view.progress.of)} value=${view.progress.done} aria-hidden="true"></progress>`;
  }

  #renderSheet(view: CeremonyView): TemplateResult {
    const places = view.fields.filter((field) => !markKinds.has(field.kind));
    const at = places.findIndex(({ id }) => id === this.openField);
    const field = places[at];
    const { common, ceremony } = this.text;
    const problem = field && this.checked.has(field.id) ? this.#problemAt(field) : '';
    return html`<dialog part="sheet" class="sheet" aria-labelledby="sheet-title" @close=${() => { this.openField = ''; }} @cancel=${() => this.#closeSheet()}>
      ${field ? html`<form method="dialog" novalidate @submit=${(event: Event) => { event.preventDefault(); this.#step(places, at, 1); }}>
        <div class="sheet-head"><span class="count">${common.of(at + 1, places.length)}</span><button type="button" class="quiet" @click=${() => this.#closeSheet()}>${common.close}</button></div>
        ${field.context ? html`<p class="context" lang=${view.envelope.locale}>${field.context.replace(`[${field.label}]`, '____')}</p>` : nothing}
        ${this.#renderControl(field, problem !== '')}
        ${field.help ? html`<p class="note" id="field-help">${field.help}</p>` : nothing}
        <p class="problem" id="field-problem" role="alert">${problem}</p>
        <div class="sheet-acts"><button type="button" ?disabled=${at === 0} @click=${() => this.#step(places, at, -1)}>${common.back}</button>
          <button type="submit" class="primary">${at === places.length - 1 ? ceremony.finishFields : ceremony.nextField}</button></div>
      </form>` : nothing}
    </dialog>`;
  }

  #renderControl(field: CeremonyField, invalid: boolean): TemplateResult {
    const { input } = field;
    const change = (value: string): void => this.#setValue(field.id, value);
    const described = `${field.help ? 'field-help ' : ''}field-problem`;
    const label = html`<span id="sheet-title">${field.label}<span class="need"> (${field.required ? this.text.common.required : this.text.common.optional})</span></span>`;
    const state = invalid ? 'true' : 'false';
    switch (input.control) {
      case 'checkbox':
        return html`<label class="tick"><input data-control type="checkbox" .checked=${field.text === 'true'} aria-invalid=${state} aria-describedby=${described} @change=${(event: Event) => change(String((event.target as HTMLInputElement).checked))} />${label}</label>`;
      case 'select': {
        const options = field.options ?? [];
        if (options.length > 5) {
          return html`<label class="field">${label}<select data-control aria-invalid=${state} aria-describedby=${described} @change=${(event: Event) => change((event.target as HTMLSelectElement).value)}>
            <option value="" ?selected=${field.text === ''}>${this.text.common.choose}</option>${options.map((option) => html`<option value=${option.value} ?selected=${field.text === option.value}>${option.label}</option>`)}</select></label>`;
        }
        return html`<fieldset class="choices" aria-describedby=${described}><legend>${label}</legend>${options.map((option, i) => html`<label class="tick"><input ?data-control=${field.text === option.value || (i === 0 && !options.some(({ value }) => value === field.text))} type="radio" name="choice-${field.id}" value=${option.value} .checked=${field.text === option.value} @change=${() => change(option.value)} /><span>${option.label}</span></label>`)}</fieldset>`;
      }
      case 'file':
        return files ? files.renderFile(html, this.text, () => (this.failure?.field === field.id ? this.failure.code : undefined), field, label, state, described, (file) => this.#act({ do: 'attach', field: field.id, file })) : label;
      case 'textarea':
        return html`<label class="field">${label}<textarea data-control rows="4" maxlength=${input.maxLength ?? nothing} aria-invalid=${state} aria-describedby=${described} .value=${this.#typed.get(field.id) ?? field.text} placeholder=${field.placeholder ?? ''} @input=${(event: Event) => change((event.target as HTMLTextAreaElement).value)} @blur=${this.#blurred}></textarea></label>`;
      default:
        return html`<label class="field">${label}<input data-control type=${input.type ?? 'text'} inputmode=${input.inputMode ?? 'text'} autocomplete=${(input.autocomplete ?? 'off') as 'off'} autocapitalize=${input.autocapitalize ?? 'off'} enterkeyhint="next" maxlength=${input.maxLength ?? nothing} min=${input.min ?? nothing} max=${input.max ?? nothing}
          aria-invalid=${state} aria-describedby=${described} .value=${this.#typed.get(field.id) ?? field.text} placeholder=${field.placeholder ?? ''} ?readonly=${field.readOnly} @input=${(event: Event) => change((event.target as HTMLInputElement).value)} @blur=${this.#blurred} /></label>`;
    }
  }

  #renderMore(view: CeremonyView): TemplateResult {
    const { ceremony, common } = this.text;
    const close = (): void => this.renderRoot.querySelector<HTMLDialogElement>('dialog.more')?.close();
    return html`<dialog class="more" aria-labelledby="more-title">
      <div class="sheet-head"><h2 id="more-title">${ceremony.actions}</h2><button type="button" class="quiet" @click=${close}>${common.close}</button></div>
      <div class="acts">
        <button type="button" @click=${() => { close(); void this.#saveCopy('html'); }}>${ceremony.saveCopy}</button>
        <button type="button" @click=${() => { close(); this.#print(); }}>${common.print}</button>
        ${view.allowed.decline ? html`<button type="button" class="danger" @click=${() => { close(); this.renderRoot.querySelector<HTMLDialogElement>('dialog.decline')?.showModal(); }}>${ceremony.declineTitle}</button>` : nothing}
      </div>
      <p class="note"><strong>${ceremony.finishLater}:</strong> ${ceremony.finishLaterNote}</p>
      <slot name="help"></slot>
    </dialog>`;
  }

  #renderDecline(): TemplateResult {
    const { ceremony, common } = this.text;
    const close = (): void => this.renderRoot.querySelector<HTMLDialogElement>('dialog.decline')?.close();
    return html`<dialog class="decline" aria-labelledby="decline-title"><form method="dialog" @submit=${(event: Event) => { event.preventDefault(); void this.#decline(); }}>
      <h2 id="decline-title">${ceremony.declineTitle}</h2><p>${ceremony.declineLead}</p>
      <label class="field"><span>${ceremony.declineReason} (${common.optional})</span><textarea name="reason" rows="3" maxlength="2000"></textarea></label>
      <div class="sheet-acts"><button type="button" @click=${close}>${common.cancel}</button><button type="submit" class="danger">${ceremony.declineButton}</button></div>
    </form></dialog>`;
  }

  // -------------------------------------------------------------------------------------------------- the acts

  /** One after another, in the order of the fingers; a refused act is shown and changes nothing. */
  #act(...acts: CeremonyAct[]): Promise<boolean> {
    const run = async (): Promise<boolean> => {
      const { session } = this;
      if (!session?.ceremony) return false;
      try {
        // Who only looked at an invitation joins by the first act, not by looking.
        if (!session.actor && !session.passcode) await session.bind();
        for (const act of acts) await session.ceremony.act(act);
        this.failure = null;
        return true;
      } catch (error) {
        this.#fail(error, acts.find((act) => act.do === 'attach')?.field);
        return false;
      } finally {
        this.#take();
      }
    };
    const result = this.#queue.then(run);
    this.#queue = result;
    return result;
  }

  #fail(error: unknown, field?: string): void {
    this.failure = { code: codeOf(error), message: String((error as Error).message ?? error), ...(field === undefined ? {} : { field }) };
    this.tell('error', { error });
  }

  #take(): void {
    const before = this.view?.step;
    const ceremony = this.session?.ceremony;
    if (ceremony) ceremony.locale = this.text.lang; // the evidence names the language that is shown
    const last = this.view;
    this.view = ceremony?.view ?? null;
    if (last && (last.envelope.id !== this.view?.envelope.id || last.recipient.id !== this.view.recipient.id)) {
      this.#clear();
      this.renderRoot.querySelectorAll('form').forEach((form) => form.reset());
    }
    if (!files && this.view?.fields.some(({ kind }) => kind === 'file')) void import('./file-field.js').then((found) => { files = found; this.requestUpdate(); }, () => undefined);
    if (!passcodes && this.session?.passcode) void import('./passcode.js').then((found) => { passcodes = found; this.requestUpdate(); }, () => this.#fail({ code: 'engine.wasm_not_found' }));
    if (this.view && before !== undefined && before !== this.view.step) {
      this.found = -1;
      this.#focusStep = true;
      this.said = this.text.ceremony.steps[this.view.step];
      this.tell('step-changed', { step: this.view.step as CeremonyStep });
    }
    this.requestUpdate();
  }

  #redraw(): void {
    const target = this.#document;
    const ceremony = this.session?.ceremony;
    if (!target || !ceremony) return;
    target.content = ceremony.html();
  }

  get #document(): CountersignDocument | null {
    return this.renderRoot.querySelector<CountersignDocument>('countersign-document');
  }

  /** What is to be said at a field before one goes on from it. */
  #problemAt(field: CeremonyField): string {
    return field.state === 'wrong' ? this.#sayWrong(field) : field.required && field.state === 'empty' ? this.text.ceremony.missing : '';
  }

  /** What is wrong with an answer: the template's own words come with the view, the rest by code. */
  #sayWrong(field: CeremonyField): string {
    return field.message ?? sayError(this.locale, field.code ?? '', field.input);
  }

  async #consent(): Promise<void> {
    await this.#queue;
    const { access, consent } = this.view!;
    const open = access.state === 'todo' || access.state === 'wrong' ? 'code' : consent.ticked ? '' : 'tick';
    if (open) {
      this.#leave(open);
      this.renderRoot.querySelector<HTMLElement>(`[aria-describedby=${open}-note]`)?.focus();
    } else if (await this.#act({ do: 'giveConsent' })) {
      if (this.view?.step === 'consent') await this.#act({ do: 'next' });
    }
  }

  async #openKey(form: HTMLFormElement): Promise<void> {
    const typed = new FormData(form);
    const passcode = String(typed.get('passcode'));
    if (!this.session || this.busy) return;
    this.passcodeProblem = typed.has('again') && typed.get('again') !== passcode ? 'differs' : '';
    if (this.passcodeProblem === '') {
      this.busy = true;
      // Stretching a passcode takes a second of this thread: what is being done is drawn before it begins.
      await this.updateComplete;
      await new Promise((done) => { setTimeout(done, 50); });
      try {
        await this.session.bind(passcode);
        form.reset();
        this.failure = null;
        this.said = passcodes!.passcodeWords(this.text).done;
        this.#focusStep = true;
      } catch (error) {
        this.passcodeProblem = codeOf(error);
        this.tell('error', { error });
      }
      this.busy = false;
      this.#take();
    }
    if (this.passcodeProblem) form.querySelector('input')?.focus();
  }

  async #present(view: CeremonyView): Promise<void> {
    if (view.allowed.present && !view.review.presented && !(await this.#act({ do: 'present' }))) return;
    if (this.view?.step === 'review') await this.#act({ do: 'next' });
  }

  #reach({ reached, of }: { reached: number; of: number }): void {
    if (this.view?.step === 'review' && !this.view.review.presented && reached > this.view.review.units) void this.#act({ do: 'reach', units: reached, of });
  }

  #openSheet(field: string): void {
    this.openField = field;
    void this.#act({ do: 'goToField', field });
  }

  #closeSheet(): void {
    if (this.openField) this.#leave(this.openField);
    this.openField = '';
  }

  /** Left for another control of the page. A sheet that is gone takes its control along, which nobody left. */
  #blurred(): void {
    if (this.openField) this.#leave(this.openField);
  }

  #leave(field: string): void {
    if (!this.checked.has(field)) this.checked = new Set([...this.checked, field]);
  }

  async #step(places: readonly CeremonyField[], at: number, by: 1 | -1): Promise<void> {
    await this.#queue;
    const current = this.view?.fields.find(({ id }) => id === places[at]?.id);
    if (current) this.#leave(current.id);
    if (by === 1 && current && this.#problemAt(current)) {
      this.renderRoot.querySelector<HTMLElement>('dialog.sheet [data-control]')?.focus();
      return;
    }
    // The answer may have changed which fields there are.
    const now = (this.view?.fields ?? []).filter((field) => !markKinds.has(field.kind));
    const next = now[now.findIndex(({ id }) => id === current?.id) + by];
    if (next) this.#openSheet(next.id);
    else this.openField = '';
  }

  #setValue(field: string, text: string): void {
    this.#typed.set(field, text);
    // What an address book puts around a number to keep its direction comes along with a paste; nobody sees it, and the core refuses it.
    const seen = text.replace(/[\u202a-\u202e\u2066-\u2069]/g, '');
    void this.#act({ do: 'setValue', field, text: seen }).then((done) => {
      if (!done) return;
      if (this.#typed.get(field) === text) this.#typed.delete(field);
      this.tell('field-changed', { field });
    });
  }

  #typeCode(text: string): void {
    this.#typed.set('access code', text);
    void this.#act({ do: 'typeCode', text }).then((done) => {
      if (done && this.#typed.get('access code') === text) this.#typed.delete('access code');
    });
  }

  #seeChange(view: CeremonyView): void {
    const first = view.document.changed.find(({ what }) => what !== 'removed');
    if (first) this.#document?.showUnit(first.unit);
    void this.#act({ do: 'seen' });
  }

  #change(field: string): void {
    const kind = this.view?.fields.find(({ id }) => id === field)?.kind ?? '';
    void this.#act({ do: 'goTo', step: markKinds.has(kind) ? 'adopt' : 'fill' }).then((done) => {
      if (done && !markKinds.has(kind)) this.#openSheet(field);
    });
  }

  #markChanged(event: CustomEvent<{ mark: SignatureMark | null }>): void {
    this.mark = event.detail.mark;
  }

  #markDiffers(adopted: SignatureMark): boolean {
    return this.mark !== null && JSON.stringify(this.mark) !== JSON.stringify(adopted);
  }

  async #adopt(): Promise<void> {
    if (!this.mark) return;
    if (!(await this.#act({ do: 'adoptMark', mark: this.mark }))) return;
    this.mark = null;
    const places = (this.view?.fields ?? []).filter((field) => (field.kind === 'sign' || field.kind === 'initial') && field.state !== 'placed');
    // With one place there is nothing to choose: adopting it is the tap.
    if (places.length === 1) await this.#act({ do: 'placeMark', field: places[0]!.id });
  }

  async #sign(event: Event): Promise<void> {
    if (!this.session || !this.ask('sign', { envelope: this.session.state })) return;
    this.busy = true;
    const keyboard = event instanceof MouseEvent && event.detail === 0;
    const done = await this.#act({ do: 'sign', gesture: keyboard ? 'key' : 'tap', label: this.text.ceremony.sign });
    this.busy = false;
    if (!done) return;
    if (this.view?.nextStep === 'copy') await this.#act({ do: 'next' });
    this.tell('recipient-signed', { envelope: this.session.state });
  }

  async #decline(): Promise<void> {
    const dialog = this.renderRoot.querySelector<HTMLDialogElement>('dialog.decline');
    const reason = dialog?.querySelector('textarea')?.value.trim() ?? '';
    if (!this.session || !this.ask('decline', { envelope: this.session.state, reason })) return;
    dialog?.close();
    if (!(await this.#act(reason ? { do: 'decline', reason } : { do: 'decline' }))) return;
    this.#focusStep = true;
    this.said = this.text.ceremony.declined;
    this.tell('recipient-declined', { envelope: this.session.state });
  }

  async #saveCopy(form: 'html' | 'bundle'): Promise<void> {
    if (!this.session) return;
    try {
      const bytes = form === 'html' ? await this.session.exportHtmlCopy() : await this.session.exportBundle();
      const name = (this.view?.envelope.title ?? 'agreement').replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '').toLowerCase() || 'agreement';
      saveFile(bytes, form === 'html' ? `${name}.html` : `${name}.countersign`, form === 'html' ? 'text/html' : 'application/octet-stream');
      this.said = this.text.ceremony.copySaved;
      this.tell('copy-saved', { form });
      // The copy is saved; that it was is noted where the key may sign.
      if (this.view?.allowed.recordCopy && !this.session.passcode) await this.#act({ do: 'recordCopy', form });
    } catch (error) {
      this.#fail(error);
    }
  }

  #print(): void {
    print();
  }

  #openMore(): void {
    this.renderRoot.querySelector<HTMLDialogElement>('dialog.more')?.showModal();
  }

  #fillOutline(event: Event): void {
    const list = this.renderRoot.querySelector('[data-outline]');
    if (!list || !(event.target as HTMLDetailsElement).open) return;
    list.replaceChildren(...(this.#document?.outline() ?? []).map(({ unit, title, level }) => {
      const item = document.createElement('li');
      const button = document.createElement('button');
      button.type = 'button';
      button.className = `quiet level-${level}`;
      button.textContent = title;
      button.addEventListener('click', () => this.#document?.showUnit(unit));
      item.append(button);
      return item;
    }));
  }

  /** Typed and emptied it is heard at once, looked for when it is entered. */
  #find(event: Event): void {
    const { value } = event.target as HTMLInputElement;
    if (event.type === 'input' && value !== '') return;
    this.foundAt = 0;
    void this.#showFound(0, value);
  }

  #findMore(event: KeyboardEvent): void {
    if (event.key === 'Enter' && this.found > 1) void this.#showFound(event.shiftKey ? -1 : 1);
  }

  /** The place `by` further, around the ends. Entering other words begins with their first. */
  async #showFound(by: number, words = this.renderRoot.querySelector<HTMLInputElement>('.find input')?.value ?? ''): Promise<void> {
    const at = this.found > 0 ? (this.foundAt + by + this.found) % this.found : 0;
    try {
      const found = await this.#document?.find(words, at) ?? 0;
      this.found = words.trim() === '' ? -1 : found;
      this.foundAt = Math.min(at, Math.max(0, found - 1));
    } catch (error) {
      this.#fail(error);
    }
  }

  #endOf(view: CeremonyView): string | null {
    const { ceremony } = this.text;
    switch (view.envelope.status) {
      case 'voided': return ceremony.voided;
      case 'expired': return ceremony.expired;
      case 'contested': return ceremony.contested;
      case 'frozen': return ceremony.frozen;
      case 'declined': return view.own.state === 'declined' ? ceremony.declined : this.text.status.declined;
      case 'draft': return ceremony.notYetSent;
      default: return null;
    }
  }
}
