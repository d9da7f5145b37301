// Refusals that no well-meaning journey meets: a module that computes wrongly, a device without keys, a store that is gone.
import assert from 'node:assert/strict';
import test from 'node:test';
import { MemoryStore, init } from '../../dist/index.js';
import createSign from '../../dist/sign.js';
import { codeOf, device, wasm } from './support.mjs';

/** Runs `work` while WebCrypto's `name` is another function. */
async function withSubtle(name, replacement, work) {
  Object.defineProperty(crypto.subtle, name, { value: replacement, configurable: true });
  try {
    return await work();
  } finally {
    delete crypto.subtle[name];
  }
}
const lacks = async () => { throw new DOMException('Unrecognized name.', 'NotSupportedError'); };

test('a module whose hash is wrong refuses to start', async () => {
  const broken = Buffer.from(wasm);
  const expected = broken.indexOf('ba7816bf8f01cfea');
  assert.ok(expected > 0, 'the self-test no longer holds the hash of "abc" as text');
  broken[expected] = 'c'.charCodeAt(0);
  assert.equal(await codeOf(init({ wasm: broken, store: new MemoryStore() })), 'engine.self_test');
});

test('a browser without Ed25519 is told so, before anything is lost', async () => {
  const engine = await device();
  await withSubtle('generateKey', lacks, async () => {
    assert.equal(await engine.keys.supported(), false);
    assert.equal(await codeOf(engine.keys.device('phone')), 'keys.unsupported');
  });
  assert.equal(await engine.keys.find('phone'), null);
  await engine.close();
});

test('a key that does not sign says so', async () => {
  const engine = await device();
  const key = await engine.keys.device('phone');
  await withSubtle('sign', lacks, async () => assert.equal(await codeOf(key.sign(new Uint8Array(1))), 'keys.failed'));
  assert.equal((await key.sign(new Uint8Array(1))).length, 64);
  await engine.close();
});

test('a store takes no bytes under a name that is not theirs, and nothing once it is closed', async () => {
  const store = new MemoryStore();
  const stream = '0123456789abcdef'.repeat(2);
  const batch = { stream, items: [{ kind: 'e', id: '0'.repeat(64), bytes: new Uint8Array([1]) }] };
  assert.equal(await codeOf(store.commit(batch)), 'store.wrong_hash');
  assert.equal((await store.read(stream, null, 10)).items.length, 0);
  await store.close();
  assert.equal(await codeOf(() => store.read(stream, null, 10)), 'store.closed');
});

test('no IndexedDB at all, and one that another tab holds, are different refusals', async () => {
  const module = await createSign({ wasmBinary: wasm, storeTickets: new Map() });
  const connect = () => codeOf(module.countersignStore.connect({ name: 'x' }));
  assert.equal(await connect(), 'store.unavailable');
  globalThis.indexedDB = {
    open() {
      const request = {};
      queueMicrotask(() => request.onblocked());
      return request;
    },
  };
  try {
    assert.equal(await connect(), 'store.blocked');
  } finally {
    delete globalThis.indexedDB;
  }
});

test('whoever waits for a store that is closed while it opens is told, and its connection is closed', async () => {
  const { countersignStore } = await createSign({ wasmBinary: wasm, storeTickets: new Map() });
  let request;
  let closed = 0;
  globalThis.indexedDB = { open: () => (request = { result: { close: () => { closed += 1; } } }) };
  try {
    const base = { name: 'x' };
    const waiting = codeOf(countersignStore.get(base, 'heads', 'draft/x'));
    countersignStore.close(base);
    request.onsuccess();
    assert.equal(await Promise.race([waiting, new Promise((done) => { setTimeout(done, 1000, 'waits for ever'); })]), 'store.closed');
    assert.equal(closed, 1);
  } finally {
    delete globalThis.indexedDB;
  }
});

test('a sentence that names a limit is said with it, and never without', async () => {
  const { sayError, strings } = await import('../../dist/node/elements/index.js');
  assert.equal(sayError('en', 'field.too_large', { min: '1', max: '50' }), 'The largest value is 50.');
  assert.equal(sayError('en', 'field.too_small', { min: ['5.00', 'EUR'] }), 'The smallest value is 5.00.');
  assert.match(sayError('en', 'field.too_long', { maxLength: 80 }), / 80 /);
  for (const code of ['field.too_large', 'field.too_small', 'field.too_long']) assert.equal(sayError('en', code), strings('en').errors.other, code);
});
