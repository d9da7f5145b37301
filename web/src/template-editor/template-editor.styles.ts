import { css } from 'lit';

export const templateEditorStyles = css`
  :host {
    --_code-keyword: #7a2e8e; --_code-string: #17693a; --_code-number: #8a4b00; --_code-quiet: #565c68; --_code-property: #1f4fd8; --_code-label: #9b1c5a; --_code-function: #0b5c74; --_select: #cfe0ff;
    --_mono: ui-monospace, 'SF Mono', 'DejaVu Sans Mono', 'Noto Sans Mono', monospace;
  }
  @media (prefers-color-scheme: dark) {
    :host(:not([scheme='light'])) { --_code-keyword: #d7a6ff; --_code-string: #86d6a4; --_code-number: #ffc27a; --_code-quiet: #b3bac8; --_code-property: #8fb0ff; --_code-label: #ff9fce; --_code-function: #7fd6ee; --_select: #2d4675; }
  }
  .bar { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 16px; margin-bottom: 8px; }
  .bar p { margin: 0; }
  .bar .file { font-weight: 600; }
  .bar .count { flex: 1; }
  .count.bad { color: var(--_danger); }
  .count.good { color: var(--_good); }
  .panes { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 16px; align-items: start; }
  .source, .result { min-width: 0; }
  .editor { border: 1px solid var(--_line); border-radius: var(--_radius); overflow: hidden; background: var(--_surface); }
  .editor:focus-within { outline: 3px solid var(--_accent); outline-offset: 2px; }
  .editor :focus-visible { outline: none; }
  .result { display: grid; gap: 12px; }
  .sheet { border: 1px solid var(--_soft-line); border-radius: var(--_radius); padding: 12px 20px; max-height: 70vh; overflow: auto; background: var(--_surface); }
  .panel { border: 1px solid var(--_soft-line); border-radius: var(--_radius); background: var(--_surface); padding: 8px 14px; }
  .panel > summary { cursor: pointer; font-weight: 600; min-height: 44px; display: flex; align-items: center; }
  .panel > summary::before { content: '▸'; margin-inline-end: 8px; }
  .panel[open] > summary::before { content: '▾'; }
  .values { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 10px 14px; padding: 4px 0 8px; max-height: 45vh; overflow: auto; }
  .values .tick { display: flex; align-items: center; gap: 10px; min-height: 44px; }
  .why h3 { margin: 4px 0; font-size: 1rem; }
  .why ul { margin: 4px 0; padding-inline-start: 20px; }
  .why code, .clauses code { font-family: var(--_mono); font-size: 0.9em; }
  .clauses { list-style: none; margin: 0; padding: 0; }
  .clauses li { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 10px; border-top: 1px solid var(--_soft-line); }
  .clauses .note { margin: 0; }
  .state-in { color: var(--_good); }
  .state-out, .state-omitted { color: var(--_muted); }
  .state-pending { color: var(--_danger); }
  @media (max-width: 60rem) { .panes { grid-template-columns: minmax(0, 1fr); } .sheet { max-height: none; } }
`;
