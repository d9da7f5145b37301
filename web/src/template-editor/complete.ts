// Completion and hover from the declared schema: what the compiler found (names) and what the language has (tables).
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import type { Text } from '@codemirror/state';
import type { Language, TemplateName, WordPlace } from '../types.js';

export interface Knowledge {
  readonly names: readonly TemplateName[];
  readonly language: Language | null;
  /** Ids of the clauses in the library. */
  readonly clauses: readonly string[];
  /** What a field or computed value is now, as the contract prints it; "" where it has no value. */
  valueOf(id: string): string;
}

/** Where the body begins; the whole length while the front matter is open. */
function bodyStart(doc: Text): number {
  if (doc.lines === 0 || doc.line(1).text.trimEnd() !== '---') return 0;
  for (let i = 2; i <= doc.lines; i += 1) if (doc.line(i).text.trimEnd() === '---') return doc.line(i).to;
  return doc.length;
}

/** The top key that a line of the front matter stands under. */
function sectionOf(doc: Text, line: number): string {
  for (let i = line; i > 1; i -= 1) {
    const found = /^([A-Za-z]+):/.exec(doc.line(i).text);
    if (found) return found[1]!;
  }
  return '';
}

const keysOf: Readonly<Record<string, WordPlace>> = { roles: 'roleKey', fields: 'fieldKey', computed: 'computedKey', validations: 'validationKey', workflow: 'workflowKey', consent: 'consentKey' };
const expressionKeys = /\b(?:when|check|show|required|source|value|variant|each)(?:=|:\s*)["'][^"']*$/;

function words(knowledge: Knowledge, place: WordPlace, apply?: (name: string) => string): Completion[] {
  return (knowledge.language?.words ?? []).filter((word) => word.place === place).map(({ name, form, doc }) => ({ label: name, detail: form, info: doc, type: 'keyword', ...(apply ? { apply: apply(name) } : {}) }));
}

function named(knowledge: Knowledge, ...kinds: TemplateName['kind'][]): Completion[] {
  return knowledge.names.filter(({ kind, id }) => kinds.includes(kind) && !(kind === 'unit' && id.includes('.'))).map(({ kind, id, label, type, when }) => {
    const value = kind === 'field' || kind === 'computed' ? knowledge.valueOf(id) : '';
    return { label: id, detail: type ?? kind, info: [label, when, value].filter(Boolean).join(' · '), type: kind === 'unit' ? 'class' : kind === 'role' ? 'type' : 'variable', boost: 1 };
  });
}

function expression(knowledge: Knowledge): Completion[] {
  const functions = (knowledge.language?.functions ?? []).filter(({ style }) => style !== 'operator').map(({ name, forms, doc }) => ({ label: name, detail: forms[0] ?? '', info: doc, type: 'function', apply: `${name}(` }));
  const options = knowledge.names.flatMap(({ options: some = [], id }) => some.map((option) => ({ label: option, detail: id, type: 'constant' })));
  return [...named(knowledge, 'field', 'computed'), ...functions, ...words(knowledge, 'macro', (name) => `${name}(`), ...options];
}

function list(options: readonly string[]): Completion[] {
  return options.map((label) => ({ label, type: 'constant' }));
}

/** What may stand at the end of this line in the front matter. */
function inFront(knowledge: Knowledge, doc: Text, line: number, before: string): Completion[] {
  if (/^\w*$/.test(before)) return words(knowledge, 'topKey', (name) => `${name}: `);
  if (/\btype:\s*[\w(]*$/.test(before)) return words(knowledge, 'type');
  if (/\brole:\s*\w*$/.test(before)) return named(knowledge, 'role');
  if (/\bfield:\s*\w*$/.test(before)) return named(knowledge, 'field');
  if (/^locale:\s*[\w-]*$/.test(before)) return list(knowledge.language?.locales ?? []);
  if (/^numbering:\s*\w*$/.test(before)) return list(['sections', 'outline', 'mixed', 'items', 'none']);
  if (/\b(?:signs|sensitive):\s*\w*$/.test(before)) return list(['true', 'false']);
  const quoted = (before.match(/"/g) ?? []).length % 2 === 1;
  if (expressionKeys.test(before) || (quoted && sectionOf(doc, line) === 'computed')) return expression(knowledge);
  const place = keysOf[sectionOf(doc, line)];
  if (!quoted && place && /(?:[{,]\s*|^\s{2,})\w*$/.test(before)) return words(knowledge, place, (name) => `${name}: `);
  return [];
}

function inTag(knowledge: Knowledge, inside: string): Completion[] {
  if (/^=/.test(inside)) return /(?:^|[^|])\|\s*[a-z]*$/.test(inside) ? words(knowledge, 'format') : expression(knowledge);
  if (/^#(?:if|elif)\b/.test(inside) || /^#each\s+\w+\s+in\s/.test(inside) || expressionKeys.test(inside)) return expression(knowledge);
  if (/^\s*#?\w*$/.test(inside)) return words(knowledge, 'tag', (name) => (/^[a-z]/.test(name) ? `${name}: ` : `${name} `));
  const directive = /^\s*([a-z]+):\s*([\w./-]*)$/.exec(inside)?.[1];
  if (directive === 'ref') return named(knowledge, 'unit');
  if (directive === 'term') return named(knowledge, 'term');
  if (directive === 'include') return list(knowledge.clauses);
  if (directive) return named(knowledge, 'field');
  if (/\brole=\s*\w*$/.test(inside)) return named(knowledge, 'role');
  return /,\s*\w*$/.test(inside) ? words(knowledge, 'fieldKey', (name) => `${name}=`) : [];
}

function inBody(knowledge: Knowledge, before: string): Completion[] {
  const tag = before.lastIndexOf('{{');
  if (tag > before.lastIndexOf('}}')) return inTag(knowledge, before.slice(tag + 2));
  const open = before.lastIndexOf('{');
  if (open <= before.lastIndexOf('}') || open < 0) return [];
  const inside = before.slice(open + 1);
  if ((inside.match(/"/g) ?? []).length % 2 === 1) return expressionKeys.test(inside) ? expression(knowledge) : [];
  return words(knowledge, 'attribute', (name) => ({ '#': '#', else: 'else', lock: 'lock' })[name] ?? `${name}="`);
}

export function complete(knowledge: () => Knowledge, { state, pos, explicit }: CompletionContext): CompletionResult | null {
  const line = state.doc.lineAt(pos);
  const before = state.sliceDoc(line.from, pos);
  const word = /[\w#=-]*$/.exec(before)![0].replace(/^.*=/, '');
  const front = pos <= bodyStart(state.doc);
  if (word === '' && !explicit && !/[{|:."'(, ]$/.test(before)) return null;
  const options = front ? inFront(knowledge(), state.doc, line.number, before) : inBody(knowledge(), before);
  return options.length === 0 ? null : { from: pos - word.length, options, validFor: /^[\w-]*$/ };
}

/** What stands at a place, told as lines of text: the first is code. */
export function explainWord(knowledge: Knowledge, doc: Text, pos: number): { from: number; to: number; lines: string[] } | null {
  const line = doc.lineAt(pos);
  const at = pos - line.from;
  const left = /[A-Za-z_][\w-]*$/.exec(line.text.slice(0, at))?.[0] ?? '';
  const right = /^[\w-]*/.exec(line.text.slice(at))?.[0] ?? '';
  const word = left + right;
  if (!/^[A-Za-z_]/.test(word)) return null;
  const from = pos - left.length;
  const to = pos + right.length;
  const start = line.text.slice(0, from - line.from);
  const front = pos <= bodyStart(doc);
  const inside = start.lastIndexOf('{') > start.lastIndexOf('}');
  if (!front && !inside) return null;
  const called = line.text[to - line.from] === '(';
  const fn = called ? knowledge.language?.functions.find(({ name, style }) => name === word && style !== 'operator') : undefined;
  if (fn) return { from, to, lines: [...fn.forms.slice(0, 6), fn.doc] };
  const named_ = knowledge.names.find(({ kind, id }) => id === word && kind !== 'unit') ?? knowledge.names.find(({ id }) => id === word);
  const key = front && line.text[to - line.from] === ':';
  if (named_ && !(key && /[{,]\s*$/.test(start))) {
    const value = named_.kind === 'field' || named_.kind === 'computed' ? knowledge.valueOf(word) : null;
    return { from, to, lines: [`${named_.id}: ${named_.type ?? named_.kind}`, named_.label ?? named_.when ?? '', value === null ? '' : value === '' ? '—' : value].filter(Boolean) };
  }
  const places: readonly WordPlace[] = front ? [keysOf[sectionOf(doc, line.number)] ?? 'topKey', 'topKey', 'type'] : start.endsWith('{{') ? ['tag'] : /\|\s*$/.test(start) ? ['format'] : start.lastIndexOf('{{') > start.lastIndexOf('}}') ? ['fieldKey', 'macro'] : ['attribute'];
  for (const place of places) {
    const told = knowledge.language?.words.find((entry) => entry.place === place && entry.name === word);
    if (told) return { from, to, lines: [told.form, told.doc] };
  }
  return null;
}
