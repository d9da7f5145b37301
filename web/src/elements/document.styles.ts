import { css } from 'lit';

export const documentStyles = css`
  /* A table that no phone has room for moves sideways by itself; the page and its bar stay. */
  .paper { font: 400 1.0625rem/1.6 var(--_serif); color: var(--_text); overflow-wrap: break-word; hyphens: auto; overflow-x: auto; margin-inline: -4px; padding-inline: 4px; }
  article { max-width: 42rem; margin: 0 auto; }
  h1 { font: 700 1.6rem/1.25 var(--_font); margin: 0 0 1rem; text-wrap: balance; }
  h2, h3, h4, h5, h6 { font: 650 1.15rem/1.35 var(--_font); margin: 1.75rem 0 0.5rem; scroll-margin-top: 80px; }
  h2, h3, h4, h5, h6 { break-after: avoid; }
  [data-keep] { break-inside: avoid; }
  h3 { font-size: 1.05rem; }
  h4, h5, h6 { font-size: 1rem; }
  p { margin: 0 0 0.75rem; }
  ul, ol { margin: 0 0 0.75rem; padding-inline-start: 1.4rem; }
  ol { list-style: none; padding-inline-start: 0; }
  ol > li { display: grid; grid-template-columns: auto minmax(0, 1fr); column-gap: 0.6rem; margin-bottom: 0.4rem; }
  ol > li > .number { grid-column: 1; }
  ol > li > :not(.number) { grid-column: 2; }
  table { border-collapse: collapse; width: 100%; margin: 0 0 0.75rem; }
  th, td { border-block: 1px solid var(--_soft-line); padding: 0.4rem 0.6rem 0.4rem 0; text-align: start; vertical-align: top; }
  th { font: 650 0.95em/1.4 var(--_font); }
  @media (max-width: 30rem) { th, td { min-width: 4rem; padding-inline-end: 0.4rem; font-size: 0.85em; overflow-wrap: anywhere; } }
  .right { text-align: end; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
  .center { text-align: center; }
  section, li, p, tr { scroll-margin-top: 80px; }
  .number { font-variant-numeric: tabular-nums; }
  .omitted { color: var(--_muted); font-style: italic; }
  a { color: inherit; text-underline-offset: 0.15em; }
  code { font: 0.95em/1.4 ui-monospace, 'DejaVu Sans Mono', monospace; }
  .blank { display: inline-block; min-width: 7rem; padding: 0 0.4rem; border-bottom: 1.5px solid var(--_line); color: var(--_muted); font-family: var(--_font); font-size: 0.95em; }
  .blank.filled { color: var(--_text); min-width: 0; }
  .blank[data-kind='file'] { overflow-wrap: anywhere; }
  .blank.own { background: color-mix(in srgb, var(--_accent) 10%, transparent); border-bottom-color: var(--_accent); color: var(--_accent); border-radius: 4px 4px 0 0; }
  .blank.own.filled { color: var(--_text); }
  .blank[role='button'] { cursor: pointer; min-height: 44px; padding: 8px 10px; }
  .blank { scroll-margin-top: max(80px, 20vh); }
  .blank.current { outline: 3px solid var(--_accent); outline-offset: 1px; }
  .blank[data-kind='sign'], .blank[data-kind='initial'] { min-width: 11rem; vertical-align: bottom; }
  .blank[data-kind='sign'].filled bdi { font: italic 400 1.7em/1.2 'Snell Roundhand', 'Segoe Script', 'Apple Chancery', 'URW Chancery L', cursive, var(--_serif); color: var(--_ink); }
  svg.mark { display: block; height: 3.4rem; max-width: 100%; fill: none; stroke: var(--_ink); stroke-width: 7; stroke-linecap: round; stroke-linejoin: round; }
  .fresh { animation: fresh 2.4s ease-out; }
  @keyframes fresh { from { background: color-mix(in srgb, var(--_good) 26%, transparent); } to { background: transparent; } }
  ::highlight(countersign-find) { background: #ffe08a; color: #16181d; }
  ::highlight(countersign-found) { background: #b34700; color: #fff; }
  @media print { .blank { color: #000; background: none !important; } }
`;
