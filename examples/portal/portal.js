// The support portal: choose who you are, prepare an agreement from a template and a customer record, send, follow.
// Everything that decides is behind the package's public names; this file is forms and lists.
import { init, makeLink } from 'countersign';
import { HttpBackend } from 'countersign/backends/http';
import 'countersign/elements/define';
import { sayError, strings } from 'countersign/elements';
import { sentences } from 'countersign/sentences';
import { registerServiceWorker } from 'countersign/service-worker/register';
import { el, when } from './dom.js';
import { renderEnvelope } from './envelope.js';
import { renderNew } from './new.js';
import { renderEditor, renderTemplates } from './templates.js';

const main = document.getElementById('main');
const failure = document.getElementById('failure');
const personKey = 'countersign-portal-person';
let leave = () => {};

function showFailure(error) {
  const code = error?.code ?? '';
  failure.hidden = false;
  failure.replaceChildren(el('span', { text: code ? sayError('en', code) : String(error?.message ?? error) }), ' ', el('code', { text: code }), ' ', el('button', { type: 'button', class: 'quiet', text: 'Close', onclick: () => { failure.hidden = true; } }));
}

export const portal = {
  countersign: null,
  backend: null,
  sync: null,
  config: null,
  person: null,
  account: null,
  statusWords: strings('en').status,
  fail: showFailure,
  say(words) {
    document.getElementById('said').textContent = words;
  },
  go(path) {
    location.hash = path;
  },
  linkFor(link) {
    return makeLink(`${portal.config.signing}/`, link);
  },
  /** The owner's key of this person on this device. */
  ownerKey() {
    return portal.countersign.keys.device(`owner/${portal.person.id}`);
  },
};

