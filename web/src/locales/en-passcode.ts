// What a page for a passcode says: a part of its own, as only browsers without Ed25519 keys show one.
import type { PasscodeStrings } from './locale.js';

export const enPasscode: PasscodeStrings = {
  chooseTitle: 'Choose a passcode', chooseLead: 'This browser cannot guard a signing key by itself, so a passcode of yours guards it. Only with it can anybody sign as you on this device.',
  chooseNote: 'At least 8 characters. It is stored nowhere and nobody can recover it: if you forget it, open your link on another device or in another browser and begin again there. What you signed stays signed.', chooseButton: 'Use this passcode',
  enterTitle: 'Enter your passcode', enterLead: 'The passcode that you chose on this device opens your signing key. Everything you entered is still here.',
  enterNote: 'It cannot be recovered. If you have forgotten it, open your link on another device or in another browser and begin again there.', enterButton: 'Go on',
  label: 'Passcode', again: 'The same passcode again', differs: 'The two passcodes differ. Type the same one twice.', working: 'Opening your signing key…', done: 'Your signing key is open.',
  errors: {
    'keys.short_passcode': 'A passcode needs at least 8 characters.',
    'crypto.open_failed': 'That is not the passcode that you chose on this device. Nothing is lost; try again.',
    'crypto.bad_passphrase': 'Enter your passcode.',
    'crypto.out_of_memory': 'This device has too little free memory to open the signing key. Close other pages and try again.',
  },
};
