// What crosses into the module and back: nothing silently changed, nothing thrown, nothing kept.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import test from 'node:test';
import createAuthor from '../../dist/author-glue.js';
import { CountersignError, CountersignPanic, init, linkToken, MemoryStore, makeLink, parseLink } from '../../dist/index.js';
import createKeys from '../../dist/keys-glue.js';
import createProof from '../../dist/proof-glue.js';
import { sentences } from '../../dist/sentences.js';
import createSign from '../../dist/sign.js';
import { carry, codeOf, compile, consent, device, dist, prepared, source, wasm } from './support.mjs';

const raw = (create, file) => create({ wasmBinary: readFileSync(new URL(file, dist)), storeTickets: new Map() });
const encode = (text) => new TextEncoder().encode(text);
/** One call as boundary.h says it: [status, payload]. */
function call(module, name, ...args) {
  const bytes = args.map((argument) => (typeof argument === 'string' ? encode(argument) : argument));
  let at = module._cs_reserve(bytes.reduce((sum, part) => sum + (typeof part === 'number' ? 0 : part.length), 0));
  const flat = [];
  for (const part of bytes) {
    if (typeof part === 'number') flat.push(part);
    else {
      module.HEAPU8.set(part, at);
      flat.push(at, part.length);
      at += part.length;
    }
  }
  const status = module[`_${name}`](...flat);
  return [status, module.HEAPU8.slice(module._cs_result(), module._cs_result() + module._cs_result_size())];
}
const text = (bytes) => new TextDecoder().decode(bytes);

test('the sources call what the modules export, and nothing is exported for nobody', async () => {
  const [sign, author] = await Promise.all([raw(createSign, 'sign.wasm'), raw(createAuthor, 'author.wasm')]);
  // `_cs_` are plain exports, `cs_` what the author module binds with embind.
  const exportsOf = (module) => Object.keys(module).filter((key) => /^_?cs_/.test(key)).map((key) => key.replace(/^_/, '')).sort();
  const folder = new URL('../../web/src/', import.meta.url);
  const called = new Set();
  for (const file of readdirSync(folder, { recursive: true })) {
    if (file.endsWith('.ts')) for (const [, name] of readFileSync(new URL(file.replaceAll('\\', '/'), folder), 'utf8').matchAll(/'(cs_[a-z0-9_]+)'/g)) called.add(name);
  }
  // Used by servers and by this test through the module itself.
  for (const name of ['cs_verify_signature', 'cs_report_html']) called.add(name);
  const keys = await raw(createKeys, 'keys.wasm');
  const ofKeys = (name) => name.startsWith('cs_key_');
  assert.deepEqual(exportsOf(author), [...called].filter((name) => !ofKeys(name)).sort());
  const ofProof = (name) => ['cs_bundle', 'cs_bundle_file', 'cs_bundle_items', 'cs_html_copy', 'cs_report_html', 'cs_verify'].includes(name);
  const ofAuthor = (name) => ['cs_compile', 'cs_import', 'cs_language'].includes(name) || /^cs_(assembly_|template_(check_\w+|deadline|describe|prefill|fields|parse|typed))/.test(name);
  assert.deepEqual(exportsOf(sign), [...called].filter((name) => !ofKeys(name) && !ofProof(name) && !ofAuthor(name)).sort());
  assert.deepEqual(exportsOf(await raw(createProof, 'proof.wasm')).filter(ofProof), [...called].filter(ofProof).sort());
  assert.deepEqual(exportsOf(keys).filter(ofKeys), [...called].filter(ofKeys).sort());
});

test('the self-test passes, and a module that fails it does not start', async () => {
  assert.equal(call(await raw(createSign, 'sign.wasm'), 'cs_self_test')[0], 0);
});

test('importing does nothing, and init is memoised by store', async () => {
  const store = new MemoryStore();
  assert.equal(init({ wasm, store }), init({ wasm, store }));
  const first = await init({ wasm, store });
  assert.notEqual(first, await device());
  await first.close();
  assert.equal(await codeOf(() => first.templates.load(new Uint8Array())), 'engine.closed');
});

test('what is no module is named, with its address, and may be tried again', async () => {
  const page = encode('<!doctype html><title>404</title>');
  const store = new MemoryStore();
  assert.equal(await codeOf(init({ wasm: page, store })), 'engine.wasm_not_found');
  const html = () => Promise.resolve(new Response(page, { headers: { 'content-type': 'text/html' } }));
  await assert.rejects(init({ wasm: html(), store }), (error) => error instanceof CountersignError && error.code === 'engine.wasm_not_found' && /HTML/.test(error.message));
  assert.equal(await codeOf(init({ wasm: encode('\0asm but not really'), store })), 'engine.wasm_unsupported');
  const engine = await init({ wasm, store });
  assert.match(engine.version, /^\d+\.\d+\.\d+$/);
  await engine.close();
});

