// The base of the verifier's element: all words, where the signing elements have only their own.
import { strings } from '../locales/evidence.js';
import type { Strings } from '../locales/locale.js';
import { CountersignElement } from './element.js';

export abstract class EvidenceElement extends CountersignElement {
  protected override get text(): Strings {
    return strings(this.locale);
  }
}
