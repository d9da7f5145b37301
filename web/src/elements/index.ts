// The element classes, without side effects; `countersign/elements/define` registers them.
export { CountersignAuditTrail } from './audit-trail.js';
export { CountersignCeremony } from './ceremony.js';
export { CountersignDocument } from './document.js';
export { CountersignSignaturePad } from './signature-pad.js';
export { CountersignVerify } from './verify.js';
export { strings } from '../locales/evidence.js';
export { registerLocale, sayError, type Strings } from '../locales/locale.js';
export { en } from '../locales/en.js';
