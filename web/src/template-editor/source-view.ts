// The editing surface: CodeMirror with our colours, our completion and the compiler's problems in their places. In a shadow
// root its styles are constructed sheets, so a policy without 'unsafe-inline' is enough.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { syntaxHighlighting } from '@codemirror/language';
import { forceLinting, linter, lintGutter, lintKeymap, nextDiagnostic, type Diagnostic as Mark } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension } from '@codemirror/state';
import { drawSelection, EditorView, hoverTooltip, keymap, lineNumbers } from '@codemirror/view';
import type { Diagnostic } from '../types.js';
import { complete, explainWord, type Knowledge } from './complete.js';
import { templateColours, templateLanguage } from './highlight.js';
import type { EditorWords } from './words.js';

const theme = EditorView.theme({
  '&': { color: 'var(--_text)', backgroundColor: 'var(--_surface)', fontSize: '0.94rem', maxHeight: '78vh' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--_mono)', lineHeight: '1.55', minHeight: '16rem', overflow: 'auto' },
  '.cm-content': { padding: '8px 0', caretColor: 'var(--_text)' },
  '.cm-cursor': { borderLeftColor: 'var(--_text)', borderLeftWidth: '2px' },
  '.cm-gutters': { color: 'var(--_muted)', backgroundColor: 'var(--_sunken)', borderRight: '1px solid var(--_soft-line)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { background: 'var(--_select)' },
  '.cm-selectionMatch': { backgroundColor: 'var(--_sunken)' },
  '.cm-tooltip': { color: 'var(--_text)', backgroundColor: 'var(--_surface)', border: '1px solid var(--_line)', borderRadius: '8px', overflow: 'hidden', maxWidth: 'min(34rem, 92vw)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '4px 8px', lineHeight: '1.5' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { color: 'var(--_on-accent)', background: 'var(--_accent)' },
  '.cm-completionDetail': { fontStyle: 'normal', opacity: '1' },
  '.cm-completionInfo': { padding: '6px 10px' },
  '.cm-hover': { padding: '6px 10px', fontFamily: 'var(--_font)' },
  '.cm-hover code': { display: 'block', fontFamily: 'var(--_mono)', fontSize: '0.9em' },
  '.cm-panels': { color: 'var(--_text)', backgroundColor: 'var(--_sunken)' },
  '.cm-diagnostic': { padding: '6px 10px', borderLeftWidth: '4px' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--_danger)' },
  '.cm-diagnosticAction': { minHeight: '32px', color: 'var(--_on-accent)', backgroundColor: 'var(--_accent)', borderRadius: '6px', padding: '4px 10px' },
  '.cm-textfield, .cm-button': { minHeight: '36px', color: 'var(--_text)', background: 'var(--_surface)', border: '1px solid var(--_line)', borderRadius: '6px' },
});

/** UTF-16 offsets of byte offsets, for fixes: those are told in bytes. */
function utf16Of(text: string, byte: number): number {
  let bytes = 0;
  for (let i = 0; i < text.length; ) {
    if (bytes >= byte) return i;
    const point = text.codePointAt(i)!;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    i += point < 0x10000 ? 1 : 2;
  }
  return text.length;
}

function toMark(text: string, diagnostic: Diagnostic): Mark {
  const [from, to] = diagnostic.span.utf16;
  const { fix } = diagnostic;
  const start = Math.min(from, text.length);
  return {
    from: start, to: Math.max(start, Math.min(to, text.length)), severity: diagnostic.severity, source: diagnostic.code,
    message: diagnostic.hint ? `${diagnostic.message}. ${diagnostic.hint}` : diagnostic.message,
    ...(fix ? { actions: [{ name: fix.text === '' ? `− ${text.slice(utf16Of(text, fix.byte[0]), utf16Of(text, fix.byte[1])).trim()}` : `→ ${fix.text.trim()}`, apply: (view: EditorView) => view.dispatch({ changes: { from: utf16Of(text, fix.byte[0]), to: utf16Of(text, fix.byte[1]), insert: fix.text } }) }] } : {}),
  };
}

export interface SourceOptions {
  readonly root: ShadowRoot;
  readonly parent: HTMLElement;
  readonly words: EditorWords;
  readonly source: string;
  /** Compiles what stands there, and answers the problems. */
  check(source: string): Promise<readonly Diagnostic[]>;
  knowledge(): Knowledge;
  changed(): void;
  moved(position: number): void;
  save(): void;
}

export class SourceView {
  readonly #view: EditorView;
  readonly #options: SourceOptions;

  constructor(options: SourceOptions) {
    this.#options = options;
    this.#view = new EditorView({ root: options.root, parent: options.parent, state: this.#state(options.source) });
  }

  #state(source: string): EditorState {
    const { words, check, knowledge, changed, moved, save } = this.#options;
    const extensions: Extension[] = [
      lineNumbers(), lintGutter(), history(), drawSelection(), closeBrackets(), search({ top: true }), highlightSelectionMatches(),
      templateLanguage, syntaxHighlighting(templateColours), theme, EditorView.lineWrapping,
      EditorView.contentAttributes.of({ 'aria-label': words.source, tabindex: '0', spellcheck: 'true', autocapitalize: 'off' }),
      autocompletion({ override: [(context) => complete(knowledge, context)], icons: false }),
      linter(async (view) => {
        const text = view.state.doc.toString();
        return (await check(text)).map((diagnostic) => toMark(text, diagnostic));
      }, { delay: 200 }),
      hoverTooltip((view, pos) => {
        const told = explainWord(knowledge(), view.state.doc, pos);
        if (!told) return null;
        return { pos: told.from, end: told.to, above: true, create: () => ({ dom: hover(told.lines) }) };
      }),
      keymap.of([{ key: 'Mod-s', run: () => { save(); return true; } }, ...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap]),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) changed();
        if (update.selectionSet || update.docChanged) moved(update.state.selection.main.head);
      }),
    ];
    return EditorState.create({ doc: source, extensions });
  }

  get source(): string {
    return this.#view.state.doc.toString();
  }
  set source(text: string) {
    if (text !== this.source) this.#view.setState(this.#state(text));
    forceLinting(this.#view);
  }
  get position(): number {
    return this.#view.state.selection.main.head;
  }
  check(): void {
    forceLinting(this.#view);
  }
  nextProblem(): void {
    nextDiagnostic(this.#view);
    this.#view.focus();
  }
  show(from: number): void {
    const at = Math.min(from, this.#view.state.doc.length);
    this.#view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) });
    this.#view.focus();
  }
  close(): void {
    this.#view.destroy();
  }
}

function hover([first = '', ...rest]: readonly string[]): HTMLElement {
  const box = document.createElement('div');
  box.className = 'cm-hover';
  const code = document.createElement('code');
  code.textContent = first;
  box.append(code, ...rest.map((line) => Object.assign(document.createElement('div'), { textContent: line })));
  return box;
}
