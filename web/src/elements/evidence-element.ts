// The base of the elements that tell what happened: all words, where the signing elements have only their own.
import { strings } from '../locales/evidence.js';
import type { Strings } from '../locales/locale.js';
import type { FileValue, Json, PlainValue } from '../types.js';
import { CountersignElement } from './element.js';

/** The value as a file, where it is one. */
export function fileOf(value: PlainValue | Json | undefined): FileValue | null {
  const file = value as unknown as FileValue | null | undefined;
  return typeof file === 'object' && typeof file?.blob === 'string' && typeof file.sha256 === 'string' ? file : null;
}

export abstract class EvidenceElement extends CountersignElement {
  protected override get text(): Strings {
    return strings(this.locale);
  }
}
