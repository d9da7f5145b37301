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

it('nothing was said on any console', () => {
  assert.deepEqual(browser.noise(), []);
});
