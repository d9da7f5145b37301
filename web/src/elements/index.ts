// The element classes, without side effects; `countersign/elements/define` registers them. Their types are those of public.ts:
// a host has no Lit that the classes' own could be read with.
import { CountersignAuditTrail as AuditTrail } from './audit-trail.js';
import { CountersignCeremony as Ceremony } from './ceremony.js';
import { CountersignDocument as Document } from './document.js';
import type { AuditTrailElement, CeremonyElement, DocumentElement, SignaturePadElement, VerifyElement } from './public.js';
import { CountersignSignaturePad as SignaturePad } from './signature-pad.js';
import { CountersignVerify as Verify } from './verify.js';

export const CountersignAuditTrail: new () => AuditTrailElement = AuditTrail;
export type CountersignAuditTrail = AuditTrailElement;
export const CountersignCeremony: new () => CeremonyElement = Ceremony;
export type CountersignCeremony = CeremonyElement;
export const CountersignDocument: new () => DocumentElement = Document;
export type CountersignDocument = DocumentElement;
export const CountersignSignaturePad: new () => SignaturePadElement = SignaturePad;
export type CountersignSignaturePad = SignaturePadElement;
export const CountersignVerify: new () => VerifyElement = Verify;
export type CountersignVerify = VerifyElement;

export type { CountersignElementBase, CountersignEventMap, OutlineEntry } from './public.js';
export { strings } from '../locales/evidence.js';
export { registerLocale, sayError, signingStrings, type SigningStrings, type Strings } from '../locales/locale.js';
export { en } from '../locales/en.js';
