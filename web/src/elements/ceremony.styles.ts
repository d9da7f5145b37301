import { css } from 'lit';

export const ceremonyStyles = css`
  :host { min-height: 100dvh; background: var(--_surface); }
  .frame { display: flex; flex-direction: column; min-height: 100dvh; }
  .lone { padding: 3rem var(--_space); text-align: center; color: var(--_muted); }
  .top, .bar { padding-inline: max(var(--_space), calc(50% - 21rem)); }
  .top { display: flex; align-items: center; gap: 8px; padding-block: 6px; padding-top: max(6px, env(safe-area-inset-top)); border-bottom: 1px solid var(--_soft-line); position: sticky; top: 0; background: var(--_surface); z-index: 2; }
  .title { flex: 1; min-width: 0; line-height: 1.25; }
  .title strong, .title span { display: block; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
  .title span { font-size: 0.85rem; color: var(--_muted); }
  .sync { font-size: 0.8rem; padding: 2px 8px; border-radius: 999px; background: var(--_sunken); color: var(--_muted); white-space: nowrap; }
  .sync:empty { padding: 0; }
  .sync.sent, .sync.seen { color: var(--_good); }
  .step { flex: 1; display: flex; flex-direction: column; }
  main { flex: 1; width: 100%; margin: 0 auto; padding: calc(var(--_space) * 1.25) var(--_space) calc(var(--_space) * 2); }
  main :is(input, button, summary) { scroll-margin-block: 80px 9rem; }
  main.card { max-width: 36rem; }
  main.reading { max-width: calc(42rem + 2 * var(--_space)); }
  h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 8px; text-wrap: balance; outline-offset: 6px; }
  h1:focus { outline: none; }
  h2 { font-size: 1.1rem; line-height: 1.3; margin: 1.5rem 0 6px; }
  .lead { color: var(--_muted); margin: 0 0 var(--_space); font-size: 1.05rem; }
  .banner { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: center; margin: 0 0 12px; padding: 10px 14px; border-radius: var(--_radius); background: var(--_sunken); border-inline-start: 4px solid var(--_accent); }
  .frame > .banner { margin: 0; border-radius: 0; }
  .banner > span { flex: 1 1 14rem; }
  .banner.bad { border-color: var(--_danger); }
  .banner.good { border-color: var(--_good); }
  .bar { display: flex; flex-wrap: wrap; align-items: center; gap: 12px; position: sticky; bottom: 0; padding-block: 10px max(10px, env(safe-area-inset-bottom)); background: var(--_surface); border-top: 1px solid var(--_soft-line); z-index: 2; }
  .bar > * { flex: 1; }
  .bar .right { text-align: end; }
  .bar .primary { min-width: min(8.5rem, 40vw); min-height: 48px; }
  .bar .middle { flex: 0 1 auto; text-align: center; }
  .count { font-variant-numeric: tabular-nums; color: var(--_muted); white-space: nowrap; }
  progress { display: block; width: 5rem; height: 6px; margin: 4px auto 0; accent-color: var(--_accent); }
  .page { margin: 8px 0 12px; padding: 18px; border: 1px solid var(--_soft-line); border-radius: 4px; background: var(--_sunken); font-family: var(--_serif); font-size: 1.1rem; }
  .page p { margin: 0; }
  details > summary { cursor: pointer; min-height: 44px; display: flex; align-items: center; gap: 6px; color: var(--_accent); list-style: none; }
  details > summary::-webkit-details-marker { display: none; }
  details > summary::before { content: ''; width: 0.45em; height: 0.45em; border-right: 2px solid; border-bottom: 2px solid; transform: rotate(-45deg); margin-inline: 2px 4px; }
  details[open] > summary::before { transform: rotate(45deg); }
  dt { font-weight: 600; margin-top: 8px; }
  dd { margin: 0; }
  .pairs { margin: 0; }
  .pairs dt { font-weight: 400; color: var(--_muted); font-size: 0.92rem; }
  .pairs dd { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: 4px 12px; font-weight: 600; border-bottom: 1px solid var(--_soft-line); padding-bottom: 4px; overflow-wrap: anywhere; }
  .pairs dd button { font-weight: 400; margin-inline-start: auto; }
  countersign-signature-pad + .places { margin-top: 16px; }
  .plain { list-style: none; margin: 0; padding: 0; }
  .plain .quiet { padding-inline: 4px; }
  .tick { display: flex; align-items: center; gap: 12px; min-height: 48px; padding: 4px 0; cursor: pointer; }
  .choices { border: 0; margin: 0; padding: 0; }
  .choices legend { font-weight: 600; padding: 0; }
  .need { font-weight: 400; color: var(--_muted); }
  .places { list-style: none; margin: 0 0 20px; padding: 0; display: grid; gap: 8px; }
  .place { width: 100%; display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: 2px 12px; text-align: start; min-height: 56px; }
  .place .name { font-weight: 600; }
  .place .answer { color: var(--_muted); overflow-wrap: anywhere; }
  .place.filled, .place.placed { border-color: var(--_good); }
  .place.filled .answer, .place.placed .answer { color: var(--_good); }
  .place.wrong { border-color: var(--_danger); }
  .place.wrong .answer { color: var(--_danger); }
  .tools { display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: start; margin-bottom: 16px; border-bottom: 1px solid var(--_soft-line); padding-bottom: 8px; }
  .find { flex: 1 1 12rem; }
  .finding { position: sticky; top: 3.5rem; z-index: 1; background: var(--_surface); padding-top: 8px; }
  .hits { flex-basis: 100%; display: flex; align-items: center; gap: 4px; }
  .hits .note { flex: 1; margin: 0; }
  .outline ol { list-style: none; margin: 0; padding: 0; }
  .outline button { text-align: start; }
  .level-2 { padding-inline-start: 2rem !important; }
  .acts { display: grid; gap: 10px; margin: 16px 0; }
  [data-step='check'] .bar .middle, [data-step='sign'] .bar .middle { order: -1; flex-basis: 100%; font-size: 0.95rem; }
  .card .reading { margin-top: 20px; padding-top: 28px; border-top: 1px solid var(--_soft-line); }
  dialog { border: 1px solid transparent; padding: 16px var(--_space) max(16px, env(safe-area-inset-bottom)); width: 100%; max-width: min(36rem, 100vw); color: var(--_text); background: var(--_surface); border-radius: 16px 16px 0 0; margin: auto auto 0; max-height: 85dvh; overflow: auto; box-shadow: 0 -6px 30px rgb(0 0 0 / 0.25); }
  dialog::backdrop { background: rgb(0 0 0 / 0.35); }
  @media (min-width: 700px) { dialog { margin: auto; border-radius: 16px; } dialog.sheet { margin-bottom: 5rem; } }
  .sheet-head { display: flex; justify-content: space-between; align-items: center; gap: 8px; }
  .sheet-head h2 { margin: 0; }
  .context { color: var(--_muted); font-family: var(--_serif); border-inline-start: 3px solid var(--_soft-line); padding-inline-start: 10px; margin: 4px 0 14px; max-height: 7.5em; overflow: auto; }
  .sheet-acts { display: grid; grid-template-columns: auto 1fr; gap: 12px; margin-top: 12px; }
  .sheet-acts .primary { min-height: 48px; }
  .blockers ul { list-style: none; margin: 0; padding: 0; }
  .field + .field { margin-top: 16px; }
  .file input { color: transparent; } /* what the browser says of it; the line below knows what is kept */
  code { font-size: 0.85em; color: var(--_muted); overflow-wrap: anywhere; }
  @media (max-width: 22rem) { .bar .middle { order: -1; flex-basis: 100%; } }
  @media (max-height: 30rem) { .top { position: static; } .finding { top: 0; } }
  /* A phone on its side with the keyboard up, and 400 % zoom: what is read gets the room, what comes next stands below it. */
  @media (max-height: 18rem) { .bar { position: static; } }
  @media print { .top, .bar, .tools, dialog, .acts, details, .banner, h1, .lead { display: none !important; } }
`;
