// A long envelope opened again from the device's own store: quickly, whole, and with nothing taken on trust but what this
// device verified itself.
import assert from 'node:assert/strict';
import test from 'node:test';
import { device, Kept, prepared } from './support.mjs';

/** `change` stands for whatever else can write there. */
class Changed extends Kept {
  change = (item) => item;
  async read(...args) {
    const page = await super.read(...args);
    return { ...page, items: page.items.map(this.change) };
  }
}

async function long(engine, comments) {
  const { session } = await prepared(engine, { title: 'Long' });
  await session.dispatch({ do: 'send' });
  for (let i = 0; i < comments; i += 1) await session.dispatch({ do: 'comment', text: `Remark ${i}` });
  return session.state;
}

test('more events than may wait come back from the store, are noted as verified, and a byte that changed there is caught', { timeout: 300_000 }, async () => {
  const store = new Changed();
  let engine = await device({ store });
  const state = await long(engine, 1100);
  const { stream } = state;
  const plain = (value) => JSON.parse(JSON.stringify(value));
  const reopen = async () => {
    await engine.close();
    engine = await device({ store });
    return (await engine.open(stream)).state;
  };
  assert.equal(await store.record(`admitted/${stream}`), null);
  assert.deepEqual(plain(await reopen()), plain(state));
  const note = await store.record(`admitted/${stream}`);
  assert.equal(Buffer.from(note, 'base64url').length, state.events * 64);
  assert.deepEqual(plain(await reopen()), plain(state), 'and with the note');

  // The last event, changed under its old name: not an event of this envelope any more.
  const newest = state.heads[0];
  const items = [];
  for (let at = null, page; page = await store.read(stream, at, 500), items.push(...page.items), page.next !== null; at = page.next);
  const text = ({ bytes }) => new TextDecoder().decode(bytes);
  const { entries } = await (await engine.open(stream)).trail(state.events - 1, 1);
  assert.equal(entries[0].event, newest);
  const byId = new Map(await Promise.all(items.filter(({ kind }) => kind === 'e').map(async (item) => {
    const input = new TextEncoder().encode(`countersign-event-id/v1\0${text(item).slice(0, text(item).lastIndexOf('.'))}`);
    return [Buffer.from(await crypto.subtle.digest('SHA-256', input)).toString('base64url'), item.id];
  })));
  const target = byId.get(newest);
  store.change = (item) => {
    if (item.id !== target) return item;
    const bytes = item.bytes.slice();
    const dot = text(item).lastIndexOf('.');
    bytes[dot + 1] = bytes[dot + 1] === 65 ? 66 : 65; // of the signature
    return { ...item, bytes };
  };
  const damaged = await reopen();
  assert.equal(damaged.events, state.events - 1);
  assert.notEqual(damaged.heads[0], newest);
  store.change = (item) => item;

  // Whoever gets the file takes nothing from the note: every event of it is verified.
  const stranger = await device();
  const session = await engine.open(stream);
  const imported = await stranger.import(await session.exportBundle());
  assert.deepEqual({ ...plain(imported.state), stream }, plain(session.state));
  assert.equal(await stranger.store.record(`admitted/${imported.state.stream}`), null);
  await stranger.close();
  await engine.close();
});

test('a closed session says nothing more, whatever was under way', async () => {
  const engine = await device();
  const { session } = await prepared(engine);
  const late = [];
  let closed = false;
  for (const type of ['change', 'sync', 'ceremony']) session.addEventListener(type, () => { if (closed) late.push(type); });
  session.addEventListener('change', () => { closed = true; void session.close(); });
  await session.dispatch({ do: 'send' });
  assert.ok(closed);
  await new Promise((done) => { setTimeout(done, 20); });
  assert.deepEqual(late, []);
  await engine.close();
});
