// Entry `countersign/template-editor`: the editor's class, without side effects. An entry of its own, because it brings
// CodeMirror, which no signer downloads.
import type { TemplateEditorElement } from '../elements/public.js';
import { CountersignTemplateEditor as TemplateEditor } from './template-editor.js';

export const CountersignTemplateEditor: new () => TemplateEditorElement = TemplateEditor;
export type CountersignTemplateEditor = TemplateEditorElement;
export { editorWordsEn, registerEditorLocale, type EditorWords } from './words.js';
