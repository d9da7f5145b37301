// <countersign-signature-pad>: adopt a mark by drawing or typing. Both paths are equal; typing is the one a keyboard and a
// screen reader find first when drawing is not possible. Emits `countersign-mark-changed` {mark: SignatureMark | null}.
import { LitElement, html, svg, nothing, type TemplateResult } from 'lit';
import type { SignatureMark, Strokes } from '../types.js';
import { signingStrings } from '../locales/locale.js';
import { boxHeight, boxWidth, isDot, maxStrokes, pathOf, pathsOf, StrokeBuilder, type Point } from './ink.js';
import type { SignaturePadElement } from './public.js';
import { baseStyles } from './styles.js';
import { padStyles } from './signature-pad.styles.js';

/**
 * @fires countersign-mark-changed - the mark changed; `detail.mark` is null while there is none
 * @csspart tabs - the choice between drawing and typing
 * @csspart surface - what is drawn on
 * @csspart preview - the typed mark as it will stand
 */
export class CountersignSignaturePad extends LitElement implements SignaturePadElement {
  static override styles = [baseStyles, padStyles];
  static override properties = {
    mode: { type: String, reflect: true },
    name: { type: String },
    locale: { type: String },
    mark: { attribute: false },
  };

  declare mode: 'draw' | 'type';
  /** What typing begins with. */
  declare name: string;
  declare locale: string;
  declare mark: SignatureMark | null;

  #strokes: Strokes = [];
  #typed: string | null = null;
  #current: StrokeBuilder | null = null;
  #pointer: number | null = null;
  #penDown = false;

  constructor() {
    super();
    this.mode = 'draw';
    this.name = '';
    this.locale = '';
    this.mark = null;
  }

  override willUpdate(changed: Map<string, unknown>): void {
    // A mark from outside (reopened draft) becomes what is edited; our own change comes back equal.
    if (changed.has('mark') && this.mark) {
      if (this.mark.kind === 'drawn' && this.mark.strokes !== this.#strokes) {
        this.#strokes = this.mark.strokes;
        this.mode = 'draw';
      } else if (this.mark.kind === 'typed') {
        this.#typed = this.mark.text;
        this.mode = 'type';
      }
    }
  }

  override render(): TemplateResult {
    const text = signingStrings(this.locale);
    const tab = (mode: 'draw' | 'type', label: string): TemplateResult => html`
      <label class="tab"><input type="radio" name="mode" value=${mode} .checked=${this.mode === mode} @change=${() => this.#choose(mode)} /><span>${label}</span></label>`;
    return html`
      <fieldset part="tabs" class="tabs"><legend class="unseen">${text.pad.how}</legend>${tab('draw', text.pad.draw)}${tab('type', text.pad.type)}</fieldset>
      ${this.mode === 'draw' ? this.#renderDrawing() : this.#renderTyping()}`;
  }