test('a lone surrogate is refused, in a value and in a name; pairs and escapes are not', async () => {
  const engine = await device();
  const template = await compile(engine);
  const assembly = template.assemble();
  for (const contactName of ['\ud800', 'a\udfffb', '\\\ud800']) assert.equal(await codeOf(() => assembly.set({ contactName })), 'input.malformed_text', JSON.stringify(contactName));
  for (const contactName of ['😀', '\\ud800', '\\\\ud800', '"\n\t']) {
    assembly.set({ contactName });
    assert.equal(assembly.values.contactName, contactName);
  }
  assert.equal(await codeOf(() => assembly.set({ contactName: 1n })), 'input.bad_argument');
  // What crosses as it is: to the author module, and to a phone's own.
  assert.equal(await codeOf(() => assembly.explain('services\ud800')), 'input.malformed_text');
  assert.equal(await codeOf(engine.keys.makeLocked('correct horse \udfff', { mebibytes: 8, passes: 1 })), 'input.malformed_text');
  assert.equal((await engine.keys.makeLocked('correct horse 😀', { mebibytes: 8, passes: 1 })).wrapped.length > 84, true);
  assembly.close();
  assert.equal(await codeOf(() => assembly.html()), 'engine.closed');
  template.close();
  await engine.close();
});

test('errors arrive as one class with code, message and path', async () => {
  const engine = await device({ sentences });
  const template = await compile(engine);
  const refusals = [
    [() => template.assemble({ seats: 'many' }), 'values.wrong_type'],
    [() => template.assemble({ nobody: 1 }), 'template.unknown_field'],
    [() => template.assemble({ unitPrice: ['1.00', 'USD'] }), 'values.currency_mix'],
    [() => engine.templates.load(encode('{}')), 'schema.missing_member'],
    [() => engine.templates.load(encode('{"a":1,"a":2}')), 'json.duplicate_name'],
    [() => engine.open('0'.repeat(32)), 'link.unknown'],
    [() => engine.import(encode('hello')), 'bundle.bad_header'],
    [() => parseLink('https://example.com/#nothing'), 'link.malformed'],
  ];
  for (const [work, code] of refusals) {
    try {
      await work();
      assert.fail(`no refusal where ${code} was due`);
    } catch (error) {
      assert.ok(error instanceof CountersignError, String(error));
      assert.deepEqual([error.code, error.name, typeof error.path], [code, 'CountersignError', 'string']);
      assert.ok(error.message.length > 10 && !error.message.startsWith(code), error.message);
    }
  }
  await engine.close();
  // Without the sentences, which a signer's phone does not download: the code, and the detail.
  const short = await device();
  await assert.rejects(async () => short.templates.load(encode('{"a":1,"a":2}')), ({ code, message }) => code === 'json.duplicate_name' && message.startsWith('json.duplicate_name'));
  await short.close();
});

test('bad source is no error: all of its problems, with places', async () => {
  const engine = await device();
  const { template, diagnostics } = await engine.templates.compile('---\ntemplate: x\n---\n# A\n\n{{= nothing }} {{= neither }}\n', { file: 'bad.md' });
  assert.equal(template, undefined);
  assert.ok(diagnostics.length >= 2);
  for (const { code, file, span, message, excerpt } of diagnostics) assert.ok(/^T\d+$/.test(code) && file === 'bad.md' && span.line >= 1 && message && typeof excerpt === 'string');
  await engine.close();
});

test('LegalDown is known by its file name, and becomes a template with a source of its own', async () => {
  const engine = await device();
  const text = `---
title: Delivery
language: en
sides:
  - name: sellers
    parties:
      - { name: acme, type: legal_entity, legal_name: Acme Ltd }
  - name: buyers
    parties:
      - { name: beta, type: natural_person, legal_name: "{{placeholder: buyer}}" }
attachments:
  - { id: prices, title: Prices, file: prices.lgd }
---
# Goods {#goods}

Sold as {{attach: prices}} says.
`;
  const library = { 'prices.lgd': 'One euro each.\n' };
  const { template, source, diagnostics, names } = await engine.templates.compile(text, { file: 'delivery.lgd', library });
  assert.deepEqual(diagnostics.filter(({ severity }) => severity === 'error'), []);
  assert.ok(template.roles.filter(({ signs }) => signs).length >= 1, 'parties sign');
  const goods = names.find(({ kind, id }) => kind === 'unit' && id === 'goods');
  assert.equal(text.slice(...goods.span.utf16).startsWith('# Goods'), true, 'places are those of the file that people edit');
  const again = await engine.templates.compile(source);
  assert.deepEqual(again.template.compiled, template.compiled, 'an envelope carries the template that it became');
  const missing = await engine.templates.compile(text, { file: 'delivery.lgd' });
  assert.ok(missing.template === undefined && missing.diagnostics.some(({ message }) => message.includes('prices.lgd')));
  assert.equal((await engine.templates.compile(text, { file: 'delivery.md' })).template, undefined, 'any other file is a template');
  template.close();
  again.template.close();
  await engine.close();
});

