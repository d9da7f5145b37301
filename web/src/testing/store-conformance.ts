// The contract of `EnvelopeStore`, line by line. Runs anywhere; needs no test framework.
import type { ConformanceResult } from '../backends/conformance.js';
import { makeItem } from '../backends/conformance.js';
import { CountersignError } from '../errors.js';
import type { Batch, EnvelopeStore, Item, StreamId } from '../types.js';

export interface StoreConformanceOptions {
  /** The store closed and opened again, as after a reload. Default: what was written is looked for in the same one. */
  reopen?(store: EnvelopeStore): Promise<EnvelopeStore>;
}

class Unmet extends Error {}
function expect(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Unmet(what);
}
async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(() => '', (error: unknown) => (error instanceof CountersignError ? error.code : `not a CountersignError: ${String(error)}`));
}
const equal = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);
const newStream = (): StreamId => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const event = (text: string): Promise<Item> => makeItem('e', new TextEncoder().encode(text));

export async function runStoreConformance(open: () => Promise<EnvelopeStore>, options: StoreConformanceOptions = {}): Promise<readonly ConformanceResult[]> {
  let store = await open();
  const results: ConformanceResult[] = [];
  const test = async (name: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
      results.push({ name, passed: true });
    } catch (error) {
      results.push({ name, passed: false, note: error instanceof Error ? error.message : String(error) });
    }
  };
  const all = async (stream: StreamId, limit = 100): Promise<Item[]> => {
    const items: Item[] = [];
    let from: string | null = null;
    do {
      const page = await store.read(stream, from, limit);
      items.push(...page.items);
      from = page.next;
    } while (from !== null);
    return items;
  };

  await test('an unknown stream is empty, its version 0', async () => {
    const page = await store.read(newStream(), null, 10);
    expect(page.items.length === 0 && page.next === null && page.version === 0, 'it is not');
    expect(await store.get(newStream(), 'e', '0'.repeat(64)) === null, 'an unknown item is not null');
  });
  await test('bytes come back equal: none, 0x00, 0xff, 1 MB', async () => {
    const stream = newStream();
    const items = [await makeItem('b', new Uint8Array(0)), await makeItem('b', Uint8Array.of(0, 255, 0)), await makeItem('b', new Uint8Array(1_000_000).fill(7))];
    await store.commit({ stream, items });
    for (const item of items) {
      const bytes = await store.get(stream, 'b', item.id);
      expect(bytes !== null && equal(bytes, item.bytes), `${item.bytes.length} bytes did not come back`);
    }
    expect((await all(stream)).length === 3, 'the listing has not three');
  });
  await test('what comes back is a copy', async () => {
    const stream = newStream();
    const item = await event('copy');
    await store.commit({ stream, items: [item] });
    (await store.get(stream, 'e', item.id))![0] = 0;
    expect(equal((await store.get(stream, 'e', item.id))!, item.bytes), 'writing into what was read changed the store');
  });
  await test('a wrong hash is refused, and nothing is written', async () => {
    const stream = newStream();
    const good = await event('good');
    const bad = { ...(await event('bad')), bytes: new TextEncoder().encode('other') };
    expect(await codeOf(store.commit({ stream, items: [good, bad], records: { [`draft/${stream}`]: 1 } })) === 'store.wrong_hash', 'no store.wrong_hash');
    expect((await all(stream)).length === 0 && await store.record(`draft/${stream}`) === null, 'part of it was written');
  });
  await test('putting an item twice is no change', async () => {
    const stream = newStream();
    const item = await event('twice');
    await store.commit({ stream, items: [item] });
    await store.commit({ stream, items: [item] });
    expect((await all(stream)).length === 1, 'it is there twice');
  });
  await test('pages hold what there is, each item once', async () => {
    const stream = newStream();
    const items = await Promise.all(Array.from({ length: 25 }, (_, i) => event(`page ${i}`)));
    await store.commit({ stream, items });
    const ids = (await all(stream, 10)).map((item) => item.id);
    expect(new Set(ids).size === 25 && ids.length === 25, `${ids.length} items of 25`);
  });
  await test('streams do not leak into each other', async () => {
    const stream = newStream();
    const next = (stream.slice(0, -1) + (stream.endsWith('f') ? '0' : (Number.parseInt(stream.slice(-1), 16) + 1).toString(16))) as StreamId;
    const item = await event('mine');
    await store.commit({ stream, items: [item] });
    expect((await all(next)).length === 0 && await store.get(next, 'e', item.id) === null, 'the neighbour sees it');
    const { streams } = await store.streams(null, 100000);
    expect(streams.includes(stream) && !streams.includes(next), 'streams() is wrong');
  });
  await test('a commit raises the version by one; another version is store.conflict, and nothing is written', async () => {
    const stream = newStream();
    await store.commit({ stream, items: [await event('one')], version: 0 });
    const { version } = await store.read(stream, null, 1);
    expect(version === 1, `the version is ${version}`);
    const late: Batch = { stream, items: [await event('late')], records: { [`draft/${stream}`]: true }, enqueue: [(await event('late')).id], version: 0 };
    expect(await codeOf(store.commit(late)) === 'store.conflict', 'no store.conflict');
    expect((await all(stream)).length === 1 && await store.record(`draft/${stream}`) === null && (await store.outbox(stream, 10)).length === 0, 'part of it was written');
  });
  await test('of two acts at once exactly one wins', async () => {
    const stream = newStream();
    const outcomes = await Promise.all([event('a'), event('b')].map(async (item) => codeOf(store.commit({ stream, items: [await item], version: 0 }))));
    expect(outcomes.filter((code) => code === '').length === 1 && outcomes.includes('store.conflict'), outcomes.join(' and '));
    expect((await all(stream)).length === 1, 'both were written');
  });
  await test('the outbox keeps its order, and forgets what was sent', async () => {
    const stream = newStream();
    const items = await Promise.all(['first', 'second', 'third'].map(event));
    for (const item of items) await store.commit({ stream, items: [item], enqueue: [item.id] });
    expect((await store.outbox(stream, 10)).map((row) => row.id).join() === items.map((item) => item.id).join(), 'the order is wrong');
    expect((await store.outbox(null, 100000)).some((row) => row.stream === stream && row.kind === 'e'), 'it is not in the outbox of all');
    await store.commit({ stream, dequeue: [items[1]!.id] });
    expect((await store.outbox(stream, 10)).map((row) => row.id).join() === [items[0]!.id, items[2]!.id].join(), 'sent items stay');
  });
  await test('records: written, replaced, deleted, listed by prefix', async () => {
    const stream = newStream();
    await store.commit({ stream, records: { [`draft/${stream}/a`]: { text: 'é"\n', list: [1, null, 0.5] }, [`draft/${stream}/b`]: 2, [`other/${stream}`]: 3 } });
    expect(JSON.stringify(await store.record(`draft/${stream}/a`)) === JSON.stringify({ text: 'é"\n', list: [1, null, 0.5] }), 'another value came back');
    const { records } = await store.records(`draft/${stream}`, null, 10);
    expect(Object.keys(records).join() === `draft/${stream}/a,draft/${stream}/b`, Object.keys(records).join());
    const first = await store.records(`draft/${stream}`, null, 1);
    const second = await store.records(`draft/${stream}`, first.next, 1);
    expect(Object.keys(second.records).join() === `draft/${stream}/b`, 'the second page is wrong');
    await store.commit({ stream, records: { [`draft/${stream}/a`]: null, [`draft/${stream}/b`]: 5 } });
    expect(await store.record(`draft/${stream}/a`) === null && await store.record(`draft/${stream}/b`) === 5, 'not replaced');
  });
  await test('names that are none are refused', async () => {
    expect(await codeOf(store.commit({ stream: '../x' })) === 'input.bad_argument', 'a stream');
    expect(await codeOf(store.commit({ stream: newStream(), records: { 'no area': 1 } })) === 'input.bad_argument', 'a record');
  });
  await test('keys stay usable and cannot be exported', async () => {
    const pair = (await crypto.subtle.generateKey({ name: 'Ed25519' }, false, ['sign', 'verify'])) as CryptoKeyPair;
    await store.putKey('device/test', pair);
    const kept = (await store.getKey('device/test')) as CryptoKeyPair | null;
    expect(kept !== null && !kept.privateKey.extractable, 'no key, or one that can be exported');
    const bytes = new TextEncoder().encode('message');
    const signature = await crypto.subtle.sign('Ed25519', kept.privateKey, bytes);
    expect(await crypto.subtle.verify('Ed25519', pair.publicKey, signature, bytes), 'it signs something else');
    expect(await store.getKey('device/none') === null, 'an unknown key is not null');
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealing = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
    await store.putKey('sealing/test', sealing);
    const opening = (await store.getKey('sealing/test')) as CryptoKey;
    const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, sealing, bytes);
    const opened = new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, opening, sealed));
    expect(!opening.extractable && opened.join() === bytes.join(), 'a single key is another one, or can be exported');
  });
  await test('watchers hear of a change, and no longer after they left', async () => {
    if (!store.watch) return;
    const stream = newStream();
    let heard = 0;
    const stop = store.watch((changed) => { if (changed === stream) heard += 1; });
    await store.commit({ stream, items: [await event('watched')] });
    for (let i = 0; i < 50 && heard === 0; i += 1) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(heard > 0, 'nothing was heard');
    stop();
    heard = 0;
    await store.commit({ stream, items: [await event('unwatched')] });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(heard === 0, 'heard after leaving');
  });
  await test('forget leaves nothing of the stream, and all of the others', async () => {
    const [stream, other] = [newStream(), newStream()];
    for (const name of [stream, other]) {
      const item = await event(name);
      await store.commit({ stream: name, items: [item], enqueue: [item.id], records: { [`draft/${name}/x`]: 1 } });
    }
    await store.forget(stream);
    expect((await all(stream)).length === 0 && (await store.outbox(stream, 5)).length === 0 && await store.record(`draft/${stream}/x`) === null, 'something is left');
    expect((await all(other)).length === 1 && (await store.outbox(other, 5)).length === 1 && await store.record(`draft/${other}/x`) === 1, 'the other lost something');
  });
  await test('what was acknowledged is there after closing and opening', async () => {
    if (!options.reopen) return;
    const stream = newStream();
    const item = await event('durable');
    await store.commit({ stream, items: [item], enqueue: [item.id], records: { [`draft/${stream}/x`]: 1 }, version: 0 });
    const before = store;
    store = await options.reopen(store);
    expect((await all(stream)).length === 1 && (await store.outbox(stream, 5)).length === 1 && await store.record(`draft/${stream}/x`) === 1, 'something is lost');
    expect((await store.read(stream, null, 1)).version === 1, 'the version is lost');
    expect(await codeOf(before.record(`draft/${stream}/x`)) === 'store.closed', 'a closed store still answers');
  });
  await store.close();
  await test('a closed store says store.closed', async () => {
    expect(await codeOf(store.commit({ stream: newStream(), records: {} })) === 'store.closed', 'commit did not');
  });
  return results;
}
