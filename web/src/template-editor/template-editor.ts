// <countersign-template-editor>: a template's source beside the agreement it makes. The compiler says what is wrong where it
// is wrong, and why a clause stands; this element only shows it.
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { CountersignDocument } from '../elements/document.js';
import { codeOf, CountersignElement, markKinds } from '../elements/element.js';
import type { TemplateEditorElement } from '../elements/public.js';
import { baseStyles } from '../elements/styles.js';
import { sayError } from '../locales/locale.js';
import type { Assembly, CompileResult, Countersign, Diagnostic, Explanation, FieldDefinition, Json, Language, PlainValue, PlainValues, Template, TemplateName } from '../types.js';
import { SourceView } from './source-view.js';
import { templateEditorStyles } from './template-editor.styles.js';
import { editorWords } from './words.js';

/**
 * @fires countersign-template-checked - after every check; `detail` {source, ok, diagnostics}
 * @fires countersign-error - the compiler could not be asked; `detail.error`
 * @fires countersign-request-save-template - Ctrl+S; `detail.source`
 * @csspart source - the editing surface
 * @csspart preview - the agreement
 */
export class CountersignTemplateEditor extends CountersignElement implements TemplateEditorElement {
  static override styles = [baseStyles, templateEditorStyles];
  static override properties = {
    ...CountersignElement.properties, countersign: { attribute: false }, source: { attribute: false }, file: { type: String }, library: { attribute: false }, values: { attribute: false }, record: { attribute: false },
    diagnostics: { state: true }, explanation: { state: true }, working: { state: true }, failure: { state: true }, revision: { state: true },
  };

  declare countersign: Countersign | null;
  /** The text. Setting it replaces what stands there. */
  declare source: string;
  declare file: string;
  /** Clause library: unit path to text. */
  declare library: Readonly<Record<string, string>>;
  /** Values to begin with, over the template's defaults. */
  declare values: PlainValues;
  /** A customer record to prefill from, or null. */
  declare record: Json;
  declare diagnostics: readonly Diagnostic[];
  declare explanation: Explanation | null;
  declare working: boolean;
  /** The code of what kept the text from being checked. */
  declare failure: string;
  /** Counts what was compiled and set, so that what is shown follows. */
  declare revision: number;

  #view: SourceView | null = null;
  #template: Template | null = null;
  #assembly: Assembly | null = null;
  #names: readonly TemplateName[] = [];
  #language: Language | null = null;
  #checks = 0;
  #given: Record<string, PlainValue | null> = {};
  #refused: Record<string, string> = {};

  constructor() {
    super();
    this.countersign = null;
    this.source = '';
    this.file = 'template.md';
    this.library = {};
    this.values = {};
    this.record = null;
    this.diagnostics = [];
    this.explanation = null;
    this.working = false;
    this.failure = '';
    this.revision = 0;
  }

  /** Whether the text compiles. */
  get ok(): boolean {
    return this.#template !== null && !this.working && !this.failure && !this.diagnostics.some(({ severity }) => severity === 'error');
  }