test('what is handed out never changes', async () => {
  const engine = await device();
  const template = await compile(engine);
  assert.throws(() => { template.fields[0].label = 'x'; }, TypeError);
  const owner = await engine.keys.device('owner');
  const session = await engine.create({ title: 'T', sender: { name: 'A' }, template: { compiled: template.compiled, source }, values: {}, consent, recipients: [{ id: 'customer', role: 'customer', recipientType: 'signer', order: 1, name: 'C' }] }, owner);
  assert.throws(() => { session.state.recipients.push(1); }, TypeError);
  assert.throws(() => { session.state.status = 'completed'; }, TypeError);
  await engine.close();
});

test('a bug of ours kills one engine and no other, and init starts anew', async () => {
  const store = new MemoryStore();
  const engine = await init({ wasm, store });
  // A heap that is gone stands in for any trap.
  Object.defineProperty(engine.engine.module, '_cs_canonical_json', { value: () => { throw new WebAssembly.RuntimeError('unreachable'); } });
  assert.throws(() => engine.engine.json('cs_canonical_json', '{}'), CountersignPanic);
  assert.throws(() => engine.engine.json('cs_version'), (error) => error instanceof CountersignPanic && error.code === 'engine.dead');
  const again = await init({ wasm, store });
  assert.notEqual(again, engine);
  assert.ok((await again.envelopes()).envelopes);
  await again.close();
});

test('a compiler, verifier or keys module that died is loaded anew by the next call, and the engine lives on', async () => {
  const { instantiate } = WebAssembly;
  const memories = [];
  WebAssembly.instantiate = async (...args) => {
    const instance = await instantiate(...args);
    memories.push(...Object.values(instance.exports).filter((one) => one instanceof WebAssembly.Memory)); // a part of a module has none
    return instance;
  };
  try {
    const engine = await device();
    const { session } = await prepared(engine);
    await session.dispatch({ do: 'send' });
    const bundle = await session.exportBundle();
    const { wrapped } = await engine.keys.makeLocked('correct horse', { mebibytes: 8, passes: 1 });
    const calls = {
      author: () => engine.templates.compile(source),
      proof: () => engine.verify(bundle, { recompile: false }),
      keys: () => engine.keys.unlock(wrapped, 'correct horse'),
    };
    for (const call of Object.values(calls)) await call();
    assert.equal(memories.length, 4);
    // Their memory is destroyed under them: whatever they do next traps. The first one is the engine's own.
    for (const memory of memories.slice(1)) new Uint8Array(memory.buffer).fill(0xff);
    for (const [what, call] of Object.entries(calls)) {
      const before = memories.length;
      await assert.rejects(call(), (error) => error instanceof CountersignPanic && error.code === 'engine.dead', what);
      await call();
      assert.equal(memories.length, before + 1, `${what}: one module was loaded in place of the dead one`);
    }
    assert.equal(engine.engine.alive, true);
    assert.equal(session.state.status, 'sent');
    await engine.close();
  } finally {
    WebAssembly.instantiate = instantiate;
  }
});

test('links: one spelling, never changed on the way', () => {
  const link = { stream: 'ab'.repeat(16), secret: 'A'.repeat(43) };
  const address = makeLink('https://sign.example.com/s/?a=1#old', link);
  assert.equal(address, `https://sign.example.com/s/?a=1#${link.stream}.${link.secret}`);
  assert.deepEqual(parseLink(address), link);
  assert.deepEqual(parseLink(`#${link.stream}.${link.secret}`), link);
  assert.throws(() => parseLink(`${link.stream}.${'A'.repeat(42)}B`), { code: 'link.malformed' });
});

test("a link's token is that of FORMAT.md, without an engine", async () => {
  const format = readFileSync(new URL('../../core/FORMAT.md', import.meta.url), 'utf8');
  const [, stream, secret, token] = /^Vector: stream `(\w+)`, secret `([\w-]+)`: .* token `([\w-]+)`\.$/m.exec(format);
  assert.equal(await linkToken({ stream, secret }), token);
});

