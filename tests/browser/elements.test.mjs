// The elements by themselves, on a page that has no more than the package: sender and signer are two engines in it.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { extname, join, resolve } from 'node:path';
import { after, before, it } from 'node:test';
import { consent, source } from '../web/support.mjs';
import { openBrowser, root } from './support.mjs';

const types = { '.js': 'text/javascript', '.wasm': 'application/wasm' };
const html = '<!doctype html><html lang="fr"><meta charset="utf-8"><title>elements</title><script type="module" src="/page.js"></script><main></main><aside></aside></html>';
const script = `import * as countersign from '/dist/index.js';
import * as elements from '/dist/elements/index.js';
import '/dist/elements/define.js';
import '/dist/template-editor/define.js';
async function signing({ source, consent }, given = {}) {
  const { init, MemoryStore } = countersign;
  const portal = await init({ store: new MemoryStore() });
  const { template } = await portal.templates.compile(source);
  const owner = await portal.create({
    title: 'Plan', sender: { name: 'Ann' }, template: { compiled: template.compiled, source }, values: { seats: 2, unitPrice: ['5.00', 'EUR'] }, consent,
    recipients: [{ id: 'customer', role: 'customer', recipientType: 'signer', order: 1, name: 'Carla' }],
  }, await portal.keys.device('owner'));
  await owner.dispatch({ do: 'send' });
  const phone = await init(Object.defineProperty(given, 'store', { value: new MemoryStore() }));
  const itemsOf = async ({ store }) => (await store.read(owner.state.stream, null, 1000)).items;
  await phone.receive(owner.state.stream, await itemsOf(portal));
  const session = await phone.join((await owner.links()).customer);
  return { portal, owner, phone, session, itemsOf };
}
Object.assign(globalThis, { countersign, elements, signing, ready: true });`;
const contract = { source, consent };
let server;
let browser;
let page;

