// Colours of a template's source: YAML in front, Markdown behind it, tags and attributes inside. For eyes only: what a
// template means, the compiler says.
import { HighlightStyle, StreamLanguage, type StringStream } from '@codemirror/language';
import { tags as t } from '@lezer/highlight';

interface State {
  zone: 'start' | 'front' | 'body';
  inside: 'tag' | 'attributes' | '';
  /** In a tag: nothing stood there yet. */
  first: boolean;
  heading: boolean;
}

const attributesBegin = /^\{(?=#[A-Za-z]|(?:when|each|omitted|lock|keep|else|unnumbered|restart)\b)/;

function yaml(stream: StringStream): string | null {
  if (stream.eatSpace()) return null;
  if (stream.match(/^#.*/)) return 'comment';
  if (stream.match(/^(?:- )?[\w.-]+(?=\s*:(?:\s|$))/)) return 'propertyName';
  if (stream.match(/^"(?:[^"\\]|\\.)*"?/) || stream.match(/^'(?:[^']|'')*'?/)) return 'string';
  if (stream.match(/^-?\d[\d.]*\b/)) return 'number';
  if (stream.match(/^(?:true|false|null)\b/)) return 'bool';
  if (stream.match(/^[{}[\],:|>]/)) return 'punctuation';
  if (!stream.match(/^[^{}[\],:"'#]+/)) stream.next();
  return null;
}

/** Inside `{{ }}` and `{ }`. */
function code(stream: StringStream, state: State): string | null {
  if (stream.eatSpace()) return null;
  const tag = state.inside === 'tag';
  if (stream.match(tag ? '}}' : '}')) {
    state.inside = '';
    return 'brace';
  }
  const { first } = state;
  state.first = false;
  if (stream.match(/^"(?:[^"\\]|\\.)*"?/) || stream.match(/^'(?:[^'\\]|\\.)*'?/)) return 'string';
  if (stream.match(/^#[\w.-]*/)) return tag ? 'keyword' : 'labelName';
  if (tag && first && stream.match(/^(?:=|\/?[a-z]+)/)) return 'keyword';
  if (stream.match(/^\d[\d.]*/)) return 'number';
  if (stream.match(/^(?:true|false|null|in)\b/)) return 'keyword';
  if (stream.match(/^[A-Za-z_]\w*(?=\s*\()/)) return 'variableName.function';
  if (stream.match(/^[A-Za-z_][\w-]*(?=\s*=[^=])/) || (!tag && stream.match(/^[a-z]+/))) return 'attributeName';
  if (stream.match(/^\|(?!\|)\s*[a-z]*/)) return 'keyword';
  if (stream.match(/^[A-Za-z_]\w*/)) return 'variableName';
  if (stream.match(/^(?:&&|\|\||[=!<>]=|[-+*/%<>!?:=])/)) return 'operator';
  stream.next();
  return 'punctuation';
}

function markdown(stream: StringStream, state: State): string | null {
  if (stream.sol()) {
    state.heading = false;
    if (stream.match(/^#{1,6}\s/)) state.heading = true;
    else if (stream.match(/^\s*(?:[-*+]|\d+[.)])\s/)) return 'list';
    else if (stream.match(/^:::.*/)) return 'meta';
  }
  if (stream.match(/^\\./)) return state.heading ? 'heading' : null;
  if (stream.match(/^\{\{!.*?\}\}/)) return 'comment';
  if (stream.match('{{')) {
    state.inside = 'tag';
    state.first = true;
    return 'brace';
  }
  if (stream.match(attributesBegin)) {
    state.inside = 'attributes';
    return 'brace';
  }
  if (stream.match(/^\*\*[^*{]+\*\*/)) return 'strong';
  if (stream.match(/^[*_][^*_{\s][^*_{]*[*_]/)) return 'emphasis';
  if (stream.match(/^\[[^\]{]*\]\([^)]*\)/)) return 'link';
  stream.next();
  stream.match(/^[^\\{*_[]+/);
  return state.heading ? 'heading' : null;
}

export const templateLanguage = StreamLanguage.define<State>({
  name: 'countersign-template',
  startState: () => ({ zone: 'start', inside: '', first: false, heading: false }),
  token(stream, state) {
    if (stream.sol()) {
      state.inside = ''; // a tag is one line
      if (state.zone !== 'body' && stream.match(/^---\s*$/)) {
        state.zone = state.zone === 'start' ? 'front' : 'body';
        return 'meta';
      }
      if (state.zone === 'start') state.zone = 'body';
    }
    if (state.zone === 'front') return yaml(stream);
    return state.inside ? code(stream, state) : markdown(stream, state);
  },
  languageData: { closeBrackets: { brackets: ['(', '[', '{', '"', "'"] } },
});

const colour = (name: string): string => `var(--_code-${name})`;

export const templateColours = HighlightStyle.define([
  { tag: t.heading, fontWeight: '700' },
  { tag: t.strong, fontWeight: '700' },
  { tag: t.emphasis, fontStyle: 'italic' },
  { tag: [t.keyword, t.bool], color: colour('keyword') },
  { tag: [t.string], color: colour('string') },
  { tag: t.number, color: colour('number') },
  { tag: t.variableName, color: 'var(--_text)' },
  { tag: [t.comment, t.meta, t.punctuation], color: colour('quiet') },
  { tag: [t.propertyName, t.attributeName], color: colour('property') },
  { tag: t.labelName, color: colour('label'), fontWeight: '600' },
  { tag: t.function(t.variableName), color: colour('function') },
  { tag: [t.brace, t.list, t.link], color: colour('label') },
]);
