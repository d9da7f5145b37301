// <countersign-audit-trail>: who did what, when by whose claim, on which device, with which consent, and what each field
// was and became. Claims of devices and facts that a service attested are told apart in words, not by colour alone.
import { css, html, nothing } from 'lit';
import type { EnvelopeSession, TrailEntry } from '../types.js';
import { CountersignElement, formatTime, saveFile } from './element.js';
import { baseStyles } from './styles.js';
import { auditTrail } from './trail.js';

/**
 * @csspart entry - one event
 */
export class CountersignAuditTrail extends auditTrail(CountersignElement, { html, nothing, css, baseStyles, formatTime, saveFile }) {
  declare session: EnvelopeSession | null;
  /** What is shown; filled from the session where there is one. */
  declare entries: readonly TrailEntry[];
}