before(async () => {
  server = http.createServer(({ url }, response) => {
    const path = new URL(url, 'http://x').pathname;
    const head = (type) => response.writeHead(200, { 'content-type': type });
    if (path === '/') return head('text/html').end(html);
    if (path === '/page.js') return head('text/javascript').end(script);
    const file = resolve(root, `.${path}`);
    if (!file.startsWith(join(root, 'dist/')) || !existsSync(file)) return response.writeHead(404).end();
    return head(types[extname(file)] ?? 'application/octet-stream').end(readFileSync(file));
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  server.close();
});
/** A page of its own for each test. */
async function open() {
  page = await browser.page();
  await page.goto(`http://localhost:${server.address().port}`);
  await page.waitForFunction(() => globalThis.ready);
}

it('the evidence names the language that is shown: the element\'s, and never one that there are no words for', { timeout: 60_000 }, async () => {
  await open();
  const told = await page.evaluate(async (given) => {
    const { session } = await signing(given);
    const languages = [session.ceremony.locale];
    elements.registerLocale({ ...elements.strings('en'), lang: 'de' });
    const ceremony = document.createElement('countersign-ceremony');
    document.querySelector('main').append(ceremony);
    ceremony.session = session;
    await ceremony.updateComplete;
    languages.push(session.ceremony.locale);
    ceremony.locale = 'de-AT';
    await ceremony.updateComplete;
    languages.push(session.ceremony.locale);
    const { ceremony: acts } = session;
    await acts.act({ do: 'start' });
    await acts.act({ do: 'tickConsent', ticked: true });
    await acts.act({ do: 'typeCode', text: acts.view.access.code });
    await acts.act({ do: 'giveConsent' });
    await acts.act({ do: 'reach', units: 9, of: 9 });
    await acts.act({ do: 'present' });
    const shown = (await session.trail()).entries.find(({ type }) => type === 'document.presented');
    return { languages, shown: shown.facts.locale };
  }, contract);
  // Of the page, which is French, before there was an element; then English, as there are no French words; then German.
  assert.deepEqual(told, { languages: ['fr', 'en', 'de'], shown: 'de' });
});

it('an element that is moved in the page goes on: the ceremony, the trail and what comes into view', { timeout: 60_000 }, async () => {
  await open();
  const told = await page.evaluate(async (given) => {
    const { portal, owner, phone, session, itemsOf } = await signing(given);
    const [main, aside] = [document.querySelector('main'), document.querySelector('aside')];
    const ceremony = document.createElement('countersign-ceremony');
    const trail = document.createElement('countersign-audit-trail');
    const paper = document.createElement('countersign-document');
    ceremony.session = session;
    trail.session = session;
    paper.content = '<article><section id="unit-a"><p>A</p></section><section id="unit-b" style="display: block; margin-top: 4000px"><p>B</p></section></article>';
    main.append(paper, ceremony, trail);
    await Promise.all([paper, ceremony, trail].map((one) => one.updateComplete));
    const has = (type) => trail.entries.some((entry) => entry.type === type);
    let reached = 0;
    paper.addEventListener('countersign-unit-reached', ({ detail }) => { reached = detail.reached; });
    const until = async (condition) => { for (let i = 0; i < 200 && !condition(); i += 1) await new Promise((done) => { setTimeout(done, 10); }); return condition(); };
    const before = await until(() => reached === 1 && trail.entries.length > 0);
    aside.append(paper, ceremony, trail);
    // Not heard while it was out of the page.
    trail.remove();
    ceremony.remove();
    await owner.dispatch({ do: 'comment', text: 'Meanwhile' });
    await phone.receive(owner.state.stream, await itemsOf(portal));
    main.append(ceremony, trail);
    const caughtUp = await until(() => has('comment.added'));
    await owner.dispatch({ do: 'void', reason: 'Afterwards' });
    await phone.receive(owner.state.stream, await itemsOf(portal));
    const hears = await until(() => ceremony.view.envelope.status === 'voided' && has('envelope.voided'));
    paper.showUnit('b');
    const seen = await until(() => reached === 2);
    // The ceremony shows a trail of its own by now.
    const listened = [];
    const { removeEventListener } = session;
    session.removeEventListener = (name, ...rest) => { listened.push(name); removeEventListener.call(session, name, ...rest); };
    ceremony.remove();
    trail.remove();
    return { before, caughtUp, hears, seen, left: listened.sort() };
  }, contract);
  assert.deepEqual(told, { before: true, caughtUp: true, hears: true, seen: true, left: ['ceremony', 'change', 'change', 'change', 'sync'] });
});

it('a trail without a connection says so, and is read once there is one', { timeout: 60_000 }, async () => {
  await open();
  await page.evaluate(async (given) => {
    let down = true;
    const { session } = await signing(given, { get extraWasm() { return down ? new Uint8Array([60, 33]) : undefined; } });
    const trail = document.createElement('countersign-audit-trail');
    globalThis.told = [];
    trail.addEventListener('countersign-error', ({ detail }) => told.push(detail.error.code));
    trail.session = session;
    document.querySelector('main').append(trail);
    globalThis.up = () => { down = false; return session.ceremony.act({ do: 'start' }).then(() => session.ceremony.act({ do: 'decline' })).then(() => null); };
  }, contract);
  await page.locator('countersign-audit-trail [role=alert] code', { hasText: 'engine.wasm_not_found' }).waitFor();
  assert.deepEqual(await page.evaluate(() => told), ['engine.wasm_not_found']);
  await page.evaluate(() => up());
  await page.locator('countersign-audit-trail li').first().waitFor();
  assert.equal(await page.locator('countersign-audit-trail [role=alert]').count(), 0);
});

it('a file that cannot be read is told at the verifier, and the compiler that cannot be fetched at the editor', { timeout: 60_000 }, async () => {
  await open();
  await page.evaluate(async () => {
    const { init, MemoryStore } = countersign;
    const engine = await init({ store: new MemoryStore(), authorWasm: new Uint8Array([60, 33]) });
    const verify = document.createElement('countersign-verify');
    const editor = document.createElement('countersign-template-editor');
    for (const one of [verify, editor]) one.countersign = engine;
    document.querySelector('main').append(verify, editor);
    await verify.updateComplete;
    // A folder, or a file that was removed meanwhile.
    File.prototype.arrayBuffer = () => Promise.reject(new DOMException('gone', 'NotFoundError'));
    const files = new DataTransfer();
    files.items.add(new File(['x'], 'gone.countersign'));
    verify.renderRoot.querySelector('.drop').dispatchEvent(new DragEvent('drop', { dataTransfer: files }));
  });
  await page.locator('countersign-verify [role=alert]', { hasText: 'Choose it again.' }).waitFor();
  await page.locator('countersign-template-editor [role=status] code', { hasText: 'engine.wasm_not_found' }).waitFor();
});

it('what is looked for is found across emphasis and not across paragraphs, and shown place by place', { timeout: 60_000 }, async () => {
  await open();
  const told = await page.evaluate(async () => {
    const paper = document.createElement('countersign-document');
    paper.content = `<article><h1>Fees</h1><p id="unit-a">The <strong>Annual Fee</strong> is due. \u0130stanbul pays the annual <em>fee</em>, too.</p><section id="unit-b" style="display: block; margin-top: 4000px"><p>annual</p><p>fee</p><p>An\u00a0annual fee.</p></section></article>`;
    document.querySelector('main').append(paper);
    await paper.updateComplete;
    const counts = [];
    for (const words of ['annual fee', '  ANNUAL   fee ', 'fee is', 'İstanbul', 'no such words', '']) counts.push(await paper.find(words));
    await paper.find('annual fee', 2);
    const shown = [...CSS.highlights.get('countersign-found')].map(String);
    const all = [...CSS.highlights.get('countersign-find')].map(String);
    await new Promise((done) => { setTimeout(done, 1200); });
    const { top, bottom } = [...CSS.highlights.get('countersign-found')][0].getBoundingClientRect();
    await paper.find('');
    return { counts, shown, all, inView: top > 0 && bottom < innerHeight, left: CSS.highlights.get('countersign-find').size };
  });
  assert.deepEqual(told, { counts: [3, 3, 1, 1, 0, 0], shown: ['annual fee'], all: ['Annual Fee', 'annual fee', 'annual fee'], inView: true, left: 0 });
});

/** The ceremony in the page, at the step where the agreement is read. */
const reading = (given) => page.evaluate(async (parts) => {
  const { session } = await signing(parts);
  const ceremony = document.createElement('countersign-ceremony');
  ceremony.locale = 'en';
  ceremony.session = session;
  document.querySelector('main').append(ceremony);
  for (const act of [{ do: 'start' }, { do: 'tickConsent', ticked: true }]) await session.ceremony.act(act);
  for (const act of [{ do: 'typeCode', text: session.ceremony.view.access.code }, { do: 'giveConsent' }]) await session.ceremony.act(act);
  Object.assign(globalThis, { session, ceremony });
}, given);

it('in the ceremony one goes from place to place, around the ends, and reads which it is', { timeout: 60_000 }, async () => {
  await open();
  await reading(contract);
  const find = page.locator('countersign-ceremony .find input');
  const said = page.locator('countersign-ceremony .hits .note');
  await find.fill('customer');
  await find.press('Enter');
  await said.filter({ hasText: '1 of 4' }).waitFor();
  await find.press('Enter');
  await said.filter({ hasText: '2 of 4' }).waitFor();
  await find.press('Shift+Enter');
  await said.filter({ hasText: '1 of 4' }).waitFor();
  await page.getByRole('button', { name: 'Find in the agreement: Back' }).click();
  await said.filter({ hasText: '4 of 4' }).waitFor();
  await page.getByRole('button', { name: 'Find in the agreement: Next' }).click();
  await said.filter({ hasText: '1 of 4' }).waitFor();
  await find.fill('priority support');
  await find.press('Enter');
  await said.filter({ hasText: '1 of 1' }).waitFor();
  assert.equal(await page.getByRole('button', { name: /^Find in/ }).count(), 0, 'nowhere to go');
  await find.fill('unicorn');
  await find.press('Enter');
  await said.filter({ hasText: 'Not found' }).waitFor();
  await find.fill('');
  await page.waitForFunction(() => document.querySelector('countersign-ceremony').shadowRoot.querySelector('.hits .note').textContent === '');
});

it('with text of twice the size nothing is wider than a phone, up to the last button', { timeout: 60_000 }, async () => {
  await open();
  await page.setViewportSize({ width: 360, height: 740 });
  await reading(contract);
  const widths = await page.evaluate(async () => {
    document.documentElement.style.fontSize = '200%';
    const wide = {};
    const look = async () => { await ceremony.updateComplete; wide[ceremony.view.step] = document.scrollingElement.scrollWidth; };
    await look();
    for (const act of [{ do: 'reach', units: 9, of: 9 }, { do: 'present' }]) await session.ceremony.act(act);
    await look();
    for (const act of [{ do: 'setValue', field: 'contactName', text: 'Sam' }, { do: 'setValue', field: 'priority', text: 'true' }, { do: 'next' }]) await session.ceremony.act(act);
    await look();
    for (const act of [{ do: 'adoptMark', mark: { kind: 'typed', text: 'Carla' } }, { do: 'placeAll' }, { do: 'next' }]) await session.ceremony.act(act);
    await look();
    return wide;
  });
  await page.setViewportSize({ width: 1280, height: 900 });
  assert.deepEqual(widths, { review: 360, fill: 360, adopt: 360, check: 360 });
});

it('whoever comes to the same element next finds nothing that the one before drew, typed or was told', { timeout: 60_000 }, async () => {
  await open();
  const left = await page.evaluate(async (given) => {
    const [first, second] = [await signing(given), await signing(given)];
    const ceremony = document.createElement('countersign-ceremony');
    document.querySelector('main').append(ceremony);
    ceremony.session = first.session;
    await ceremony.updateComplete;
    ceremony.mark = { kind: 'typed', text: 'Carla' };
    ceremony.openField = 'contactName';
    ceremony.checked = new Set(['contactName']);
    ceremony.failure = { code: 'store.quota', message: '' };
    ceremony.shadowRoot.querySelector('dialog.decline textarea').value = 'I do not trust them';
    await ceremony.updateComplete;
    ceremony.session = second.session;
    await ceremony.updateComplete;
    const { mark, openField, checked, failure, view } = ceremony;
    return { mark, openField, checked: checked.size, failure, reason: ceremony.shadowRoot.querySelector('dialog.decline textarea').value, own: view.envelope.id === second.session.state.id };
  }, contract);
  assert.deepEqual(left, { mark: null, openField: '', checked: 0, failure: null, reason: '', own: true });
});

it('the audit trail calls fields and people by their names, and shows what a revision changed', { timeout: 60_000 }, async () => {
  await open();
  const rows = await page.evaluate(async (given) => {
    const { portal, owner, phone, session, itemsOf } = await signing(given);
    await session.ceremony.act({ do: 'start' });
    await session.ceremony.act({ do: 'tickConsent', ticked: true });
    for (const act of [{ do: 'typeCode', text: session.ceremony.view.access.code }, { do: 'giveConsent' }, { do: 'reach', units: 9, of: 9 }, { do: 'present' }]) await session.ceremony.act(act);
    for (const act of [{ do: 'setValue', field: 'contactName', text: 'Sam' }, { do: 'setValue', field: 'priority', text: 'true' }, { do: 'commitFields' }]) await session.ceremony.act(act);
    await portal.receive(owner.state.stream, await itemsOf(phone));
    await owner.dispatch({ do: 'publish', values: { seats: 3, unitPrice: ['5.00', 'EUR'] }, why: 'One more seat' });
    const trail = document.createElement('countersign-audit-trail');
    trail.locale = 'en';
    trail.session = owner;
    document.querySelector('main').append(trail);
    for (let i = 0; i < 200 && !trail.entries.length; i += 1) await new Promise((done) => { setTimeout(done, 10); });
    await trail.updateComplete;
    const text = trail.shadowRoot.textContent;
    return { rows: [...trail.shadowRoot.querySelectorAll('tbody tr')].map((row) => [...row.cells].map((cell) => cell.textContent)), why: text.includes('One more seat'), id: /Recipient\s*customer/.test(text) };
  }, contract);
  assert.deepEqual(rows, { rows: [['Contact for support', 'not filled in', 'Sam'], ['Priority support', 'not filled in', 'Yes'], ['Seats', '2', '3']], why: true, id: false });
});

it('two ceremonies on one page, one in a dialog and one in a shadow root that is shown later, are two', { timeout: 60_000 }, async () => {
  await open();
  const told = await page.evaluate(async (given) => {
    const [first, second] = [await signing(given), await signing(given)];
    const dialog = document.createElement('dialog');
    const host = document.createElement('div');
    host.hidden = true;
    host.attachShadow({ mode: 'open' });
    const [one, two] = [document.createElement('countersign-ceremony'), document.createElement('countersign-ceremony')];
    const heard = [];
    document.addEventListener('countersign-step-changed', ({ target, detail }) => heard.push([target.localName, detail.step]));
    dialog.append(one);
    host.shadowRoot.append(two);
    document.querySelector('main').append(dialog, host);
    dialog.showModal();
    [one.session, two.session] = [first.session, second.session];
    await Promise.all([one.updateComplete, two.updateComplete]);
    await first.session.ceremony.act({ do: 'start' });
    await one.updateComplete;
    const apart = [one.view.step, two.view.step];
    host.hidden = false;
    await second.session.ceremony.act({ do: 'start' });
    await two.updateComplete;
    // Taken out in the middle of an act, and closed under it: nothing is thrown, nothing is shown of it.
    const under = second.session.ceremony.act({ do: 'tickConsent', ticked: true });
    two.remove();
    await second.session.close();
    await under.catch(({ code }) => { if (code !== 'engine.closed') throw code; });
    two.session = null;
    host.shadowRoot.append(two);
    await two.updateComplete;
    dialog.close();
    return { apart, steps: heard, empty: two.view };
  }, contract);
  assert.deepEqual(told, { apart: ['consent', 'open'], steps: [['countersign-ceremony', 'consent'], ['div', 'consent']], empty: null });
});

it('nothing was said on any console', () => {
  assert.deepEqual(browser.noise(), []);
});
