// The verify page: everything it needs is on this device after the first visit; no file leaves it.
import { init } from 'countersign';
import { registerServiceWorker } from 'countersign/service-worker/register';
import 'countersign/elements/define';
import { sentences } from 'countersign/sentences';

const main = document.getElementById('main');
try {
  registerServiceWorker('sw.js');
  const element = document.createElement('countersign-verify');
  element.countersign = await init({ wasm: new URL('sign.wasm', import.meta.url), proofWasm: new URL('proof.wasm', import.meta.url), authorWasm: new URL('author.wasm', import.meta.url), storeName: 'countersign-portal', sentences });
  main.replaceChildren(element);
} catch (error) {
  main.textContent = `The page could not start (${error.code ?? error.message}). Reload it once with a connection.`;
}
