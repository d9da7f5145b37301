// Entry `countersign/template-editor`: the editor's class, without side effects. An entry of its own, because it brings
// CodeMirror, which no signer downloads.
export { CountersignTemplateEditor } from './template-editor.js';
export { editorWordsEn, registerEditorLocale, type EditorWords } from './words.js';
