// <countersign-document>: a contract as reflowed text with real headings; what did not change stays the same node.
import { html, type TemplateResult, type PropertyValues } from 'lit';
import type { Patch } from '../types.js';
import { documentStyles } from './document.styles.js';
import { CountersignElement, setCoreHtml } from './element.js';
import type { DocumentElement, OutlineEntry } from './public.js';
import { redraw } from './redraw.js';
import { baseStyles } from './styles.js';

/** Who asked for less motion is taken there at once. */
const isCalm = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;

/**
 * @fires countersign-field-activated - a place to fill was tapped; `detail.field`
 * @fires countersign-unit-reached - a unit came into view for the first time; `detail` {reached, of}
 * @csspart article - the document
 */
export class CountersignDocument extends CountersignElement implements DocumentElement {
  static override styles = [baseStyles, documentStyles];
  static override properties = { ...CountersignElement.properties, content: { attribute: false }, field: { type: String }, own: { attribute: false }, interactive: { type: Boolean } };

  /** HTML of the core. Where it differs from what is shown, that is redrawn and nothing else. */
  declare content: string;
  /** The field in focus. */
  declare field: string;
  /** Ids of fields that the reader fills: only these can be activated. */
  declare own: readonly string[];
  declare interactive: boolean;

  #applied = '';
  #observer: IntersectionObserver | null = null;
  readonly #reached = new Set<string>();

  constructor() {
    super();
    this.content = '';
    this.field = '';
    this.own = [];
    this.interactive = false;
  }

  override render(): TemplateResult {
    return html`<div class="paper" part="article" @click=${this.#activate} @keydown=${this.#key}></div>`;
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('content') && this.content !== this.#applied) {
      this.#draw();
      this.#applied = this.content;
      this.#watch();
    }
    this.#mark(this.#paper);
  }

  /** Moved in the page, it goes on watching what comes into view. */
  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.#watch();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer?.disconnect();
  }

  /** Applies what changed instead of drawing everything again. `content` is what the whole is afterwards. */
  apply(patches: readonly Patch[], content: string): void {
    const paper = this.#paper;
    for (const patch of patches) {
      const target = paper.querySelector(`#unit-${CSS.escape(patch.unit)}`);
      if (patch.op === 'remove') target?.remove();
      else if (patch.op === 'renumber') {
        const number = target?.querySelector('span.number');
        if (number && patch.html !== undefined) setCoreHtml(number, patch.html);
      } else if (patch.html !== undefined) {
        const holder = document.createElement('div');
        setCoreHtml(holder, patch.html);
        const fresh = holder.firstElementChild;
        if (!fresh) continue;
        if (patch.op === 'replace' && target) target.replaceWith(fresh);
        else {
          const parent = patch.parent ? paper.querySelector(`#unit-${CSS.escape(patch.parent)}`) : paper.querySelector('article');
          const before = patch.before ? paper.querySelector(`#unit-${CSS.escape(patch.before)}`) : null;
          parent?.insertBefore(fresh, before);
        }
        fresh.classList.add('fresh');
      }
    }
    this.#applied = content;
    this.content = content;
    this.#mark(this.#paper);
    this.#watch();
  }

  /** Headings, in order. */
  outline(): readonly OutlineEntry[] {
    return Array.from(this.#paper.querySelectorAll<HTMLElement>('section[id] > :is(h2, h3, h4, h5, h6):first-child'), (heading) => ({
      unit: heading.parentElement!.id.replace(/^unit-/, ''), level: Number(heading.localName[1]) - 1, title: heading.textContent?.trim() ?? '',
    }));
  }

  /** Title of the section a unit stands in, for telling what changed. */
  titleOf(unit: string): string {
    const element = this.#paper.querySelector(`#unit-${CSS.escape(unit)}`);
    return element?.closest('section')?.querySelector('h2, h3, h4, h5, h6')?.textContent?.trim() ?? '';
  }

  showUnit(unit: string): void {
    this.#show(this.#paper.querySelector(`#unit-${CSS.escape(unit)}`));
  }

  showField(field: string): void {
    this.#show(this.#paper.querySelector(`[data-field="${CSS.escape(field)}"]`));
  }

  /** Marks every place where the words stand, shows one of them (0: the first), and answers how many there are (500 at most). */
  async find(words: string, place = 0): Promise<number> {
    const { placesOf, show } = await import('./find.js');
    const places = placesOf(this.#paper, words);
    show(places, place, isCalm());
    return places.length;
  }

  get #paper(): HTMLElement {
    return this.renderRoot.querySelector<HTMLElement>('.paper')!;
  }

  #show(element: Element | null): void {
    element?.scrollIntoView({ behavior: isCalm() ? 'auto' : 'smooth', block: 'start' });
  }

  #draw(): void {
    const holder = document.createElement('div');
    setCoreHtml(holder, this.content);
    const live = this.#paper.firstElementChild;
    const next = holder.firstElementChild;
    if (!live || !next) return this.#paper.replaceChildren(...Array.from(holder.childNodes));
    // As it is going to stand, so that a blank in focus does not lose its place in the tab order for a moment.
    this.#mark(next);
    const changed = redraw(live, next);
    // Where much of it is new, there is nothing to point at.
    if (changed.size * 4 < live.querySelectorAll('[id^="unit-"]').length) for (const unit of changed) unit.classList.add('fresh');
  }

  // Only what the reader may fill is a control: it gets a role, a name and a place in the tab order.
  #mark(root: Element): void {
    for (const blank of root.querySelectorAll<HTMLElement>('[data-field]')) {
      const id = blank.dataset['field'] ?? '';
      const own = this.interactive && this.own.includes(id);
      blank.classList.toggle('own', this.own.includes(id));
      blank.classList.toggle('current', own && id === this.field);
      if (own) {
        blank.tabIndex = 0;
        blank.setAttribute('role', 'button');
      } else {
        blank.removeAttribute('tabindex');
        blank.removeAttribute('role');
      }
    }
  }

  #watch(): void {
    this.#observer?.disconnect();
    if (typeof IntersectionObserver === 'undefined') return;
    const units = this.#paper.querySelectorAll<HTMLElement>('[id^="unit-"]');
    this.#observer = new IntersectionObserver((entries) => {
      let more = false;
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting || this.#reached.has(target.id)) continue;
        this.#reached.add(target.id);
        more = true;
      }
      if (more) this.tell('unit-reached', { reached: this.#reached.size, of: Math.max(units.length, this.#reached.size) });
    });
    for (const unit of units) this.#observer.observe(unit);
  }

  #activate(event: Event): void {
    const blank = (event.target as Element).closest<HTMLElement>('[data-field]');
    const field = blank?.dataset['field'];
    if (field && this.interactive && this.own.includes(field)) this.tell('field-activated', { field });
  }

  #key(event: KeyboardEvent): void {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    if (!(event.target as Element).closest('[data-field][role=button]')) return;
    event.preventDefault();
    this.#activate(event);
  }
}
