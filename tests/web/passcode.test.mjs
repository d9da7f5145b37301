// Browsers without WebCrypto Ed25519: the signer's passcode keeps the key, and everything else is as for everybody.
import assert from 'node:assert/strict';
import test from 'node:test';
import { carry, codeOf, consent, device, Kept, prepared, walk } from './support.mjs';

const passcode = 'correct horse';

/** Runs `work` while WebCrypto knows no Ed25519, as browsers before 2025 do not. */
async function withoutEd25519(work) {
  const real = { generateKey: crypto.subtle.generateKey, importKey: crypto.subtle.importKey };
  const nameOf = (algorithm) => (typeof algorithm === 'string' ? algorithm : algorithm.name);
  const lacks = () => Promise.reject(new DOMException('Unrecognized name.', 'NotSupportedError'));
  const replace = (name, at) => Object.defineProperty(crypto.subtle, name, {
    configurable: true,
    value(...args) { return nameOf(args[at]) === 'Ed25519' ? lacks() : real[name].apply(crypto.subtle, args); },
  });
  replace('generateKey', 0);
  replace('importKey', 2);
  try {
    return await work();
  } finally {
    delete crypto.subtle.generateKey;
    delete crypto.subtle.importKey;
  }
}

async function sent(portal) {
  const { session } = await prepared(portal);
  await session.dispatch({ do: 'send' });
  return { session, links: await session.links() };
}

test('a browser without Ed25519 joins, fills in and signs under a passcode, opens again and is verified like any other', { timeout: 120_000 }, async () => {
  const portal = await device();
  const { session: owner, links } = await sent(portal);
  const { stream } = owner.state;
  const store = new Kept();
  await withoutEd25519(async () => {
    let phone = await device({ store });
    await carry(portal, phone, stream);
    const before = owner.state.events;
    const customer = await phone.join(links.customer);
    assert.equal(customer.passcode, 'choose');
    assert.equal(customer.actor, null);
    assert.equal(customer.state.events, before, 'nothing is signed before there is a passcode');
    assert.equal(await codeOf(customer.bind()), 'keys.unsupported');
    assert.equal(await codeOf(customer.bind('short')), 'keys.short_passcode');
    assert.equal(await store.record(`locked/recipient/${stream}/customer`), null);

    await customer.bind(passcode);
    assert.equal(customer.passcode, null);
    assert.equal(customer.state.recipients.find(({ id }) => id === 'customer').devices.length, 1);
    await customer.ceremony.act({ do: 'start' });
    await phone.close();

    // The page is loaded anew.
    phone = await device({ store });
    const actor = await phone.actor(stream);
    assert.equal(actor.key.locked, true);
    const again = await phone.open(stream, actor);
    assert.equal(again.passcode, 'enter');
    assert.equal(again.ceremony.view.step, 'consent', 'what was done is still there');
    await again.ceremony.act({ do: 'tickConsent', ticked: true });
    await again.ceremony.act({ do: 'typeCode', text: again.ceremony.view.access.code });
    assert.equal(await codeOf(again.ceremony.act({ do: 'giveConsent' })), 'keys.locked');
    assert.equal(await codeOf(again.bind('incorrect horse')), 'crypto.open_failed');
    assert.equal(await codeOf(again.bind('')), 'crypto.bad_passphrase');
    assert.equal(again.passcode, 'enter');
    assert.equal(again.ceremony.view.consent.ticked, true, 'and nothing of it is lost by a wrong passcode');
    await again.bind(passcode);
    assert.equal(again.passcode, null);
    // The link, opened once more, finds the same key, unlocked for this page.
    const link = await phone.join(links.customer);
    assert.equal(link.actor.key.x, actor.key.x);
    assert.equal(link.passcode, null);
    const view = await walk(again, { priority: 'true', contactName: 'Carla' });
    assert.equal(view.own.state, 'counted');
    await carry(phone, portal, stream);
    await phone.close();
  });
  assert.equal(owner.state.recipients.find(({ id }) => id === 'customer').signature.counts, true);
  const report = await portal.verify(await owner.exportBundle(), { recompile: false });
  assert.equal(report.verdict, 'notSealed');
  assert.deepEqual(report.reasons.filter(({ code }) => /signature|key/.test(code)), []);
  await portal.close();
});

