// The page where a passcode guards the signing key. Loaded by browsers that keep none themselves; `make` is Lit's `html`, as in
// file-field.ts.
import type { html, TemplateResult } from 'lit';
import { enPasscode } from '../locales/en-passcode.js';
import type { PasscodeStrings, SigningStrings, Strings } from '../locales/locale.js';

export const passcodeWords = (text: SigningStrings): PasscodeStrings => ('passcode' in text ? (text as Strings).passcode : enPasscode);

/** `problem`: '', 'differs' or a code, of which `say` knows the sentence. */
export function renderPasscode(make: typeof html, text: SigningStrings, what: 'choose' | 'enter', busy: boolean, problem: string, say: (code: string) => string, heading: (words: string, lead: string) => TemplateResult, bar: (right: TemplateResult) => TemplateResult, submit: (form: HTMLFormElement) => void): TemplateResult {
  const passcode = passcodeWords(text);
  const chosen = what === 'choose';
  const input = (name: string, label: string): TemplateResult => make`<label class="field"><span>${label}</span>
      <input type="password" name=${name} autocomplete=${chosen ? 'new-password' : 'current-password'} autocapitalize="none" spellcheck="false" maxlength="200" ?readonly=${busy} aria-invalid=${problem ? 'true' : 'false'} aria-describedby="passcode-note passcode-problem" /></label>`;
  return make`<form class="step" novalidate @submit=${(event: SubmitEvent) => { event.preventDefault(); submit(event.target as HTMLFormElement); }}>
      <main class="card">
        ${heading(chosen ? passcode.chooseTitle : passcode.enterTitle, chosen ? passcode.chooseLead : passcode.enterLead)}
        ${input('passcode', passcode.label)}${chosen ? input('again', passcode.again) : ''}
        <p class="note" id="passcode-note">${chosen ? passcode.chooseNote : passcode.enterNote}</p>
        <p class="problem" id="passcode-problem" role="alert">${problem === 'differs' ? passcode.differs : problem ? make`${(passcode.errors as Readonly<Record<string, string | undefined>>)[problem] ?? say(problem)} <code>${problem}</code>` : ''}</p>
        <p role="status">${busy ? passcode.working : ''}</p>
      </main>
      ${bar(make`<button type="submit" part="primary" class="primary" ?disabled=${busy}>${chosen ? passcode.chooseButton : passcode.enterButton}</button>`)}
    </form>`;
}
