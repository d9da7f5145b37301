// What all elements share: tokens a host may set, native controls made comfortable for a thumb, focus that is seen.
// Adopted as constructed sheets, so a policy without 'unsafe-inline' is enough.
import { css } from 'lit';

export const baseStyles = css`
  :host {
    --_accent: var(--countersign-color-accent, #1f4fd8);
    --_on-accent: var(--countersign-color-on-accent, #fff);
    --_text: var(--countersign-color-text, #16181d);
    --_muted: var(--countersign-color-muted, #565c68);
    --_surface: var(--countersign-color-surface, #fff);
    --_sunken: var(--countersign-color-sunken, #f3f5f9);
    --_line: var(--countersign-color-line, #767d8c);
    --_soft-line: var(--countersign-color-soft-line, #d5dae3);
    --_danger: var(--countersign-color-danger, #b3261e);
    --_good: var(--countersign-color-good, #17693a);
    --_ink: var(--countersign-color-ink, #14213d);
    --_radius: var(--countersign-radius, 10px);
    --_space: var(--countersign-space, 16px);
    --_font: var(--countersign-font, system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif);
    --_serif: var(--countersign-font-document, Georgia, 'Times New Roman', 'Noto Serif', serif);
    display: block;
    color: var(--_text);
    font: 400 1rem/1.5 var(--_font);
    -webkit-text-size-adjust: 100%;
    text-size-adjust: 100%;
  }
  @media (prefers-color-scheme: dark) {
    :host(:not([scheme='light'])) {
      --_accent: var(--countersign-color-accent, #8fb0ff);
      --_on-accent: var(--countersign-color-on-accent, #0b1530);
      --_text: var(--countersign-color-text, #eceff5);
      --_muted: var(--countersign-color-muted, #b3bac8);
      --_surface: var(--countersign-color-surface, #14171e);
      --_sunken: var(--countersign-color-sunken, #1e232d);
      --_line: var(--countersign-color-line, #8b93a5);
      --_soft-line: var(--countersign-color-soft-line, #353c4a);
      --_danger: var(--countersign-color-danger, #ff9c94);
      --_good: var(--countersign-color-good, #86d6a4);
      --_ink: var(--countersign-color-ink, #dfe7ff);
      color-scheme: dark;
    }
  }
  *, ::before, ::after { box-sizing: border-box; }
  :host([hidden]), [hidden] { display: none !important; }
  button, input, select, textarea { font: inherit; color: inherit; letter-spacing: inherit; }
  button {
    min-height: 44px; min-width: 44px; padding: 8px 16px; border: 1px solid var(--_line); border-radius: var(--_radius);
    background: var(--_surface); cursor: pointer; touch-action: manipulation;
  }
  button.primary { background: var(--_accent); color: var(--_on-accent); border-color: var(--_accent); font-weight: 600; }
  button.quiet { border-color: transparent; background: transparent; color: var(--_accent); }
  button.danger { color: var(--_danger); border-color: var(--_danger); }
  button:disabled { opacity: 0.55; cursor: default; }
  input[type='text'], input[type='email'], input[type='tel'], input[type='date'], input[type='password'], input[type='search'], input[type='file'], select, textarea {
    width: 100%; min-height: 48px; padding: 10px 12px; border: 1px solid var(--_line); border-radius: var(--_radius); background: var(--_surface); font-size: max(16px, 1rem);
  }
  input[type='checkbox'], input[type='radio'] { width: 24px; height: 24px; margin: 0; accent-color: var(--_accent); flex: none; }
  input[aria-invalid='true'], [aria-invalid='true'] { border-color: var(--_danger); border-width: 2px; }
  :focus-visible { outline: 3px solid var(--_accent); outline-offset: 2px; }
  a { color: var(--_accent); }
  .unseen { position: absolute; width: 1px; height: 1px; margin: -1px; padding: 0; border: 0; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  .field { display: block; }
  .field > span { display: block; font-weight: 600; margin-bottom: 4px; }
  .note { color: var(--_muted); margin: 4px 0 0; }
  .problem { color: var(--_danger); margin: 4px 0 0; }
  .hash { color: var(--_muted); overflow-wrap: anywhere; font-size: 0.8rem; }
  @media (prefers-reduced-motion: reduce) { *, ::before, ::after { transition: none !important; animation: none !important; scroll-behavior: auto !important; } }
  @media (forced-colors: active) { button.primary { border: 2px solid ButtonText; } }
`;
