// A host's mistakes, each call used wrongly on purpose: refused with a code, before anything was done, and nothing dies of it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { FolderBackend } from '../../dist/backends/folder.js';
import { HttpBackend } from '../../dist/backends/http.js';
import { MemoryBackend } from '../../dist/backends/memory.js';
import { init, linkToken, makeLink, MemoryStore, parseLink } from '../../dist/index.js';
import { carry, codeOf, compile, device, prepared, source, wasm } from './support.mjs';

const wrongs = [undefined, null, 5, '', {}, [], true];
const isCode = (code) => /^[a-z]+\.[a-z_]+$/.test(code) && code !== 'engine.dead';
/** Every call with every wrong argument is refused by a code, or answers. */
async function refuses(calls) {
  for (const [name, call] of Object.entries(calls)) {
    for (const wrong of wrongs) {
      const code = await codeOf(() => call(wrong));
      assert.ok(code === 'no refusal' || isCode(code), `${name}(${JSON.stringify(wrong)}): ${code}`);
    }
  }
}

test('a wrong argument of any call of the engine is refused with a code', async () => {
  const engine = await device();
  const stream = 'a'.repeat(32);
  await refuses({
    open: (wrong) => engine.open(wrong), join: (wrong) => engine.join(wrong), import: (wrong) => engine.import(wrong), verify: (wrong) => engine.verify(wrong),
    fileIn: (wrong) => engine.fileIn(wrong, wrong), receive: (wrong) => engine.receive(stream, wrong), 'receive one': (wrong) => engine.receive(stream, [wrong]),
    create: async (wrong) => engine.create(wrong, await engine.keys.device('owner')), compile: (wrong) => engine.templates.compile(wrong), load: (wrong) => engine.templates.load(wrong), 'import of files': (wrong) => engine.templates.import(wrong),
    fromPkcs8: (wrong) => engine.keys.fromPkcs8(wrong), makeLocked: (wrong) => engine.keys.makeLocked(typeof wrong === 'string' ? 5 : wrong), unlock: (wrong) => engine.keys.unlock(wrong, wrong),
    parseLink, linkToken, makeLink: (wrong) => makeLink('https://sign.example.com/', wrong), 'makeLink of a page': (wrong) => makeLink(wrong, { stream, secret: 'A'.repeat(43) }), sync: (wrong) => engine.sync(wrong), HttpBackend: (wrong) => new HttpBackend(wrong),
    list: (wrong) => new MemoryBackend().list(wrong, null, 1), put: (wrong) => new FolderBackend('/nowhere').put(wrong, []),
  });
  for (const wrong of [5, {}, 'x']) assert.equal(await codeOf(init({ wasm, store: wrong })), 'input.bad_argument');
  assert.equal(await codeOf(engine.verify(new Uint8Array(3).buffer)), 'input.bad_argument', 'an ArrayBuffer is the likeliest mistake');
  assert.equal(await codeOf(() => makeLink('https://sign.example.com/', 'a link as text')), 'link.malformed', 'and not an address that opens nothing');
  assert.equal(await codeOf(() => makeLink('/sign', { stream, secret: 'A'.repeat(43) })), 'input.bad_argument', 'there is no document here that it could be relative to');
  assert.match((await compile(engine)).title, /Support/, 'nothing died');
  await engine.close();
});

test('a draft says which of its members is wrong', async () => {
  const engine = await device();
  const { template } = await prepared(engine);
  const owner = await engine.keys.device('owner');
  const draft = { title: 'T', sender: { name: 'Ann' }, template: { compiled: template.compiled, source }, values: {}, recipients: [], consent: { id: 'c', version: '1', locale: 'en', summary: '', slots: {} } };
  const pathOf = (given, key = owner) => engine.create(given, key).then(() => 'no refusal', (error) => (error.code === 'input.bad_argument' ? error.path : error.code));
  assert.equal(await pathOf({ ...draft, template: { compiled: template } }), '/template/compiled');
  assert.equal(await pathOf({ ...draft, template: { compiled: template.compiled } }), '/template/source');
  assert.equal(await pathOf({ ...draft, recipients: { id: 'customer' } }), '/recipients');
  assert.equal(await pathOf({ ...draft, recipients: [null] }), '/recipients/0/id');
  assert.equal(await pathOf({ ...draft, consent: undefined }), '/consent');
  assert.equal(await pathOf({ ...draft, sender: undefined }), '/sender/name');
  assert.equal(await pathOf(draft, null), '/owner');
  await engine.close();
});

test('a wrong argument of any call of a template or a live document is refused, and the compiler lives on', async () => {
  const engine = await device();
  const template = await compile(engine);
  const assembly = template.assemble({});
  await refuses({
    prefill: (wrong) => template.prefill(wrong), parse: (wrong) => template.parse(wrong, wrong), typed: (wrong) => template.typed(wrong, wrong), checkRouting: (wrong) => template.checkRouting(wrong), 'checkRouting one': (wrong) => template.checkRouting([wrong]),
    checkValues: (wrong) => template.checkValues(wrong), deadline: (wrong) => template.deadline(wrong), set: (wrong) => assembly.set(wrong), explain: (wrong) => assembly.explain(wrong),
  });
  assert.equal(await codeOf(() => assembly.explain(undefined)), 'input.bad_argument');
  assert.match(assembly.text(), /Services/);
  assert.equal(await codeOf(() => template.deadline(new Date(Number.NaN))), 'no refusal', 'where the template sets no period there is nothing to ask');
  await engine.close();
});

test('a wrong argument of any call of a session or a ceremony is refused, and a closed session does nothing more', async () => {
  const [desk, phone] = await Promise.all([device(), device()]);
  const { session } = await prepared(desk);
  await session.dispatch({ do: 'send' });
  const { stream } = session.state;
  await carry(desk, phone, stream);
  const link = (await session.links()).customer;
  const signer = await phone.join(link);
  await refuses({
    can: (wrong) => session.can(wrong), dispatch: (wrong) => session.dispatch(wrong), invite: (wrong) => session.dispatch({ do: 'invite', recipient: wrong }), publish: (wrong) => session.dispatch({ do: 'publish', values: wrong, why: 'x' }),
    act: (wrong) => signer.ceremony.act(wrong), attach: (wrong) => signer.ceremony.act({ do: 'attach', field: 'contactName', file: wrong }), file: (wrong) => signer.file(wrong), explain: (wrong) => signer.document.explain(wrong), receive: (wrong) => signer.receive(wrong), trail: (wrong) => signer.trail(wrong, wrong),
  });
  const events = signer.state.events;
  const preview = await phone.join((await session.links()).provider, { preview: true });
  await preview.close();
  assert.equal(await codeOf(preview.bind()), 'engine.closed', 'nobody joins by a session that was closed');
  await signer.close();
  for (const call of [() => signer.can({ do: 'void' }), () => signer.dispatch({ do: 'void' }), () => signer.exportBundle(), () => signer.ceremony.act({ do: 'start' }), () => signer.document.html()]) assert.equal(await codeOf(call), 'engine.closed');
  assert.equal((await phone.open(stream)).state.events, events);
  await Promise.all([desk.close(), phone.close()]);
});
