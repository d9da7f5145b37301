// Registers all elements. A page that only signs takes `countersign/elements/signing`.
import { CountersignAuditTrail, CountersignCeremony, CountersignDocument, CountersignSignaturePad, CountersignVerify } from './index.js';
import { register } from './register.js';

register({
  'countersign-audit-trail': CountersignAuditTrail,
  'countersign-ceremony': CountersignCeremony,
  'countersign-document': CountersignDocument,
  'countersign-signature-pad': CountersignSignaturePad,
  'countersign-verify': CountersignVerify,
});

export type { CountersignEventMap } from './public.js';
