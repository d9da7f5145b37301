// Compiled templates: as a ceremony needs them, and the shelf that fetches the author module for everything else.
import { stringify, type Engine, type Handle } from './engine.js';
import type { OpenTemplate, TemplateDesk } from './open-template.js';
import type { CompileOptions, CompileResult, ImportResult, Language, PlainValues, Template, Templates } from './types.js';

/** A compiled template as a ceremony needs it: loaded, in the sign module. */
export class LoadedTemplate {
  readonly #engine: Engine;
  readonly #handle: Handle;
  /** `extra`: drawing it needs that part of the engine. */
  readonly told: { readonly title: string; readonly locale: string; readonly extra: boolean };

  constructor(engine: Engine, compiled: Uint8Array) {
    this.#engine = engine;
    this.#handle = engine.handle(engine.json<number>('cs_template_load', compiled), 'cs_template_close');
    this.told = engine.json('cs_template_title', this.#handle.number);
  }
  get handle(): number {
    return this.#handle.number;
  }
  /** The document with these values, before anybody was invited. */
  render(call: 'cs_template_html' | 'cs_template_text', values: PlainValues): string {
    return this.#engine.text(call, this.#handle.number, stringify(values));
  }
  close(): void {
    this.#handle.close();
  }
}

/** What authors and senders do with templates; the author module and what talks to it come with the first of it. */
export class TemplateShelf implements Templates {
  readonly #author: () => Promise<Engine>;

  constructor(author: () => Promise<Engine>) {
    this.#author = author;
  }
  async compile(source: string, options: CompileOptions = {}): Promise<CompileResult> {
    return (await this.#desk()).compile(source, options);
  }
  async import(files: Readonly<Record<string, string>>): Promise<ImportResult> {
    return (await this.#desk()).import(files);
  }
  async language(): Promise<Language> {
    return (await this.#desk()).language();
  }
  async load(compiled: Uint8Array): Promise<Template> {
    return this.open(compiled);
  }
  /** For us: with the calls that preparing an envelope needs beside. */
  async open(compiled: Uint8Array): Promise<OpenTemplate> {
    return (await this.#desk()).open(compiled);
  }
  async #desk(): Promise<TemplateDesk> {
    const [author, { TemplateDesk: Desk }] = await Promise.all([this.#author(), import('./open-template.js')]);
    return new Desk(author);
  }
}
