// Registers what a signing page draws, and nothing else: the ceremony with its document and its signature pad; it fetches the
// audit trail for whoever opens it. A page with trails or verdicts of its own takes `countersign/elements/define`.
import { CountersignCeremony } from './ceremony.js';
import { CountersignDocument } from './document.js';
import { register } from './register.js';
import { CountersignSignaturePad } from './signature-pad.js';

register({ 'countersign-ceremony': CountersignCeremony, 'countersign-document': CountersignDocument, 'countersign-signature-pad': CountersignSignaturePad });

export type { CountersignEventMap } from './public.js';
export { registerLocale, sayError, signingStrings } from '../locales/locale.js';
