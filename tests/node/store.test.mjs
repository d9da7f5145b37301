// The server's store is an EnvelopeStore: the engine that judges there relies on the same promises as a browser's.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { runStoreConformance } from 'countersign/testing';
import { SqliteStore } from '../../examples/server/store.mjs';
import { makeItem } from './items.mjs';

let folder;
before(async () => { folder = await mkdtemp(join(tmpdir(), 'countersign-store-')); });
after(() => rm(folder, { recursive: true, force: true }));

/** What a server has none of, an outbox and keys of devices, the test lends it; everything else is its own. */
const outbox = new Map();
const keys = new Map();
class Lent extends SqliteStore {
  async commit(batch) {
    await super.commit(batch);
    const { stream, items = [], enqueue = [], dequeue = [] } = batch;
    for (const id of enqueue) outbox.set(stream + id, { stream, kind: items.find((item) => item.id === id)?.kind ?? 'e', id });
    for (const id of dequeue) outbox.delete(stream + id);
  }
  async outbox(stream, limit) {
    return [...outbox.values()].filter((row) => stream === null || row.stream === stream).slice(0, limit);
  }
  async forget(stream) {
    await super.forget(stream);
    for (const [key, row] of outbox) if (row.stream === stream) outbox.delete(key);
  }
  async putKey(name, key) {
    keys.set(name, key);
  }
  async getKey(name) {
    return keys.get(name) ?? null;
  }
}

it('the server\'s store keeps the contract of stores, opened again too', async () => {
  const path = join(folder, 'conformance.sqlite');
  const open = async () => new Lent(path);
  const results = await runStoreConformance(open, { reopen: async (store) => { await store.close(); return open(); } });
  assert.deepEqual(results.filter(({ passed }) => !passed), []);
  assert.ok(results.length >= 15);
});

it('a record alone is no news of its stream: an act that looked before it meets no conflict', async () => {
  const store = new SqliteStore(join(folder, 'records.sqlite'));
  const stream = 'ab'.repeat(16);
  await store.commit({ stream, records: { [`summary/${stream}`]: 1 } });
  assert.equal(store.has(stream), false, 'and no stream to be listed');
  await store.commit({ stream, items: [makeItem('e', 'one')], version: 0 });
  await store.commit({ stream, records: { [`summary/${stream}`]: 2 } });
  await store.commit({ stream, items: [makeItem('e', 'two')], version: 1 });
  assert.equal((await store.read(stream, null, 10)).version, 2);
  await store.close();
});
