// The base of the elements: language, direction, and the one place where HTML of the core becomes DOM.
import { LitElement } from 'lit';
import { signingStrings, type SigningStrings } from '../locales/locale.js';

interface TrustedTypes {
  createPolicy(name: string, rules: { createHTML(html: string): string }): { createHTML(html: string): unknown };
}

let policy: { createHTML(html: string): unknown } | null = null;

/**
 * Puts HTML made by the core into an element. The core escapes all content (core/document/render.h); nothing else may
 * come through here. The policy name is `countersign`, for pages that require Trusted Types.
 */
export function setCoreHtml(target: Element, html: string): void {
  const factory = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
  policy ??= factory ? factory.createPolicy('countersign', { createHTML: (text) => text }) : { createHTML: (text) => text };
  target.innerHTML = policy.createHTML(html) as string;
}

export abstract class CountersignElement extends LitElement {
  static override properties = { locale: { type: String } };
  /** BCP 47 tag of the interface; empty: the document element's `lang`. */
  declare locale: string;

  constructor() {
    super();
    this.locale = '';
  }

  protected get text(): SigningStrings {
    return signingStrings(this.locale);
  }

  /** A fact: bubbles, composed, not cancelable. */
  protected tell(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(`countersign-${name}`, { bubbles: true, composed: true, detail }));
  }

  /** A request the host may refuse: false when it did. */
  protected ask(name: string, detail: unknown): boolean {
    return this.dispatchEvent(new CustomEvent(`countersign-request-${name}`, { bubbles: true, composed: true, cancelable: true, detail }));
  }
}

/** To be shown beside what is said: support people search for it. */
export const codeOf = (error: unknown): string => (error as { code?: string }).code ?? 'engine.dead';

/** Fields that signing itself fills: nobody types into them. */
export const markKinds: ReadonlySet<string> = new Set(['sign', 'initial', 'signdate']);

const clocks = new Map<string, Intl.DateTimeFormat>();

/** A date and time in the interface's language. Interface only: text that is hashed never goes through Intl. */
export function formatTime(at: number | string, locale: string): string {
  const { time } = signingStrings(locale).common;
  if (time) return time(new Date(at));
  let clock = clocks.get(locale);
  if (!clock) clocks.set(locale, clock = new Intl.DateTimeFormat(locale || undefined, { dateStyle: 'medium', timeStyle: 'short' }));
  return clock.format(new Date(at));
}

/** Offers bytes as a file. */
export function saveFile(bytes: Uint8Array, name: string, type: string): void {
  const url = URL.createObjectURL(new Blob([bytes as BlobPart], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads the address after the click; a minute is more than it needs.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