test('a key that was kept before its join was is asked for, not made anew', { timeout: 120_000 }, async () => {
  const portal = await device();
  const { session: owner, links } = await sent(portal);
  const { stream } = owner.state;
  const store = new Kept();
  await withoutEd25519(async () => {
    let phone = await device({ store });
    await carry(portal, phone, stream);
    const key = await phone.keys.device(`recipient/${stream}/customer`, passcode);
    await phone.close();
    phone = await device({ store });
    const session = await phone.join(links.customer);
    assert.equal(session.passcode, 'enter');
    assert.equal(await codeOf(session.bind('another one')), 'crypto.open_failed');
    await session.bind(passcode);
    assert.equal(session.actor.key.x, key.x);
    const name = `locked/recipient/${stream}/customer`;
    const { by, sealed } = await store.record(name);
    assert.equal((await store.getKey(by)).extractable, false);
    assert.equal((await store.getKey(by)).algorithm.name, 'AES-GCM');
    assert.doesNotMatch(sealed, /^Q1NXS/, 'the wrapped key does not lie there as it is');
    await phone.store.forget(stream);
    assert.equal(await phone.keys.find(`recipient/${stream}/customer`), null, 'a forgotten envelope takes its key along');
    await phone.close();
  });
  await portal.close();
});

test('two tabs that choose a passcode at the same moment have one key, and no sealing key is left over', { timeout: 120_000 }, async () => {
  const store = new Kept();
  const sealing = [];
  const tab = () => new Proxy(store, {
    get: (target, member) => (typeof target[member] !== 'function' ? target[member] : (...args) => {
      if (member === 'putKey') sealing.push(args[0]);
      return target[member](...args);
    }),
  });
  const name = 'recipient/0123456789abcdef0123456789abcdef/customer';
  await withoutEd25519(async () => {
    const tabs = await Promise.all([device({ store: tab() }), device({ store: tab() })]);
    const keys = await Promise.all(tabs.map((phone) => phone.keys.device(name, passcode)));
    assert.equal(keys[0].x, keys[1].x);
    assert.deepEqual(keys.map(({ locked }) => locked), [false, false]);
    assert.deepEqual(sealing, [(await store.record(`locked/${name}`)).by]);
    for (const phone of tabs) await phone.close();
  });
});

test('a kept key whose record was damaged, or whose sealing key is gone, is said to be unreadable and kept', { timeout: 120_000 }, async () => {
  const store = new Kept();
  const stream = '0123456789abcdef0123456789abcdef';
  const record = `locked/recipient/${stream}/customer`;
  await withoutEd25519(async () => {
    let phone = await device({ store });
    await phone.keys.device(`recipient/${stream}/customer`, passcode);
    await phone.close();
    const kept = await store.record(record);
    const other = kept.sealed.startsWith('A') ? 'B' : 'A';
    for (const damaged of [{ ...kept, sealed: other + kept.sealed.slice(1) }, { ...kept, by: 'sealing/none' }, 'not one']) {
      await store.commit({ stream, records: { [record]: damaged } });
      phone = await device({ store });
      assert.equal(await codeOf(phone.keys.find(`recipient/${stream}/customer`)), 'keys.failed');
      assert.equal(await codeOf(phone.keys.device(`recipient/${stream}/customer`, passcode)), 'keys.failed');
      assert.deepEqual(await store.record(record), damaged, 'nothing is written over it');
      await phone.close();
    }
    await store.commit({ stream, records: { [record]: kept } });
    phone = await device({ store });
    assert.equal((await phone.keys.find(`recipient/${stream}/customer`)).locked, true);
    await phone.close();
  });
});

test('a passcode is asked of nobody whose browser keeps keys itself', async () => {
  const [portal, phone] = await Promise.all([device(), device()]);
  const { session: owner, links } = await sent(portal);
  await carry(portal, phone, owner.state.stream);
  const session = await phone.join(links.customer);
  assert.equal(session.passcode, null);
  await session.bind('not needed here');
  assert.equal(await phone.store.record(`locked/recipient/${owner.state.stream}/customer`), null);
  await portal.close();
  await phone.close();
});
