// The sign module comes in parts: reading needs the first file alone, and what follows is waited for where it is needed.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { MemoryStore } from '../../dist/index.js';
import { sentences } from '../../dist/sentences.js';
import { carry, codeOf, compile, consent, device, dist, prepared, source, walk } from './support.mjs';

const bytesOf = (part) => readFileSync(new URL(`sign-${part}.wasm`, dist));
const never = new Promise(() => {});

/** What was asked for, and what it got: a getter is read when a part is fetched. */
function telling(given = {}) {
  const asked = [];
  const option = (part) => { asked.push(part); return part in given ? given[part] : bytesOf(part); };
  return { asked, given, options: { get actsWasm() { return option('acts'); }, get extraWasm() { return option('extra'); } } };
}
async function invited(template) {
  const portal = await device();
  const compiled = template && await compile(portal, template);
  const { session } = await prepared(portal, compiled ? { template: { compiled: compiled.compiled, source: template } } : {});
  await session.dispatch({ do: 'send' });
  return { portal, session, stream: session.state.stream, link: (await session.links()).customer };
}
const inWords = source.replace('Customer may use {{= seats | number }} seats', 'Customer may use {{= seats | words }} seats');
const byPattern = source.replace('when="priority"', `when="priority && contactName.matches('^A')"`);

test('an invitation is read with the first file alone: nothing waits for the other two', async () => {
  const { portal, stream, link } = await invited();
  const parts = telling({ acts: never, extra: never });
  const phone = await device(parts.options);
  await carry(portal, phone, stream);
  const session = await phone.join(link, { preview: true });
  assert.match(session.document.html(), /12 seats/);
  assert.ok(session.ceremony.view.steps.length > 3);
  await new Promise((turn) => { setTimeout(turn, 10); });
  assert.deepEqual(parts.asked, ['acts'], 'fetched behind the page, and waited for by nobody');
  await portal.close();
});

test('the whole way to a signature needs acts and never extra; the trail asks for it', async () => {
  const { portal, stream, link } = await invited();
  const parts = telling();
  const phone = await device(parts.options);
  await carry(portal, phone, stream);
  const session = await phone.join(link, { preview: true });
  await session.bind();
  await walk(session, { contactName: 'Anna', priority: 'true' });
  assert.ok(session.state.recipients[0].signature.counts);
  assert.deepEqual(parts.asked, ['acts']);
  assert.equal((await session.trail()).entries.at(-1).type, 'recipient.signed');
  assert.match(await session.document.text(), /12 seats/);
  assert.equal((await session.document.explain('priority-terms')).unit, 'priority-terms');
  assert.deepEqual(parts.asked, ['acts', 'extra'], 'each once');
  await portal.close();
  await phone.close();
});

for (const [what, template] of [['says numbers in words', inWords], ['looks for a pattern', byPattern]]) {
  test(`an agreement that ${what} is drawn once extra is there`, async () => {
    const { portal, stream, link } = await invited(template);
    const parts = telling();
    const phone = await device(parts.options);
    await carry(portal, phone, stream);
    const session = await phone.join(link, { preview: true });
    assert.deepEqual([...parts.asked].sort(), ['acts', 'extra']);
    assert.match(session.document.html(), what.includes('words') ? /twelve seats/ : /12 seats/);
    await session.bind();
    await walk(session, { contactName: 'Anna', priority: 'true' });
    assert.ok(session.state.recipients[0].signature.counts);
    await portal.close();
    await phone.close();
  });
}

test('what extra would draw is refused with a code while it is on its way, and drawn when the session says that it changed', async () => {
  const { portal, stream, link } = await invited(inWords);
  let arrive;
  const parts = telling({ extra: new Promise((resolve) => { arrive = () => resolve(new Response(bytesOf('extra'), { headers: { 'content-type': 'application/wasm' } })); }) });
  const phone = await device(parts.options);
  const { items } = await portal.store.read(stream, null, 1000);
  const isTemplate = ({ kind, bytes }) => kind === 'b' && Buffer.from(bytes).includes('"countersign-template/v1"');
  await phone.receive(stream, items.filter((item) => !isTemplate(item)));
  const session = await phone.join(link, { preview: true });
  assert.equal(session.ceremony, null);
  const changed = new Promise((done) => { session.addEventListener('change', done, { once: true }); });
  await session.receive(items.filter(isTemplate));
  assert.equal(await codeOf(() => session.document.html()), 'engine.needs_part');
  assert.ok(sentences['engine.needs_part'].includes('part'));
  arrive();
  await changed;
  assert.match(session.document.html(), /twelve seats/);
  await portal.close();
  await phone.close();
});

