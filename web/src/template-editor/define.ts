// Entry `countersign/template-editor/define`: registers the editor, and the document it shows, where the page has not.
import { CountersignDocument } from '../elements/document.js';
import { CountersignTemplateEditor } from './template-editor.js';

const tags = { 'countersign-document': CountersignDocument, 'countersign-template-editor': CountersignTemplateEditor };

for (const [tag, element] of Object.entries(tags)) if (!customElements.get(tag)) customElements.define(tag, element);

export type { CountersignEventMap } from '../elements/public.js';
