// Sync as a host uses it: what is done here goes out, what others did comes in, and nothing asks for attention.
import assert from 'node:assert/strict';
import test from 'node:test';
import { MemoryBackend } from '../../dist/backends/memory.js';
import { CountersignError } from '../../dist/index.js';
import { compile, consent, device, prepared, source } from './support.mjs';

async function sent(portal) {
  const template = await compile(portal);
  const session = await portal.create({
    title: 'Plan', sender: { name: 'Ann' }, template: { compiled: template.compiled, source }, values: { seats: 2, unitPrice: ['5.00', 'EUR'] }, consent,
    recipients: [{ id: 'customer', role: 'customer', recipientType: 'signer', order: 1, name: 'Carla' }],
  }, await portal.keys.device('owner'));
  await session.dispatch({ do: 'send' });
  return session;
}
async function until(condition, what) {
  for (let i = 0; i < 400; i += 1) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail(`waited for: ${what}`);
}

test('what is sent goes out by itself; who is invited fetches it; what she does comes back', async () => {
  const backend = new MemoryBackend();
  const [portal, phone] = await Promise.all([device(), device()]);
  const office = portal.sync(backend);
  const states = [];
  office.addEventListener('sync', ({ detail }) => states.push(detail.state.place));
  const session = await sent(portal);
  const { stream } = session.state;
  await until(() => session.sync.place === 'sent', 'the envelope is sent');
  assert.equal(session.sync.waiting, 0);
  assert.ok(states.includes('sent'));

  const pocket = phone.sync(backend);
  const customer = await phone.join((await session.links()).customer, { backend });
  await customer.ceremony.act({ do: 'start' });
  await customer.ceremony.act({ do: 'decline', reason: 'No' });
  await until(() => customer.sync.place !== 'device', 'her answer is sent');
  await office.now(stream);
  assert.equal(session.state.status, 'declined');
  assert.equal(office.state(stream).waiting, 0);
  assert.equal(pocket.running, true);
  await portal.close();
  await phone.close();
  assert.equal(office.running, false);
});

test('what a link brought is not fetched once more by sync', async () => {
  const real = new MemoryBackend();
  const asked = [];
  const backend = new Proxy(real, {
    get: (target, name) => (typeof target[name] !== 'function' ? target[name] : (...args) => {
      if (name === 'list') asked.push(args[1]);
      return target[name](...args);
    }),
  });
  const [portal, phone] = await Promise.all([device(), device()]);
  const session = await sent(portal);
  await portal.sync(real).now(session.state.stream);
  const customer = await phone.join((await session.links()).customer, { backend, preview: true });
  assert.deepEqual(asked, [null]);
  assert.equal(customer.sync.place, 'sent', 'nothing of hers waits');
  await phone.sync(backend).now(customer.state.stream);
  assert.ok(asked.length > 1, 'sync looks for what is new');
  assert.ok(!asked.slice(1).includes(null), 'and goes on from where joining ended');
  await portal.close();
  await phone.close();
});

test('what one stream brought is not taken for what another lacks: a template that two agreements share is fetched for each', async () => {
  const real = new MemoryBackend();
  const [portal, phone] = await Promise.all([device(), device()]);
  const streams = [];
  for (let i = 0; i < 2; i += 1) {
    const session = await sent(portal);
    streams.push(session.state.stream);
    await portal.sync(real).now(session.state.stream);
  }
  const [first, second] = streams;
  const shared = (await portal.store.read(first, null, 1000)).items.find(({ kind, bytes }) => kind === 'b' && Buffer.from(bytes).includes('"countersign-template/v1"'));
  assert.ok(await portal.store.get(second, 'b', shared.id));
  // The first stream's bodies come with the listing; of the second one the backend lists names only, as it does with large
  // items, and its events are here already.
  const backend = new Proxy(real, {
    get: (target, name) => (name !== 'list' ? target[name]?.bind?.(target) ?? target[name] : async (...args) => {
      const page = await target.list(...args);
      const items = args[0] === second ? page.items : await Promise.all(page.items.map(async (item) => ({ ...item, bytes: await target.get(args[0], item.kind, item.id) })));
      return { ...page, items };
    }),
  });
  await phone.receive(first, (await portal.store.read(first, null, 1000)).items);
  await phone.receive(second, (await portal.store.read(second, null, 1000)).items.filter(({ kind }) => kind === 'e'));
  const pocket = phone.sync(backend);
  await pocket.now(first);
  await pocket.now(second);
  assert.ok(await phone.store.get(second, 'b', shared.id), 'the second stream has its own');
  await portal.close();
  await phone.close();
});