  override firstUpdated(): void {
    const knowledge = { names: this.#names, language: this.#language, clauses: [] as readonly string[], valueOf: (id: string) => this.#display(id) };
    this.#view = new SourceView({
      root: this.renderRoot as ShadowRoot, parent: this.renderRoot.querySelector<HTMLElement>('.editor')!, words: editorWords(this.locale), source: this.source,
      check: (source) => this.#check(source),
      knowledge: () => Object.assign(knowledge, { names: this.#names, language: this.#language, clauses: this.#clauses() }),
      changed: () => { this.working = true; },
      moved: () => undefined,
      save: () => { this.ask('save-template', { source: this.#view?.source ?? this.source }); },
    });
    this.#view.check();
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('source') && this.#view && this.source !== this.#view.source) this.#view.source = this.source;
    if ((['countersign', 'library', 'values', 'record', 'file'] as const).some((name) => changed.has(name)) && this.#view) {
      if (changed.has('values') || changed.has('record')) this.#given = {};
      this.#view.check();
      if (changed.has('countersign') && this.countersign && !this.#language) void this.countersign.templates.language().then((language) => { this.#language = language; }, () => undefined); // the check says why
    }
    const preview = this.#preview;
    if (preview && this.#assembly && preview.content !== this.#assembly.html()) preview.content = this.#assembly.html();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#view?.check();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#release();
  }

  override render(): TemplateResult {
    const words = editorWords(this.locale);
    const errors = this.diagnostics.filter(({ severity }) => severity === 'error').length;
    const warnings = this.diagnostics.filter(({ severity }) => severity === 'warning').length;
    return html`
      <div class="bar"><p class="file">${this.file}</p>
        <p class="count ${errors || this.failure ? 'bad' : 'good'}" role="status">${this.failure ? html`${sayError(this.locale, this.failure)} <code>${this.failure}</code>` : this.working ? words.working : words.problems(errors, warnings) || words.fine}</p>
        <button type="button" ?disabled=${this.diagnostics.length === 0} @click=${() => this.#view?.nextProblem()}>${words.nextProblem}</button>
        <button type="button" ?disabled=${!this.#assembly} @click=${this.#explainHere}>${words.whyHere}</button></div>
      <div class="panes">
        <section class="source" aria-label=${words.source}><div class="editor" part="source"></div><p class="note">${words.hint}</p></section>
        <section class="result" aria-label=${words.preview}>
          ${this.#renderWhy()}
          ${this.#template ? html`<details class="panel"><summary>${words.values}</summary><div class="values">${this.#fields().map((field) => this.#renderField(field))}</div></details>` : nothing}
          ${this.#renderConditional()}
          ${errors && this.#assembly ? html`<p class="note">${words.stale}</p>` : nothing}
          ${this.#assembly ? nothing : html`<p class="note">${words.nothing}</p>`}
          <div class="sheet" part="preview" tabindex="0" role="region" aria-label=${words.preview} ?hidden=${!this.#assembly}><countersign-document .locale=${this.locale} @click=${this.#clicked}></countersign-document></div>
        </section>
      </div>`;
  }

  #renderField(field: FieldDefinition): TemplateResult {
    const words = editorWords(this.locale);
    const current = this.#assembly?.values[field.id];
    const typed = current === undefined ? '' : this.#template!.typed(field.id, current);
    const set = (event: Event): void => {
      const input = event.target as HTMLInputElement | HTMLSelectElement;
      this.#set(field, input instanceof HTMLInputElement && input.type === 'checkbox' ? String(input.checked) : input.value);
    };
    const refused = this.#refused[field.id];
    const note = refused ? html`<span class="problem" role="alert">${refused}</span>` : nothing;
    if (field.type === 'bool') return html`<label class="tick"><input type="checkbox" data-value=${field.id} .checked=${current === true} @change=${set} /><span>${field.label}</span></label>`;
    return html`<label class="field"><span>${field.label}</span>${field.options?.length
      ? html`<select data-value=${field.id} @change=${set}><option value="" ?selected=${typed === ''}>${words.choose}</option>${field.options.map(({ value, label }) => html`<option value=${value} ?selected=${this.#same(field, value, current)}>${label}</option>`)}</select>`
      : html`<input data-value=${field.id} type=${field.type === 'date' ? 'date' : 'text'} .value=${typed} autocomplete="off" aria-invalid=${refused ? 'true' : 'false'} @change=${set} />`}${note}</label>`;
  }

  #renderConditional(): TemplateResult | typeof nothing {
    const words = editorWords(this.locale);
    const units = this.#assembly ? this.#names.filter(({ kind, when }) => kind === 'unit' && when !== undefined) : [];
    if (units.length === 0) return nothing;
    return html`<details class="panel"><summary>${words.conditional} (${units.length})</summary><ul class="clauses">${units.map(({ id, span, when }) => {
      const told = this.#explain(id);
      return told ? html`<li><button type="button" class="quiet" @click=${() => this.#choose(id)}>${id.includes('.') ? words.line(span.line) : id}</button><span class="state-${told.state}">${words.states[told.state]}</span> <code>${when}</code></li>` : nothing;
    })}</ul></details>`;
  }

  #renderWhy(): TemplateResult {
    const words = editorWords(this.locale);
    const told = this.explanation;
    const show = (value: PlainValue | undefined): string => (value === undefined ? words.unanswered : Array.isArray(value) ? value.join(' ') : String(value));
    return html`<div class="panel why" role="status" aria-label=${words.why}>${told === null ? html`<p class="note">${words.chooseUnit}</p>` : html`
      <h3>${this.#titleOf(told.unit)} <span class="state-${told.state}">${words.states[told.state]}</span>${told.locked ? html` · ${words.locked}` : nothing}</h3>
      ${told.because.length === 0 ? html`<p class="note">${words.noCondition}</p>` : html`<ul>${told.because.map(({ when, holds, fields, computed }) => html`<li><code>${when}</code> ${words.holds(holds)}
        ${fields.length + computed.length ? html`<ul>${fields.map(({ label, value }) => html`<li>${label}: ${show(value)}</li>`)}${computed.map(({ id, text, value }) => html`<li>${id} = <code>${text}</code>: ${show(value)}</li>`)}</ul>` : nothing}</li>`)}</ul>`}
      <button type="button" class="quiet" @click=${() => this.#showSource(told.unit)}>${words.showSource}</button>`}</div>`;
  }

  get #preview(): CountersignDocument | null {
    return this.renderRoot.querySelector<CountersignDocument>('countersign-document');
  }
  #fields(): readonly FieldDefinition[] {
    return this.#template?.fields.filter(({ kind }) => !markKinds.has(kind)) ?? [];
  }
  #same(field: FieldDefinition, option: string, current: PlainValue | undefined): boolean {
    if (current === undefined) return false;
    try {
      return JSON.stringify(this.#template!.parse(field.id, option)) === JSON.stringify(current);
    } catch {
      return false;
    }
  }
  #clauses(): readonly string[] {
    return Object.values(this.library).flatMap((text) => /^clause:\s*["']?([\w./-]+)/m.exec(text)?.[1] ?? []);
  }
  #titleOf(unit: string): string {
    return unit.includes('.') ? editorWords(this.locale).line(this.#names.find(({ kind, id }) => kind === 'unit' && id === unit)?.span.line ?? 0) : unit;
  }
  #display(id: string): string {
    const status = this.#assembly?.status();
    const field = status?.fields.find((entry) => entry.id === id);
    if (field) return field.display;
    const value = status?.computed.find((entry) => entry.id === id)?.value;
    return value === undefined ? '' : Array.isArray(value) ? value.join(' ') : String(value);
  }

  async #check(source: string): Promise<readonly Diagnostic[]> {
    if (!this.countersign) return [];
    const mine = (this.#checks += 1);
    let result: CompileResult;
    try {
      result = await this.countersign.templates.compile(source, { file: this.file, library: this.library });
      this.#language ??= await this.countersign.templates.language();
    } catch (error) { // the compiler is fetched by the first check, and there may be no connection
      this.working = false;
      this.failure = codeOf(error);
      this.tell('error', { error });
      return [];
    }
    this.failure = '';
    if (mine !== this.#checks || !this.isConnected) {
      result.template?.close();
      return [];
    }
    this.#take(source, result);
    return result.diagnostics;
  }

  #take(source: string, { template, diagnostics, names }: CompileResult): void {
    // A front matter that is broken for a moment takes no names away.
    if (names.length) this.#names = names;
    if (template) {
      this.#release();
      this.#template = template;
      this.#assembly = this.#assemble(template);
      this.explanation = this.explanation && this.#explain(this.explanation.unit);
    }
    this.source = source;
    this.diagnostics = diagnostics;
    this.working = false;
    this.revision += 1;
    this.tell('template-checked', { source, ok: template !== undefined, diagnostics });
  }

  #assemble(template: Template): Assembly {
    const known = new Set(template.fields.map(({ id }) => id));
    const start = Object.fromEntries(template.fields.flatMap(({ id, default: value }) => (value === undefined ? [] : [[id, value]])));
    const filled = this.record === null ? {} : template.prefill(this.record).values;
    const assembly = template.assemble({ ...start, ...filled });
    // One by one: a value that fits no longer is left out, the others stay.
    for (const [id, value] of Object.entries({ ...this.values, ...this.#given })) {
      if (!known.has(id)) continue;
      try {
        assembly.set({ [id]: value });
      } catch {
        delete this.#given[id];
      }
    }
    return assembly;
  }

  #set(field: FieldDefinition, text: string): void {
    if (!this.#assembly || !this.#template) return;
    delete this.#refused[field.id];
    try {
      const value = this.#template.parse(field.id, text);
      this.#assembly.set({ [field.id]: value });
      this.#given[field.id] = value;
    } catch (error) {
      this.#refused[field.id] = (error as Error).message;
    }
    this.explanation = this.explanation && this.#explain(this.explanation.unit);
    this.revision += 1;
  }

  #explain(unit: string): Explanation | null {
    try {
      return this.#assembly?.explain(unit) ?? null;
    } catch {
      return null; // Since the text that compiled, the unit went away.
    }
  }
  #choose(unit: string): void {
    this.explanation = this.#explain(unit);
    this.#preview?.showUnit(unit);
  }
  /** The unit that the cursor stands in, or the last one before it. */
  #explainHere(): void {
    const at = this.#view?.position ?? 0;
    let unit = '';
    for (const { kind, id, span } of this.#names) if (kind === 'unit' && span.utf16[0] <= at) unit = id;
    if (unit) this.#choose(unit);
  }
  #clicked(event: Event): void {
    const unit = (event.composedPath()[0] as Element).closest?.('[id^="unit-"]')?.id.slice('unit-'.length);
    if (unit) this.explanation = this.#explain(unit);
  }
  #showSource(unit: string): void {
    const found = this.#names.find(({ kind, id }) => kind === 'unit' && id === unit);
    if (found) this.#view?.show(found.span.utf16[0]);
  }

  #release(): void {
    this.#assembly?.close();
    this.#template?.close();
    this.#assembly = null;
    this.#template = null;
  }
}
