// <countersign-audit-trail>: who did what, when by whose claim, on which device, with which consent, and what each field
// was and became. Claims of devices and facts that a service attested are told apart in words, not by colour alone.
import { css, html, nothing } from 'lit';
import { sayError } from '../locales/locale.js';
import type { EnvelopeSession, TrailEntry } from '../types.js';
import { codeOf, CountersignElement, formatTime, saveFile } from './element.js';
import { baseStyles } from './styles.js';
import { auditTrail } from './trail.js';

/**
 * @fires countersign-error - the trail could not be read; `detail.error`
 * @csspart entry - one event
 */
export class CountersignAuditTrail extends auditTrail(CountersignElement, { html, nothing, css, baseStyles, formatTime, saveFile, codeOf, sayError }) {
  declare session: EnvelopeSession | null;
  /** What is shown; filled from the session where there is one. */
  declare entries: readonly TrailEntry[];
}
