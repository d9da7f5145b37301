// The control for a file or photo, and how a file is said. Loaded where a template asks for one.
import type { html, TemplateResult } from 'lit';
import { enFile } from '../locales/en-file.js';
import type { SigningStrings, Strings } from '../locales/locale.js';
import type { CeremonyField, FileValue } from '../types.js';

/** The longer side of a photo that is made smaller, in pixels: a page of text stays legible. */
const longSide = 2400;

/** "48 kB", as people say it; the exact number stands in what is signed. */
function saySize(bytes: number): string {
  return bytes < 1000 ? `${bytes} B` : bytes < 1_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** The photo with fewer pixels; `null` where the browser cannot read it. */
async function smaller(photo: File): Promise<File | null> {
  try {
    const bitmap = await createImageBitmap(photo, { imageOrientation: 'from-image' });
    const scale = Math.min(1, longSide / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(bitmap.width * scale);
    canvas.height = Math.round(bitmap.height * scale);
    canvas.getContext('2d')!.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    const blob = await new Promise<Blob | null>((done) => { canvas.toBlob(done, 'image/jpeg', 0.85); });
    return blob && new File([blob], `${photo.name.replace(/\.\w+$/, '')}.jpg`, { type: 'image/jpeg' });
  } catch {
    return null;
  }
}

/**
 * `make` is Lit's `html`: an import of it here would divide what every signing page fetches. `attach` hands a file over or
 * takes it away; false where that was refused, and `refusal` has the code.
 */
export function renderFile(make: typeof html, text: SigningStrings, refusal: () => string | undefined, field: CeremonyField, label: TemplateResult, invalid: string, described: string, attach: (file: File | null) => Promise<boolean>): TemplateResult {
  const words = 'file' in text ? (text as Strings).file : enFile;
  const value = field.value as FileValue | undefined;
  const refused = refusal();
  const chosen = async (event: Event): Promise<void> => {
    const input = event.target as HTMLInputElement;
    const status = input.closest('.file')!.querySelector('[data-status]')!;
    const file = input.files?.[0];
    if (!file) return;
    status.textContent = words.reading;
    let said = '';
    if (!(await attach(file)) && refusal() === 'blob.too_large' && file.type.startsWith('image/')) {
      const photo = await smaller(file);
      if (photo && (await attach(photo))) said = words.smaller;
    }
    status.textContent = said;
    input.value = ''; // the same file may be picked again
  };
  return make`<div class="file">
    <label class="field">${label}<input data-control type="file" accept=${field.input.accept ?? ''} aria-invalid=${invalid} aria-describedby="file-now ${described}" @change=${chosen} /></label>
    <p id="file-now">${value ? make`<strong>${value.name}</strong> ${saySize(value.size)} <button type="button" class="quiet" data-remove @click=${() => void attach(null)}>${words.remove}</button>` : words.none}</p>
    <p class="note" data-status role="status"></p>
    <p class="problem" role="alert">${refused ? make`${refused === 'blob.too_large' ? words.tooLarge : (text.errors as Readonly<Record<string, string | undefined>>)[refused] ?? text.errors.other} <code>${refused}</code>` : ''}</p>
  </div>`;
}