  #renderDrawing(): TemplateResult {
    const text = signingStrings(this.locale);
    const empty = this.#strokes.length === 0 && !this.#current;
    return html`
      <div class="sheet" part="surface" @pointerdown=${this.#down} @pointermove=${this.#move} @pointerup=${this.#up} @pointercancel=${this.#up} @touchmove=${{ handleEvent: (event: Event) => event.preventDefault(), passive: false }}>
        <svg viewBox="0 0 ${boxWidth} ${boxHeight}" role="img" aria-label=${empty ? text.pad.emptyDrawing : text.pad.drawing}>
          ${svg`<path class="line" d="M60 320H940" /><path class="ink" d=${pathsOf(this.#strokes)} /><path class="ink live" d="" />`}
        </svg>
        ${empty ? html`<span class="hint" aria-hidden="true">${text.pad.hint}</span>` : nothing}
      </div>
      <div class="row">
        <button type="button" class="quiet" ?disabled=${empty} @click=${this.#undo}>${text.pad.undo}</button>
        <button type="button" class="quiet" ?disabled=${empty} @click=${this.clear}>${text.pad.clear}</button>
      </div>
      <p class="note" role="status">${!empty && isDot(this.#strokes) ? text.pad.dot : nothing}</p>`;
  }

  #renderTyping(): TemplateResult {
    const text = signingStrings(this.locale);
    const typed = this.#typed ?? this.name;
    return html`
      <label class="field"><span>${text.pad.typedLabel}</span>
        <input type="text" autocomplete="name" autocapitalize="words" spellcheck="false" maxlength="120" .value=${typed} @input=${(event: Event) => this.#type((event.target as HTMLInputElement).value)} /></label>
      <div class="sheet typed" part="preview" aria-hidden="true"><span>${typed || text.pad.typedPreview}</span></div>`;
  }

  /** Empties the pad. */
  clear(): void {
    this.#strokes = [];
    this.#typed = '';
    this.#tell();
  }

  #choose(mode: 'draw' | 'type'): void {
    this.mode = mode;
    if (mode === 'type' && this.#typed === null) this.#typed = this.name;
    this.#tell();
  }

  #type(value: string): void {
    this.#typed = value;
    this.#tell();
  }

  #undo(): void {
    this.#strokes = this.#strokes.slice(0, -1);
    this.#tell();
  }

  #down(event: PointerEvent): void {
    if (event.pointerType === 'mouse' && event.button !== 0) return;
    if (this.#current && !(event.pointerType === 'pen' && !this.#penDown)) return; // a palm beside the pen, a second finger
    if (this.#current) this.#current = null; // the pen takes over from the palm that came first
    if (this.#strokes.length >= maxStrokes) return;
    event.preventDefault();
    this.#pointer = event.pointerId;
    this.#penDown = event.pointerType === 'pen';
    try {
      (event.currentTarget as Element).setPointerCapture(event.pointerId);
    } catch {
      // The pointer is gone already; the stroke ends with its next event.
    }
    this.#current = new StrokeBuilder(event.timeStamp, this.#strokes);
    this.#add(event);
  }

  #move(event: PointerEvent): void {
    if (!this.#current || event.pointerId !== this.#pointer) return;
    const parts = event.getCoalescedEvents?.() ?? [];
    for (const part of parts.length ? parts : [event]) this.#add(part);
  }

  // `pointercancel` ends the stroke like `pointerup`: what was drawn stays drawn.
  #up(event: PointerEvent): void {
    if (!this.#current || event.pointerId !== this.#pointer) return;
    this.#add(event.type === 'pointerup' ? event : null);
    const points = this.#current.points;
    this.#current = null;
    this.#pointer = null;
    this.#penDown = false;
    this.#live('');
    if (points.length) this.#strokes = [...this.#strokes, points as readonly Point[]];
    this.#tell();
  }

  #add(event: PointerEvent | null): void {
    const sheet = this.renderRoot.querySelector('svg');
    if (!event || !sheet || !this.#current) return;
    const box = sheet.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * boxWidth;
    const y = ((event.clientY - box.top) / box.height) * boxHeight;
    if (this.#current.add(x, y, event.timeStamp)) this.#live(pathOf(this.#current.points));
  }

  // The stroke under the finger is drawn without a render of the element: nothing stands between finger and ink.
  #live(path: string): void {
    this.renderRoot.querySelector('.live')?.setAttribute('d', path);
  }

  #tell(): void {
    const typed = (this.#typed ?? this.name).trim();
    if (this.mode === 'draw') this.mark = this.#strokes.length ? { kind: 'drawn', strokes: this.#strokes } : null;
    else this.mark = typed ? { kind: 'typed', text: typed } : null;
    this.requestUpdate();
    this.dispatchEvent(new CustomEvent('countersign-mark-changed', { bubbles: true, composed: true, detail: { mark: this.mark } }));
  }
}