test('a part that cannot be fetched is told by a code, loses nothing, and is fetched again by the next act', async () => {
  const { portal, stream, link } = await invited();
  const parts = telling({ acts: new Uint8Array([60, 33, 100]) }); // a server that answers with a page
  const phone = await device(parts.options);
  await carry(portal, phone, stream);
  const session = await phone.join(link, { preview: true });
  assert.equal(await codeOf(session.bind()), 'engine.wasm_not_found');
  assert.match(session.document.html(), /12 seats/);
  delete parts.given.acts;
  await session.bind();
  await walk(session, { contactName: 'Anna' });
  assert.ok(session.state.recipients[0].signature.counts);
  await portal.close();
  await phone.close();
});

test('a session that could not be opened leaves nothing behind: it neither listens nor stands in the way of closing', async () => {
  class Watched extends MemoryStore {
    watchers = 0;
    watch(changed) {
      this.watchers += 1;
      const off = super.watch(changed);
      return () => { this.watchers -= 1; off(); };
    }
  }
  const { portal, stream, link } = await invited(inWords);
  const store = new Watched();
  const parts = telling({ extra: new Uint8Array([60, 33, 100]) });
  const phone = await device(Object.defineProperty(parts.options, 'store', { value: store, enumerable: true }));
  await carry(portal, phone, stream);
  const before = store.watchers;
  assert.equal(await codeOf(phone.join(link, { preview: true })), 'engine.wasm_not_found');
  assert.equal(store.watchers, before);
  delete parts.given.extra;
  const session = await phone.join(link, { preview: true });
  assert.match(session.document.html(), /twelve seats/);
  assert.equal(store.watchers, before + 1);
  await session.close();
  assert.equal(store.watchers, before);
  await portal.close();
  await phone.close();
});

test('a part of another build is refused: its functions would be put where others are called', async () => {
  const { portal, stream, link } = await invited();
  const acts = Buffer.from(bytesOf('acts'));
  acts[acts.length - 1] ^= 1; // the last byte of what tells its build
  const phone = await device(telling({ acts }).options);
  await carry(portal, phone, stream);
  const session = await phone.join(link, { preview: true });
  assert.equal(await codeOf(session.bind()), 'engine.wasm_unsupported');
  await portal.close();
});

test('sync begins when its part is there, and tries again where it was not', async () => {
  const { portal, stream } = await invited();
  const { MemoryBackend } = await import('../../dist/backends/memory.js');
  const parts = telling({ acts: new Uint8Array(3) });
  const phone = await device(parts.options);
  const { items } = await portal.store.read(stream, null, 1000);
  await phone.receive(stream, items);
  const problems = [];
  const sync = phone.sync(new MemoryBackend(), { start: false });
  sync.addEventListener('problem', ({ detail }) => problems.push(detail.error.code));
  sync.start();
  assert.equal((await sync.now()).place, 'device');
  assert.ok(problems.includes('engine.wasm_not_found'), `${problems}`);
  delete parts.given.acts;
  await sync.now();
  assert.equal((await phone.store.record(`sync/${stream}`)).lastSyncAt !== undefined, true);
  await portal.close();
  await phone.close();
});

test('an address of sign.wasm leads to its parts beside it', async () => {
  const { init, MemoryStore } = await import('../../dist/index.js');
  const engine = await init({ wasm: new URL('sign.wasm', dist), store: new MemoryStore() });
  assert.equal(await codeOf(engine.open('0'.repeat(32))), 'link.unknown');
  await engine.close();
});
