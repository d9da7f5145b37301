import { css } from 'lit';

export const padStyles = css`
  .tabs { display: flex; gap: 8px; margin: 0 0 12px; padding: 0; border: 0; }
  .tab { flex: 1; display: flex; align-items: center; gap: 8px; min-height: 48px; padding: 8px 12px; border: 1px solid var(--_line); border-radius: var(--_radius); cursor: pointer; }
  .tab:has(:checked) { border-color: var(--_accent); box-shadow: inset 0 0 0 1px var(--_accent); }
  .sheet {
    position: relative; aspect-ratio: 5 / 2; width: 100%; max-height: 50dvh; border: 1px solid var(--_line); border-radius: var(--_radius); background: var(--_surface);
    overflow: hidden; touch-action: none; user-select: none; -webkit-user-select: none; -webkit-touch-callout: none; cursor: crosshair;
  }
  svg { display: block; width: 100%; height: 100%; }
  .ink { fill: none; stroke: var(--_ink); stroke-width: 7; stroke-linecap: round; stroke-linejoin: round; }
  .line { fill: none; stroke: var(--_soft-line); stroke-width: 3; stroke-dasharray: 2 10; stroke-linecap: round; }
  .hint { position: absolute; inset: auto 0 22%; text-align: center; color: var(--_muted); pointer-events: none; }
  .row { display: flex; justify-content: flex-end; gap: 4px; margin-top: 4px; }
  .typed { display: grid; place-items: center; margin-top: 12px; padding: 0 12px; touch-action: auto; cursor: default; }
  .typed span { font: italic 400 clamp(1.6rem, 9vw, 3rem) / 1.2 'Snell Roundhand', 'Segoe Script', 'Apple Chancery', 'URW Chancery L', cursive, var(--_serif); color: var(--_ink); max-width: 100%; overflow-wrap: anywhere; text-align: center; }
`;
