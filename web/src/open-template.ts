// Templates and live documents for whoever prepares an envelope: thin objects around handles of the author module, fetched
// with it.
import { badArgument, deepFreeze, stringify, type Engine, type Handle } from './engine.js';
import type { Assembly, AssemblyStatus, CompileOptions, CompileResult, Diagnostic, Explanation, FieldId, ImportResult, Json, Language, Patch, PlainValue, PlainValues, Prefill, RecipientDraft, Template, TemplateName } from './types.js';

type Description = Omit<Template, 'compiled' | 'prefill' | 'parse' | 'typed' | 'checkRouting' | 'checkValues' | 'deadline' | 'assemble' | 'close'>;
type Routed = Pick<RecipientDraft, 'role' | 'recipientType' | 'order'>;

/** `engine` is the author module's: describing, prefilling and live documents are not in the sign module. */
export function loadTemplate(engine: Engine, compiled: Uint8Array): OpenTemplate {
  const handle = engine.handle(engine.json<number>('cs_template_load', compiled), 'cs_template_close');
  return new OpenTemplate(engine, handle, compiled.slice());
}

function timestamp(at: Date): string {
  if (!(at instanceof Date)) throw badArgument('When it is sent is a Date');
  return Number.isNaN(at.getTime()) ? '' : at.toISOString();
}
function asked(recipients: readonly (Routed & { readonly id?: string })[]): string {
  if (!Array.isArray(recipients) || recipients.some((one) => typeof one !== 'object' || !one)) throw badArgument('Recipients are a list of {role, recipientType, order}');
  return stringify(recipients.map(({ id, role, recipientType, order }) => ({ recipient: id ?? role, role, recipientType, order })));
}

export class OpenTemplate implements Template {
  readonly id; readonly version; readonly title; readonly locale; readonly roles; readonly fields; readonly computed;
  readonly consent; readonly expires; readonly textRoles; readonly lockedUnits; readonly library; readonly sourceRef; readonly compiledRef;
  readonly compiled: Uint8Array;
  readonly #engine: Engine;
  readonly #handle: Handle;

  constructor(engine: Engine, handle: Handle, compiled: Uint8Array) {
    this.#engine = engine;
    this.#handle = handle;
    this.compiled = compiled;
    const told = engine.json<Description>('cs_template_describe', handle.number);
    this.id = told.id;
    this.version = told.version;
    this.title = told.title;
    this.locale = told.locale;
    this.roles = told.roles;
    this.fields = told.fields;
    this.computed = told.computed;
    this.consent = told.consent;
    this.expires = told.expires;
    this.textRoles = told.textRoles;
    this.lockedUnits = told.lockedUnits;
    this.library = told.library;
    this.sourceRef = told.sourceRef;
    this.compiledRef = told.compiledRef;
  }

  prefill(record: Json): Prefill {
    return this.#engine.json('cs_template_prefill', this.#handle.number, stringify(record));
  }
  parse(field: FieldId, text: string): PlainValue | null {
    return this.#engine.json('cs_template_parse', this.#handle.number, stringify({ field, text }));
  }
  typed(field: FieldId, value: PlainValue): string {
    return this.#engine.text('cs_template_typed', this.#handle.number, stringify({ [field]: value }));
  }
  assemble(values: PlainValues = {}): Assembly {
    const number = this.#engine.json<number>('cs_assembly_open', this.#handle.number, stringify(values));
    return new OpenAssembly(this.#engine, this.#engine.handle(number, 'cs_assembly_close'));
  }
  checkRouting(recipients: readonly Routed[]): 'template.later_signer' | null {
    try {
      this.#engine.json('cs_template_check_routing', this.#handle.number, asked(recipients));
      return null;
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (code === 'template.later_signer') return code;
      throw error;
    }
  }
  checkValues(values: PlainValues): void {
    this.#engine.json('cs_template_check_values', this.#handle.number, stringify(values));
  }
  deadline(sentAt: Date): string | null {
    return this.#engine.text('cs_template_deadline', this.#handle.number, timestamp(sentAt)) || null;
  }
  /** The fields blob of a revision. Errors: template.later_signer, once all are invited whose answers change the text. */
  fieldsFor(recipients: readonly (Routed & { readonly id: string })[]): string {
    return this.#engine.text('cs_template_fields', this.#handle.number, asked(recipients));
  }
  close(): void {
    this.#handle.close();
  }
}

class OpenAssembly implements Assembly {
  readonly #engine: Engine;
  readonly #handle: Handle;

  constructor(engine: Engine, handle: Handle) {
    this.#engine = engine;
    this.#handle = handle;
  }
  html(): string {
    return this.#engine.text('cs_assembly_html', this.#handle.number);
  }
  text(): string {
    return this.#engine.text('cs_assembly_text', this.#handle.number);
  }
  get values(): PlainValues {
    return this.#engine.json('cs_assembly_values', this.#handle.number);
  }
  status(): AssemblyStatus {
    return this.#engine.json('cs_assembly_status', this.#handle.number);
  }
  set(values: Readonly<Record<string, PlainValue | null>>): readonly Patch[] {
    return this.#engine.json('cs_assembly_set', this.#handle.number, stringify(values));
  }
  explain(unit: string): Explanation {
    return this.#engine.json('cs_assembly_explain', this.#handle.number, unit);
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

/** Every call into the author module that begins with a source or with compiled bytes. */
export class TemplateDesk {
  readonly #author: Engine;

  constructor(author: Engine) {
    this.#author = author;
  }
  compile(source: string, options: CompileOptions): CompileResult {
    const request = { source, file: options.file ?? 'template.md', library: options.library ?? {} };
    const { diagnostics, names, made } = this.#author.json<Compiled>('cs_compile', stringify(request));
    if (made === undefined) return deepFreeze({ diagnostics, names });
    const template = new OpenTemplate(this.#author, this.#author.handle(made.handle, 'cs_template_close'), new TextEncoder().encode(made.compiled));
    return { diagnostics, names, template, source: made.source };
  }
  import(files: Readonly<Record<string, string>>): ImportResult {
    return deepFreeze(this.#author.json<ImportResult>('cs_import', stringify({ files })));
  }
  language(): Language {
    return deepFreeze(this.#author.json<Language>('cs_language'));
  }
  open(compiled: Uint8Array): OpenTemplate {
    return loadTemplate(this.#author, compiled);
  }
}