test('without a connection everything waits, says so, and goes out when asked', async () => {
  const real = new MemoryBackend();
  let down = true;
  const backend = new Proxy(real, {
    get: (target, name) => (typeof target[name] !== 'function' || name === 'watch' ? target[name]
      : (...args) => (down ? Promise.reject(new CountersignError('backend.unreachable', 'down')) : target[name](...args))),
  });
  const portal = await device();
  const office = portal.sync(backend);
  const problems = [];
  office.addEventListener('problem', ({ detail }) => problems.push(detail.error.code));
  const session = await sent(portal);
  const { stream } = session.state;
  const waiting = await office.now(stream);
  assert.equal(waiting.place, 'device');
  assert.ok(waiting.waiting > 0);
  assert.equal(waiting.problem.code, 'backend.unreachable');
  assert.ok(problems.includes('backend.unreachable'));
  const tries = problems.length;
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.ok(problems.length - tries < 5, 'it does not spin');
  down = false;
  const state = await office.now(stream);
  assert.deepEqual([state.place, state.waiting, state.problem], ['sent', 0, undefined]);
  await portal.close();
});

test('an engine that dies while sync works is told of, and nobody waits for ever', async () => {
  const real = new MemoryBackend();
  for (const call of ['_cs_sync_feed', '_cs_sync_next']) {
    const portal = await device();
    const session = await sent(portal);
    const { stream } = session.state;
    let dies = false;
    const backend = new Proxy(real, {
      get: (target, name) => (name !== 'list' ? target[name]?.bind?.(target) ?? target[name] : (...args) => {
        dies = true;
        return target.list(...args);
      }),
    });
    const { module } = portal.engine;
    let works = module[call];
    const perhaps = (...args) => {
      if (dies) throw new WebAssembly.RuntimeError('unreachable');
      return works(...args);
    };
    Object.defineProperty(module, call, { get: () => perhaps, set: (direct) => { works = direct; } }); // the glue replaces itself at the first call
    const office = portal.sync(backend);
    const problems = [];
    office.addEventListener('problem', ({ detail }) => problems.push(`${detail.stream === stream} ${detail.error.code}`));
    await office.now(stream);
    assert.deepEqual(problems, ['true engine.dead'], call);
    await assert.rejects(office.now(stream), { code: 'engine.dead' });
    await office.close();
  }
});

test('a restart goes on from the store: cursor, outbox, and no item twice', async () => {
  const backend = new MemoryBackend();
  const portal = await device();
  const session = await sent(portal);
  const { stream } = session.state;
  const before = await portal.store.outbox(stream, 1000);
  assert.ok(before.length > 5);
  const first = portal.sync(backend);
  await first.now(stream);
  await first.close();
  assert.deepEqual(await portal.store.outbox(stream, 1000), []);
  const { length } = (await backend.list(stream, null, 500)).items;
  const second = portal.sync(backend);
  await session.dispatch({ do: 'void' });
  await until(() => session.sync.place === 'sent' && session.sync.waiting === 0, 'the act is sent');
  await second.now(stream);
  const { items } = await backend.list(stream, null, 500);
  assert.ok(items.length > length);
  assert.equal(new Set(items.map(({ id }) => id)).size, items.length);
  await portal.close();
});

test('content that comes behind its event is told of, once', async () => {
  const sender = await device();
  const { session } = await prepared(sender, { title: 'In two parts' });
  await session.dispatch({ do: 'send' });
  await session.dispatch({ do: 'comment', text: 'A remark that comes later' });
  const { stream } = session.state;
  const items = [];
  for (let at = null, page; page = await sender.store.read(stream, at, 500), items.push(...page.items), page.next !== null; at = page.next);
  const isRemark = ({ kind, bytes }) => kind === 'b' && new TextDecoder().decode(bytes).includes('A remark that comes later');
  assert.equal(items.filter(isRemark).length, 1);
  const reader = await device();
  await reader.receive(stream, items.filter((item) => !isRemark(item)));
  const reading = await reader.open(stream);
  const remark = async () => (await reading.trail(0, 200)).entries.find(({ type }) => type === 'comment.added');
  assert.equal((await remark()).withheld, true);
  let told = 0;
  reading.addEventListener('change', () => { told += 1; });
  await reading.receive(items.filter(isRemark));
  assert.equal((await remark()).withheld ?? false, false);
  await reading.receive(items);
  assert.equal(told, 1);
});
