import type { css, CSSResult } from 'lit';

export const auditTrailStyles = (make: typeof css): CSSResult => make`
  .lead { color: var(--_muted); margin: 0 0 12px; }
  ol { list-style: none; margin: 0; padding: 0; border-inline-start: 2px solid var(--_soft-line); }
  li { position: relative; padding: 4px 0 14px 18px; }
  li::before { content: ''; position: absolute; inset-inline-start: -6px; top: 12px; width: 10px; height: 10px; border-radius: 50%; background: var(--_accent); }
  li.dead::before { background: var(--_danger); }
  li.dead strong { text-decoration: line-through; }
  .head { display: flex; flex-wrap: wrap; gap: 0 10px; align-items: baseline; }
  .who { color: var(--_muted); }
  .when { font-size: 0.88rem; color: var(--_muted); }
  .facts { margin: 4px 0 0; display: flex; flex-wrap: wrap; gap: 2px 18px; font-size: 0.92rem; }
  .facts div { display: flex; gap: 6px; min-width: 0; }
  dt { color: var(--_muted); }
  dd { margin: 0; overflow-wrap: anywhere; }
  table { border-collapse: collapse; margin-top: 6px; font-size: 0.92rem; max-width: 100%; }
  th, td { text-align: start; padding: 2px 12px 2px 0; vertical-align: top; overflow-wrap: anywhere; }
  th { overflow-wrap: normal; }
  thead th { color: var(--_muted); font-weight: 400; }
  summary { cursor: pointer; color: var(--_accent); font-size: 0.88rem; min-height: 28px; }
  code, pre { font-size: 0.82rem; overflow-wrap: anywhere; white-space: pre-wrap; margin: 0; }
`;
