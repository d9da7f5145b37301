import { css } from 'lit';

export const verifyStyles = css`
  h1 { font-size: 1.5rem; margin: 0 0 8px; }
  h3 { margin: 1.5rem 0 6px; font-size: 1.1rem; }
  h4 { margin: 1rem 0 4px; }
  .lead { color: var(--_muted); margin: 0 0 16px; }
  .drop { display: grid; place-items: center; gap: 10px; padding: 28px 16px; border: 2px dashed var(--_line); border-radius: var(--_radius); text-align: center; cursor: pointer; }
  .drop.over { border-color: var(--_accent); background: var(--_sunken); }
  .drop:focus-within { outline: 3px solid var(--_accent); outline-offset: 2px; }
  .button { padding: 10px 18px; border: 1px solid var(--_accent); border-radius: var(--_radius); color: var(--_accent); font-weight: 600; }
  .verdict { margin-top: 20px; padding: 14px 18px; border-radius: var(--_radius); border: 1px solid var(--_soft-line); border-inline-start: 8px solid var(--_line); background: var(--_sunken); }
  .verdict h2 { margin: 0; font-size: 1.3rem; }
  .verdict p { margin: 4px 0 0; }
  .verdict.valid { border-inline-start-color: var(--_good); }
  .verdict.invalid { border-inline-start-color: var(--_danger); }
  ul { padding-inline-start: 1.2rem; }
  .plain { list-style: none; padding: 0; }
  .plain li { padding: 6px 0; border-bottom: 1px solid var(--_soft-line); }
  .law { display: flex; justify-content: space-between; gap: 16px; }
  li.invalid > span { color: var(--_danger); }
  table { border-collapse: collapse; width: 100%; }
  th, td { text-align: start; vertical-align: top; padding: 4px 10px 4px 0; border-bottom: 1px solid var(--_soft-line); overflow-wrap: anywhere; }
  th { font-weight: 400; color: var(--_muted); width: 34%; }
  td.note { overflow-wrap: normal; }
  @media (max-width: 30rem) { tr { display: grid; grid-template-columns: 1fr auto; border-bottom: 1px solid var(--_soft-line); padding: 4px 0; } th, td { width: auto; padding: 0; border: 0; } td:not(.note) { grid-row: 2; grid-column: 1 / -1; } .law { flex-wrap: wrap; } }
  summary { cursor: pointer; min-height: 44px; display: flex; align-items: center; color: var(--_accent); }
  code { font-size: 0.82rem; color: var(--_muted); overflow-wrap: anywhere; }
  @media print { .drop, button, .lead { display: none; } details { display: block; } }
`;