async function json(path, options) {
  const answer = await fetch(path, options);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

/** Kept for the next start without a server; a fresh one replaces it. */
async function loadConfig() {
  try {
    const config = await json('demo/config.json');
    localStorage.setItem('countersign-portal-config', JSON.stringify(config));
    return config;
  } catch (error) {
    const kept = localStorage.getItem('countersign-portal-config');
    if (kept) return JSON.parse(kept);
    throw error;
  }
}

async function account() {
  if (portal.account === null) portal.account = (await json('demo/session', { method: 'POST' })).account;
  return portal.account;
}

function choosePerson(page) {
  page.replaceChildren(
    el('div', { class: 'narrow' }, el('h1', { text: 'Who are you?' }),
      el('p', { class: 'muted', text: 'This is a demo: there are no passwords here, and anyone who opens this page may be any of these people.' }),
      portal.config.lan ? null : el('p', { class: 'note', text: 'Links open on this computer only. Start with LAN=1 ./run demo to let a phone take part.' }),
      el('ul', { class: 'cards' }, portal.config.people.map((person) => el('li', {}, el('button', { type: 'button', class: 'card', onclick: () => setPerson(person) }, el('strong', { text: person.name }), el('span', { text: `${person.does === 'agent' ? 'Agent' : 'Signs for the provider'}, ${person.organisation}` })))))),
  );
}

function setPerson(person) {
  localStorage.setItem(personKey, person.id);
  portal.person = person;
  drawTop();
  portal.go('#/');
  void route();
}

function drawTop() {
  const { person } = portal;
  document.getElementById('who').replaceChildren(...(person ? [el('span', { text: person.name }), el('button', { type: 'button', class: 'quiet', text: 'Change', onclick: () => { localStorage.removeItem(personKey); portal.person = null; drawTop(); void route(); } })] : []));
  const links = person?.does === 'agent' ? [['#/', 'Agreements'], ['#/new', 'New agreement'], ['#/templates', 'Templates'], ['verify.html', 'Verify']] : person ? [['#/', 'To sign'], ['verify.html', 'Verify']] : [['verify.html', 'Verify']];
  document.getElementById('nav').replaceChildren(...links.map(([href, text]) => el('a', { href, text, 'aria-current': href === (location.hash || '#/').replace(/^#\/(templates|new)\/.*/, '#/$1') ? 'page' : undefined })));
}

function importButton() {
  const input = el('input', { type: 'file', accept: '.countersign,.html', hidden: true, id: 'import-file', onchange: async () => {
    const [file] = input.files;
    if (!file) return;
    try {
      const session = await portal.countersign.import(new Uint8Array(await file.arrayBuffer()));
      const { stream } = session.state;
      await session.close();
      portal.go(`#/e/${stream}`);
    } catch (error) {
      showFailure(error);
    }
    input.value = '';
  } });
  return el('span', {}, el('button', { type: 'button', text: 'Open an evidence file', onclick: () => input.click() }), input);
}

async function renderList(page) {
  const body = el('tbody');
  let all = [];
  let limit = 200; // as many as one looks through; who searches wants all of them
  const search = el('input', { type: 'search', id: 'search', placeholder: 'Title, name or status', autocomplete: 'off', oninput: () => {
    if (limit > 200) return show();
    limit = 10_000;
    return void draw().catch(showFailure);
  } });
  const draw = async () => {
    const { envelopes } = await portal.countersign.envelopes(null, limit);
    all = envelopes.filter(({ actor }) => !actor || actor.as === 'owner');
    show();
  };
  /** What has every word that is searched for. */
  const show = () => {
    const wanted = search.value.trim().toLocaleLowerCase().split(/\s+/);
    const mine = all.filter(({ title, recipients, status }) => {
      const words = [title, portal.statusWords[status], ...recipients.map(({ name, id }) => name ?? id)].join(' ').toLocaleLowerCase();
      return wanted.every((word) => words.includes(word));
    }).slice(0, 200);
    body.replaceChildren(...mine.map((envelope) => el('tr', {},
      el('td', {}, el('a', { href: `#/e/${envelope.stream}`, text: envelope.title || 'Untitled' }), el('small', { text: envelope.recipients.map(({ name, id }) => name ?? id).join(', ') })),
      el('td', {}, el('span', { class: `status ${envelope.status}`, text: portal.statusWords[envelope.status] })),
      el('td', { text: { device: 'On this device', sent: 'At the server', seen: 'Seen by the other side' }[envelope.sync.place] }), el('td', { text: when(envelope.changedAt) }))));
    if (mine.length === 0) body.replaceChildren(el('tr', {}, el('td', { colSpan: 4, class: 'muted', text: all.length ? 'Nothing matches. Search for a part of the title, of a name or of the status.' : 'No agreements yet. “New agreement” begins one.' })));
  };
  page.replaceChildren(el('div', { class: 'head' }, el('h1', { text: 'Agreements' }), el('div', { class: 'acts' }, importButton(), el('a', { class: 'button primary', href: '#/new', text: 'New agreement' }))),
    el('label', { class: 'field search' }, el('span', { text: 'Find an agreement' }), search),
    el('table', { class: 'list' }, el('thead', {}, el('tr', {}, ['Agreement', 'Status', 'Where it is', 'Last change'].map((text) => el('th', { scope: 'col', text })))), body));
  await draw();
  const stop = portal.countersign.store.watch?.(() => void draw().catch(showFailure));
  portal.sync?.addEventListener('sync', draw);
  return () => {
    stop?.();
    portal.sync?.removeEventListener('sync', draw);
  };
}

/** The provider's signer: no inbox of secrets on a server, so the link she was sent is opened here. */
function renderSigner(page) {
  const input = el('input', { type: 'text', id: 'link', autocomplete: 'off', spellcheck: false, placeholder: `${portal.config.signing}/#…` });
  const form = el('form', { onsubmit: (event) => {
    event.preventDefault();
    const at = input.value.indexOf('#');
    if (at < 0) return showFailure({ code: 'link.malformed' });
    return location.assign(`${portal.config.signing}/${input.value.slice(at).trim()}`);
  } }, el('label', { class: 'field' }, el('span', { text: 'Your link' }), input), el('button', { class: 'primary', type: 'submit', text: 'Open to sign' }));
  page.replaceChildren(el('div', { class: 'narrow' }, el('h1', { text: 'To sign' }), el('p', { text: 'Agents send you a link for each agreement. Paste it here, or open it in any browser: you sign on the signing page, with a key that stays on that device.' }), form));
}

function render(page) {
  if (!portal.person) return choosePerson(page);
  if (portal.person.does !== 'agent') return renderSigner(page);
  const path = location.hash.replace(/^#/, '') || '/';
  const envelope = /^\/e\/([0-9a-f]{32})$/.exec(path);
  if (envelope) return renderEnvelope(portal, page, envelope[1]);
  if (path === '/new' || path.startsWith('/new/')) return renderNew(portal, page, decodeURIComponent(path.slice(5)));
  if (path.startsWith('/templates/edit/')) return renderEditor(portal, page, decodeURIComponent(path.slice(16)));
  if (path === '/templates') return renderTemplates(portal, page);
  return renderList(page);
}

let turn = 0;

/** Each address is drawn in a page of its own: what is still being made for one that was left meanwhile overwrites nothing. */
async function route() {
  const mine = (turn += 1);
  leave();
  leave = () => {};
  failure.hidden = true;
  drawTop();
  const page = el('div');
  try {
    const rendering = render(page);
    // What was there stays until there is something else to see.
    if (page.firstChild) main.replaceChildren(page);
    const left = (await rendering) ?? (() => {});
    if (mine !== turn) return left();
    leave = left;
    if (!page.isConnected) main.replaceChildren(page);
    if (portal.person?.does === 'agent') main.focus({ preventScroll: true });
  } catch (error) {
    if (mine !== turn) return undefined;
    showFailure(error);
    // What stood here before belongs to another address.
    main.replaceChildren(el('h1', { text: 'This cannot be shown' }), el('p', {}, 'It may be in another browser, or not here any more. ', el('a', { href: '#/', text: 'All agreements' })));
  }
  return undefined;
}

try {
  registerServiceWorker('sw.js');
  portal.config = await loadConfig();
  portal.countersign = await init({ wasm: new URL('sign.wasm', import.meta.url), proofWasm: new URL('proof.wasm', import.meta.url), authorWasm: new URL('author.wasm', import.meta.url), storeName: 'countersign-portal', sentences });
  portal.backend = new HttpBackend({ url: '', access: (stream) => portal.countersign.store.record(`access/${stream}`), account });
  portal.sync = portal.countersign.sync(portal.backend);
  portal.person = portal.config.people.find(({ id }) => id === localStorage.getItem(personKey)) ?? null;
  window.addEventListener('hashchange', () => void route());
  await route();
} catch (error) {
  showFailure(error);
  main.textContent = 'The portal could not start.';
}
