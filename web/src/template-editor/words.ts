// The words of the template editor, apart from the others: signers never download them.

export interface EditorWords {
  readonly source: string; readonly preview: string; readonly values: string; readonly why: string; readonly whyHere: string; readonly nextProblem: string;
  readonly problems: (errors: number, warnings: number) => string;
  readonly fine: string; readonly working: string; readonly stale: string; readonly nothing: string;
  readonly hint: string; readonly line: (line: number) => string; readonly value: (text: string) => string; readonly unanswered: string;
  readonly conditional: string; readonly noCondition: string; readonly locked: string; readonly showSource: string; readonly chooseUnit: string;
  readonly states: Readonly<Record<'in' | 'out' | 'omitted' | 'pending', string>>;
  readonly holds: (holds: boolean | null) => string;
  readonly choose: string;
}

const count = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;

export const editorWordsEn: EditorWords = {
  source: 'Source of the template', preview: 'The agreement as it stands', values: 'Try it with', why: 'Why is this clause here?', whyHere: 'Why is this here?', nextProblem: 'Next problem',
  problems: (errors, warnings) => [errors ? count(errors, 'error', 'errors') : '', warnings ? count(warnings, 'warning', 'warnings') : ''].filter(Boolean).join(', '),
  fine: 'No problems', working: 'Checking…', stale: 'There are errors. What you see is the text before them.', nothing: 'The agreement appears here when the source has no errors.',
  hint: 'Ctrl+Space completes, F8 goes to the next problem, Ctrl+Shift+M lists all with their fixes, and Tab leaves the editor.', line: (line) => `line ${line}`, value: (text) => `now: ${text}`, unanswered: 'not filled in',
  conditional: 'Clauses with a condition', noCondition: 'No condition: it always stands.', locked: 'Locked wording', showSource: 'Show in the source', chooseUnit: 'Choose a clause in the agreement, or put the cursor on one in the source.',
  states: { in: 'stands', out: 'is left out', omitted: 'is left out, its number stays', pending: 'waits for answers' },
  holds: (holds) => (holds === null ? 'waits' : holds ? 'is true' : 'is false'),
  choose: 'Choose…',
};

const registry = new Map<string, EditorWords>([['en', editorWordsEn]]);

export function registerEditorLocale(lang: string, words: EditorWords): void {
  registry.set(lang, words);
}
export function editorWords(locale: string): EditorWords {
  const tag = locale || document.documentElement.lang || 'en';
  return registry.get(tag) ?? registry.get(tag.split('-')[0] ?? '') ?? editorWordsEn;
}