test('a key under a passphrase: locked, unlocked, and the same key; a wrong passphrase opens nothing', async () => {
  const engine = await device();
  const cost = { mebibytes: 8, passes: 1 };
  const { key, wrapped } = await engine.keys.makeLocked('correct horse battery', cost);
  assert.equal(wrapped.length, 132);
  const again = await engine.keys.unlock(wrapped, 'correct horse battery');
  assert.deepEqual([again.x, again.id], [key.x, key.id]);
  const message = encode('message');
  const signature = await again.sign(message);
  assert.deepEqual(signature, await key.sign(message));
  const module = await raw(createProof, 'proof.wasm');
  const x = Uint8Array.from(atob(key.x.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
  assert.equal(text(call(module, 'cs_verify_signature', x, message, signature)[1]), 'true');
  assert.equal(text(call(module, 'cs_verify_signature', x, encode('massage'), signature)[1]), 'false');
  assert.equal(await codeOf(engine.keys.unlock(wrapped, 'correct horse')), 'crypto.open_failed');
  assert.equal(await codeOf(engine.keys.unlock(wrapped.slice(1), 'correct horse battery')), 'crypto.bad_wrapped_key');
  assert.equal(await codeOf(engine.keys.makeLocked('correct horse battery', { mebibytes: 4, passes: 1 })), 'crypto.bad_cost');
  await engine.close();
});

test('memory: starts within 16 MiB and does not grow over 1,000 open and close cycles', async () => {
  const portal = await device();
  const template = await compile(portal);
  const owner = await portal.keys.device('owner');
  const session = await portal.create({ title: 'T', sender: { name: 'A' }, template: { compiled: template.compiled, source }, values: { seats: 3, unitPrice: ['1.00', 'EUR'] }, consent, recipients: [{ id: 'customer', role: 'customer', recipientType: 'signer', order: 1, name: 'C' }] }, owner);
  await session.dispatch({ do: 'send' });
  const phone = await device();
  await carry(portal, phone, session.state.stream);
  const link = (await session.links()).customer;
  const size = () => phone.engine.module.HEAPU8.length;
  assert.ok(size() <= 16 * 1024 * 1024, `${size()} bytes at the start`);
  let warm = 0;
  for (let i = 0; i < 1000; i += 1) {
    const opened = await phone.join(link);
    assert.ok(opened.ceremony.html().length > 100);
    await opened.close();
    const loaded = await phone.templates.load(template.compiled);
    loaded.assemble({ seats: 1 }).close();
    loaded.close();
    if (i === 20) warm = size();
  }
  assert.equal(size(), warm);
  assert.ok(size() <= 16 * 1024 * 1024, `${size()} bytes at the end`);
  await portal.close();
  await phone.close();
});

test('vectors: canonical JSON through the boundary, byte for byte', async (t) => {
  const folder = new URL('../vectors/json/', import.meta.url);
  const module = await raw(createSign, 'sign.wasm');
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  assert.ok(files.length >= 50);
  for (const file of files) {
    const bytes = new Uint8Array(readFileSync(new URL(file, folder)));
    const verdict = file.slice(file.indexOf('__') + 2, -'.json'.length);
    const [status, payload] = call(module, 'cs_canonical_json', bytes);
    // The boundary reads within a document's bounds and any spelling; the vectors are about an event's, and the canonical one.
    if (verdict === 'canonical') assert.deepEqual([status, text(payload)], [0, text(bytes)], file);
    else if (verdict === 'json.not_canonical') assert.ok(status === 0 && text(payload) !== text(bytes), file);
    else if (/^json\.too_/.test(verdict) && status === 0) t.diagnostic(`${file}: within a document's bounds`);
    else assert.deepEqual([status, JSON.parse(text(payload)).code], [1, verdict], file);
  }
});

test('vectors: stored events that are refused are refused with the same code', async () => {
  const folder = new URL('../vectors/jws/', import.meta.url);
  const module = await raw(createSign, 'sign.wasm');
  const [, handle] = call(module, 'cs_envelope_open');
  let refused = 0;
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.jws'))) {
    const verdict = file.slice(file.indexOf('__') + 2, -'.jws'.length);
    if (verdict === 'accepted') continue;
    const [status, payload] = call(module, 'cs_envelope_ingest', Number(text(handle)), 'e'.charCodeAt(0), new Uint8Array(readFileSync(new URL(file, folder))));
    const receipt = JSON.parse(text(payload));
    assert.equal(status, 0, file);
    assert.notEqual(receipt.reception, 'admitted', file);
    if (receipt.reception === 'refused') refused += 1;
  }
  assert.ok(refused > 10, `${refused} refused`);
});
