// All words, for the elements that tell what happened: the audit trail and the verifier.
import { en } from './en.js';
import { enFile } from './en-file.js';
import { enEvidence } from './en-evidence.js';
import { enPasscode } from './en-passcode.js';
import { signingStrings, type Strings } from './locale.js';

const english: Strings = { ...en, ...enEvidence, file: enFile, passcode: enPasscode };

/** As `signingStrings`, with the words of the audit trail and of reports. */
export function strings(locale: string): Strings {
  const found = signingStrings(locale);
  return 'trail' in found ? found : english; // a language of the host's own has all of them
}
