// The signing page: opens an invitation, works without a connection from then on, and syncs when it can.
// Copy it: everything below uses the package's public names only.
import { init, linkToken, parseLink } from 'countersign';
import { HttpBackend } from 'countersign/backends/http';
import { sayError, signingStrings } from 'countersign/elements/signing';
import { registerServiceWorker } from 'countersign/service-worker/register';

const app = document.getElementById('app');
const streamOnly = /^#?([0-9a-f]{32})$/;
/** @type {import('countersign').Countersign} */
let countersign;
/** The link that was opened, until it has been joined: asked for before the store is there. @type {import('countersign').InvitationLink | null} */
let asked = null;
const backend = new HttpBackend({ url: '', access: async (stream) => (asked?.stream === stream ? { token: await linkToken(asked) } : countersign.store.record(`access/${stream}`)) });
/** Fetched only by browsers without Ed25519 keys of their own. */
const keysWasm = new URL('keys.wasm', import.meta.url);
let ceremony = null;
let engineSync = null;

function message(title, words, code, ...buttons) {
  const box = document.createElement('main');
  box.className = 'message';
  const heading = document.createElement('h1');
  heading.textContent = title;
  heading.tabIndex = -1;
  const text = document.createElement('p');
  text.textContent = words;
  box.append(heading, text);
  if (code) {
    const shown = document.createElement('code');
    shown.textContent = code;
    box.append(shown);
  }
  box.append(...buttons);
  app.replaceChildren(box);
  heading.focus();
  return box;
}

function button(label, run, primary = false) {
  const element = document.createElement('button');
  element.type = 'button';
  element.textContent = label;
  if (primary) element.className = 'primary';
  element.addEventListener('click', run);
  return element;
}

/** A file can carry an agreement where no server does. */
function fileButton(after) {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = '.countersign,.html';
  input.hidden = true;
  input.id = 'agreement-file';
  input.addEventListener('change', async () => {
    const [file] = input.files ?? [];
    if (!file) return;
    try {
      // With a link in hand its stream is where the agreement belongs, so that both find each other.
      const stream = /^#([0-9a-f]{32})\./.exec(location.hash)?.[1];
      const session = await countersign.import(new Uint8Array(await file.arrayBuffer()), undefined, stream ? { stream } : {});
      await session.close();
      await after();
    } catch (error) {
      explain(error);
    }
  });
  const choose = button('Open the agreement from a file', () => input.click());
  const both = document.createElement('div');
  both.append(choose, input);
  return both;
}

function explain(error) {
  const code = error?.code ?? 'engine.dead';
  const retry = button('Try again', () => void start(), true);
  message('This agreement could not be opened', sayError('', code), code, retry, fileButton(async () => start()));
}

const invitation = (stream) => `invitation/${stream}`;

/** Looking does not join: whatever opens links before people do leaves no trace, and the page is there sooner. */
async function join({ stream, secret }) {
  const session = await countersign.join({ stream, secret }, { backend, preview: true });
  asked = null;
  if (session.actor) return show(session);
  // Kept until the first act has bound this device's key, so that the secret can leave the address at once.
  const kept = countersign.store.commit({ stream, records: { [invitation(stream)]: { secret } } });
  const forget = () => {
    if (!session.actor) return;
    session.removeEventListener('change', forget);
    void countersign.store.commit({ stream, records: { [invitation(stream)]: null } });
  };
  session.addEventListener('change', forget);
  return show(session, kept);
}

function show(session, kept = Promise.resolve()) {
  if (session.passcode) void import('./keys-offline.js').then(({ keepOffline }) => keepOffline(keysWasm)).catch(() => undefined);
  const { stream } = session.state;
  // The address keeps only what opens the agreement on this device, once that is there.
  void kept.then(() => { if (location.hash.startsWith(`#${stream}`)) history.replaceState(null, '', `#${stream}`); }, () => undefined);
  ceremony ??= document.createElement('countersign-ceremony');
  const before = ceremony.session;
  ceremony.durable = countersign.storage.durable;
  ceremony.session = session;
  void before?.close();
  const help = document.createElement('div');
  help.slot = 'help';
  help.append(fileButton(async () => undefined));
  ceremony.replaceChildren(help);
  app.replaceChildren(ceremony);
  document.title = session.state.title ?? document.title;
  engineSync ??= countersign.sync(backend);
}

async function list() {
  const { envelopes } = await countersign.envelopes(null, 50);
  if (envelopes.length === 0) return message('Nothing to sign here yet', 'Open the link you were sent. It works on this device from then on, also without a connection.', '', fileButton(start));
  const box = message('Your agreements on this device', 'Choose one to go on.', '');
  const { listOf } = await import('./list.js');
  box.append(listOf(envelopes, signingStrings('').status));
  return box;
}

async function start() {
  try {
    const { hash } = location;
    const known = streamOnly.exec(hash);
    if (known) {
      const actor = await countersign.actor(known[1]);
      if (actor) return show(await countersign.open(known[1], actor));
      const invited = await countersign.store.record(invitation(known[1]));
      if (invited) return await join({ stream: known[1], ...invited });
    }
    if (hash.length < 2 || known) return await list();
    return await join(parseLink(hash));
  } catch (error) {
    return explain(error);
  }
}

/** Everything that needs no engine begins while that is on its way: the agreement's first page, the element. */
function prepare() {
  try {
    asked = parseLink(location.hash);
  } catch {
    return; // said when the engine is there, beside what this device holds
  }
  backend.ahead(asked.stream);
  ceremony = document.createElement('countersign-ceremony');
  app.replaceChildren(ceremony);
}

try {
  prepare();
  countersign = await init({ wasm: new URL('sign.wasm', import.meta.url), proofWasm: new URL('proof.wasm', import.meta.url), keysWasm, storeName: 'countersign-signing' });
  window.addEventListener('hashchange', () => void start());
  await start();
  // Last: it fetches everything once more than a first view needs.
  registerServiceWorker('sw.js');
} catch (error) {
  message('This page could not start', sayError('', error?.code ?? ''), error?.code ?? String(error), button('Reload', () => location.reload(), true));
}
