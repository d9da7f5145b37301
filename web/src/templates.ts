// Compiled templates: as a ceremony needs them, and the shelf that fetches the author module for everything else.
import { deepFreeze, stringify, type Engine, type Handle } from './engine.js';
import type { OpenTemplate } from './open-template.js';
import type { CompileOptions, CompileResult, Diagnostic, ImportResult, Language, PlainValues, Template, TemplateName, Templates } from './types.js';

/** A compiled template as a ceremony needs it: loaded, in the sign module. */
export class LoadedTemplate {
  readonly #engine: Engine;
  readonly #handle: Handle;

  constructor(engine: Engine, compiled: Uint8Array) {
    this.#engine = engine;
    this.#handle = engine.handle(engine.json<number>('cs_template_load', compiled), 'cs_template_close');
  }
  get handle(): number {
    return this.#handle.number;
  }
  get told(): { readonly title: string; readonly locale: string } {
    return this.#engine.json('cs_template_title', this.#handle.number);
  }
  /** The document with these values, before anybody was invited. */
  render(call: 'cs_template_html' | 'cs_template_text', values: PlainValues): string {
    return this.#engine.text(call, this.#handle.number, stringify(values));
  }
  close(): void {
    this.#handle.close();
  }
}

/** What `cs_compile` answers. */
interface Compiled {
  readonly diagnostics: readonly Diagnostic[];
  readonly names: readonly TemplateName[];
  readonly made?: { readonly compiled: string; readonly handle: number; readonly source: string };
}

/** `author` loads the compiler's module at the first call. */
export class TemplateShelf implements Templates {
  readonly #author: () => Promise<Engine>;

  constructor(author: () => Promise<Engine>) {
    this.#author = author;
  }
  async compile(source: string, options: CompileOptions = {}): Promise<CompileResult> {
    const author = await this.#author();
    const request = { source, file: options.file ?? 'template.md', library: options.library ?? {} };
    const { OpenTemplate } = await import('./open-template.js');
    const { diagnostics, names, made } = author.json<Compiled>('cs_compile', stringify(request));
    if (made === undefined) return deepFreeze({ diagnostics, names });
    const template = new OpenTemplate(author, author.handle(made.handle, 'cs_template_close'), new TextEncoder().encode(made.compiled));
    return { diagnostics, names, template, source: made.source };
  }
  async import(files: Readonly<Record<string, string>>): Promise<ImportResult> {
    return deepFreeze((await this.#author()).json<ImportResult>('cs_import', stringify({ files })));
  }
  async language(): Promise<Language> {
    return deepFreeze((await this.#author()).json<Language>('cs_language'));
  }
  async load(compiled: Uint8Array): Promise<Template> {
    return this.open(compiled);
  }
  /** For us: with the calls that preparing an envelope needs beside. */
  async open(compiled: Uint8Array): Promise<OpenTemplate> {
    const [author, { loadTemplate }] = await Promise.all([this.#author(), import('./open-template.js')]);
    return loadTemplate(author, compiled);
  }
}
