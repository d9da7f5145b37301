// Registers the elements: the one module of the package with a side effect. A second version on the page keeps the first.
import { CountersignAuditTrail, CountersignCeremony, CountersignDocument, CountersignSignaturePad, CountersignVerify } from './index.js';

const tags = {
  'countersign-audit-trail': CountersignAuditTrail,
  'countersign-ceremony': CountersignCeremony,
  'countersign-document': CountersignDocument,
  'countersign-signature-pad': CountersignSignaturePad,
  'countersign-verify': CountersignVerify,
};

for (const [tag, element] of Object.entries(tags)) if (!customElements.get(tag)) customElements.define(tag, element);
