// Two parties sign a real agreement without a screen and without a connection; a third seals it; a stranger verifies it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { carry, codeOf, compile, consent, device, Kept, prepared, source, walk } from './support.mjs';

const kinds = async (session) => (await session.trail()).entries.map((entry) => entry.type);

async function sent(portal, options = {}) {
  const { session, template } = await prepared(portal, options);
  assert.equal(session.state.status, 'draft');
  await session.dispatch({ do: 'send' });
  assert.equal(session.state.status, 'sent');
  return { session, template, links: await session.links() };
}

test('two parties sign offline, the completer seals, and anyone can verify it', async () => {
  const [portal, phone, laptop, server, stranger] = await Promise.all([device(), device(), device(), device(), device()]);
  const completer = await server.keys.device('completer');
  const { session: owner, links } = await sent(portal, { services: { completer: [completer.x] } });
  const { stream } = owner.state;

  // The customer's phone gets the envelope once; from here on it has nobody to talk to.
  await carry(portal, phone, stream);
  const customer = await phone.join(links.customer, { userAgent: 'Phone' });
  assert.equal(customer.state.recipients.find(({ id }) => id === 'customer').devices.length, 1);
  assert.match(customer.ceremony.html(), /240,00|240\.00|2,880|2.880/);
  assert.doesNotMatch(customer.ceremony.html(), /within one hour/);
  const signed = await walk(customer, { priority: 'true', contactName: 'Carla' });
  assert.equal(signed.own.state, 'counted');
  assert.match(customer.ceremony.html(), /within one hour/, 'her answer made the clause appear');
  assert.equal(customer.state.status, 'inProgress');
  assert.equal(customer.sync.place, 'device');
  assert.ok(customer.sync.waiting > 0);

  // The provider's signer, before and after the customer's signature arrives.
  await carry(portal, laptop, stream);
  const provider = await laptop.join(links.provider);
  assert.deepEqual(provider.ceremony.view.waitingFor.map(({ id }) => id), ['customer']);
  assert.notEqual(await codeOf(provider.ceremony.act({ do: 'sign', gesture: 'tap', label: 'Sign' })), 'no refusal');
  const heard = [];
  for (const name of ['recipient.signed', 'fields.committed', 'change', 'ceremony']) provider.addEventListener(name, ({ type, detail }) => heard.push([type, detail]));
  const told = new Promise((done) => { provider.addEventListener('recipient.signed', done, { once: true }); });
  await carry(phone, laptop, stream);
  await told; // entries of the trail follow the change
  assert.ok(heard.some(([type, { event }]) => type === 'recipient.signed' && event.actor.recipient === 'customer'));
  assert.deepEqual(provider.ceremony.view.waitingFor, []);
  await walk(provider);
  assert.equal(provider.state.status, 'signedByAll');

  // The completer, who has neither's key.
  await carry(laptop, server, stream);
  const service = await server.open(stream, { as: 'service', role: 'completer', key: completer });
  assert.equal(service.can({ do: 'complete' }), null);
  assert.notEqual(service.can({ do: 'void' }), null);
  await service.dispatch({ do: 'complete' });
  assert.equal(service.state.status, 'completed');
  for (const party of [portal, phone, laptop]) await carry(server, party, stream);
  for (const session of [owner, customer, provider]) assert.equal(session.state.status, 'completed');
  assert.deepEqual(customer.state.values.contactName, 'Carla');

  // Everyone's bundle is the same, and says so to a stranger.
  const bundle = await customer.exportBundle();
  assert.deepEqual(await owner.exportBundle(), await service.exportBundle());
  const report = await stranger.verify(bundle);
  assert.equal(report.verdict, 'valid', JSON.stringify(report.reasons, null, 1));
  assert.deepEqual([report.document.rendered, report.document.recompiled], ['same', 'same']);
  assert.equal((await stranger.verify(bundle, { recompile: false })).document.recompiled, 'notRecompiled');
  const copy = await customer.exportHtmlCopy();
  assert.match(new TextDecoder().decode(copy.slice(0, 2000)), /<html/);
  assert.equal((await stranger.verify(copy)).verdict, 'valid');
  assert.equal((await stranger.verify(bundle.slice(0, -200))).verdict, 'incomplete');
  const flipped = bundle.slice();
  flipped[flipped.length >> 1] ^= 1;
  assert.notEqual((await stranger.verify(flipped)).verdict, 'valid');

  const imported = await stranger.import(bundle);
  assert.equal(imported.state.id, owner.state.id);
  assert.equal(imported.can({ do: 'void' }), 'session.read_only');
  assert.deepEqual(await kinds(imported), await kinds(owner));
  for (const party of [portal, phone, laptop, server, stranger]) await party.close();
});

test('a closed tab opens where the signer was: nothing typed is lost', async () => {
  const [portal, phone] = await Promise.all([device(), device()]);
  const { session, links } = await sent(portal);
  await carry(portal, phone, session.state.stream);
  const first = await phone.join(links.customer);
  await first.ceremony.act({ do: 'start' });
  await first.ceremony.act({ do: 'setValue', field: 'contactName', text: 'Half a na' });
  const { step } = first.ceremony.view;
  await first.close();
  const again = await phone.join(links.customer);
  assert.equal(again.ceremony.view.step, step);
  assert.equal(again.ceremony.view.fields.find(({ id }) => id === 'contactName').text, 'Half a na');
  assert.equal(again.state.recipients.find(({ id }) => id === 'customer').devices.length, 1, 'the key of before was found again');
  const known = await phone.actor(session.state.stream);
  assert.equal(known.recipient, 'customer');
  const { envelopes } = await phone.envelopes();
  assert.equal(envelopes[0].title, 'Support plan for Acme');
  assert.deepEqual(envelopes[0].actor, { as: 'recipient', recipient: 'customer' });
  await portal.close();
  await phone.close();
});

test('a preview writes nothing until the device is bound', async () => {
  const [portal, phone] = await Promise.all([device(), device()]);
  const { session, links } = await sent(portal);
  await carry(portal, phone, session.state.stream);
  const look = await phone.join(links.customer, { preview: true });
  assert.equal(look.actor, null);
  assert.equal(look.state.events, session.state.events);
  assert.match(look.document.html(), /12/);
  await look.bind();
  assert.equal(look.actor.recipient, 'customer');
  assert.equal(look.state.events, session.state.events + 1);
  await portal.close();
  await phone.close();
});

test('a device that does not say what browser it is joins like any other', async () => {
  const [portal, phone] = await Promise.all([device(), device({ userAgent: '' })]);
  const { session, links } = await sent(portal);
  await carry(portal, phone, session.state.stream);
  const { navigator } = globalThis;
  Object.defineProperty(globalThis, 'navigator', { configurable: true, value: undefined });
  const joined = await phone.join(links.customer).finally(() => Object.defineProperty(globalThis, 'navigator', { configurable: true, value: navigator }));
  assert.equal(joined.state.recipients.find(({ id }) => id === 'customer').devices[0].userAgent, 'unknown');
  await portal.close();
  await phone.close();
});

test('a link that is cut, unknown, or of an envelope that is not here says which', async () => {
  const [portal, phone] = await Promise.all([device(), device()]);
  const { session, links } = await sent(portal);
  const { stream, secret } = links.customer;
  assert.equal(await codeOf(phone.join(`https://example.com/#${stream}.${secret.slice(0, -1)}`)), 'link.malformed');
  assert.equal(await codeOf(phone.join(links.customer)), 'link.not_fetched');
  await carry(portal, phone, stream);
  assert.equal(await codeOf(phone.join({ stream, secret: `${secret[0] === 'A' ? 'B' : 'A'}${secret.slice(1)}` })), 'link.unknown');
  assert.equal(session.can({ do: 'send' }) === null, false);
  await portal.close();
  await phone.close();
});

test('a declined, a voided and a replaced invitation end as they should', async () => {
  const [portal, phone] = await Promise.all([device(), device()]);
  const { session, links } = await sent(portal);
  await carry(portal, phone, session.state.stream);
  const customer = await phone.join(links.customer);
  await customer.ceremony.act({ do: 'decline', reason: 'Too expensive' });
  assert.equal(customer.state.status, 'declined');
  assert.equal(customer.state.ending.reason, 'Too expensive');

  const other = (await sent(portal)).session;
  const before = (await other.links()).customer;
  await other.dispatch({ do: 'invite', recipient: { id: 'customer', role: 'customer', recipientType: 'signer', order: 1, name: 'Carla Correct' } });
  assert.notEqual((await other.links()).customer.secret, before.secret);
  await carry(portal, phone, other.state.stream);
  assert.equal(await codeOf(phone.join(before)), 'link.unknown');
  await other.dispatch({ do: 'void', reason: 'Wrong customer' });
  assert.deepEqual([other.state.status, other.state.ending.reason], ['voided', 'Wrong customer']);
  await portal.close();
  await phone.close();
});

test('a new revision says what changed, and what was agreed to before does not count', async () => {
  const [portal, phone] = await Promise.all([device(), device()]);
  const { session, links } = await sent(portal);
  await carry(portal, phone, session.state.stream);
  const customer = await phone.join(links.customer);
  await session.dispatch({ do: 'publish', values: { ...session.state.values, seats: 24 }, why: 'More seats' });
  assert.equal(session.state.revision.number, 2);
  const published = (await session.trail()).entries.filter(({ type }) => type === 'revision.published').at(-1);
  assert.deepEqual(published.detail.changes, [{ from: 12, to: 24, what: 'seats' }]);
  assert.equal(published.detail.why, 'More seats');
  await carry(portal, phone, session.state.stream);
  assert.equal(customer.state.revision.number, 2);
  assert.match(customer.ceremony.html(), /24/);
  await portal.close();
  await phone.close();
});

test('whoever changes the text signs alone and first: told before, and refused by create and by send', async () => {
  const portal = await device();
  const template = await compile(portal);
  const person = (id, order, recipientType = 'signer') => ({ id, role: id, recipientType, order, name: id });
  const ask = (...recipients) => template.checkRouting(recipients);
  assert.deepEqual(template.textRoles, ['customer']);
  assert.equal(ask(person('customer', 1), person('provider', 2)), null);
  assert.equal(ask(person('customer', 3), person('provider', 7), person('copy', 1, 'copy')), null, 'whoever gets a copy signs nothing');
  for (const order of [1, 2]) assert.equal(ask(person('customer', order), person('provider', 1)), 'template.later_signer');
  assert.equal(ask(person('provider', 1)), 'template.later_signer');

  const refused = sent(portal, { recipients: [person('customer', 2), person('provider', 1)] });
  assert.equal(await codeOf(refused), 'template.later_signer');
  assert.deepEqual((await portal.envelopes()).envelopes, [], 'nothing was begun');

  const begun = await portal.create({
    title: 'Half', sender: { name: 'Ann Agent' }, template: { compiled: template.compiled, source }, consent,
    values: template.prefill({ account: { seats: 12, unit_price: ['20.00', 'EUR'] } }).values, recipients: [person('provider', 1)],
  }, await portal.keys.device('owner'));
  assert.equal(begun.state.status, 'draft', 'the customer may still be invited');
  assert.equal(await codeOf(begun.dispatch({ do: 'send' })), 'template.later_signer');
  assert.equal(begun.state.status, 'draft');
  await portal.close();
});

test('values that the template forbids are refused before anybody is asked to sign them', async () => {
  const portal = await device();
  const template = await compile(portal);
  const values = (seats) => ({ seats, unitPrice: ['20.00', 'EUR'] });
  assert.equal(template.checkValues(values(5000)), undefined);
  const refused = async (seats) => codeOf(() => template.checkValues(values(seats)));
  assert.deepEqual([await refused(0), await refused(5001), await refused('12')], ['field.too_small', 'field.too_large', 'values.wrong_type']);
  const begun = await portal.create({
    title: 'None', sender: { name: 'Ann Agent' }, template: { compiled: template.compiled, source }, consent, values: values(0),
    recipients: ['customer', 'provider'].map((id, i) => ({ id, role: id, recipientType: 'signer', order: i + 1, name: id })),
  }, await portal.keys.device('owner'));
  assert.equal(await codeOf(begun.dispatch({ do: 'send' })), 'field.too_small');
  assert.equal(begun.state.status, 'draft');
  await begun.dispatch({ do: 'publish', values: values(12), why: 'Seats' });
  await begun.dispatch({ do: 'send' });
  assert.equal(await codeOf(begun.dispatch({ do: 'publish', values: values(5001), why: 'More seats' })), 'field.too_large');
  assert.equal(begun.state.revision.number, 2);
  await portal.close();
});

test('a clause of the library travels with the agreement, and a stranger compiles it again', async () => {
  const portal = await device();
  const library = {
    'clauses/credits.md': '---\nclause: credits\nstatus: approved\napprovedBy: Legal\nwhy: Board decision of 2026\n---\n# Credits {#credits}\n\nTen percent.\n',
    'clauses/unused.md': '---\nclause: unused\nstatus: approved\n---\nNobody takes this.\n',
  };
  const withClause = source.replace('# Contact', '{{include: credits}}\n\n# Contact');
  const { template, diagnostics } = await portal.templates.compile(withClause, { library });
  assert.deepEqual(diagnostics.map(({ code }) => code), ['T805'], 'the clause is not pinned yet');
  assert.ok(template.lockedUnits.includes('credits'));
  assert.equal(template.library.length, 1);
  const { session } = await sent(portal, { template: { compiled: template.compiled, source: withClause, library } });
  assert.deepEqual(session.state.revision.inputs.library, template.library);
  const stranger = await device();
  for (const revision of [1, 2]) {
    assert.equal(session.state.revision.number, revision);
    assert.deepEqual(session.state.revision.inputs.library, template.library);
    const report = await stranger.verify(await session.exportBundle());
    assert.equal(report.document.recompiled, 'same', JSON.stringify(report.reasons));
    assert.deepEqual(report.reasons.filter(({ severity }) => severity === 'invalid' || severity === 'incomplete'), []);
    if (revision === 1) await session.dispatch({ do: 'publish', values: { seats: 20, unitPrice: ['20.00', 'EUR'] }, why: 'More seats' });
  }
  await portal.close();
  await stranger.close();
});

test('a witness or an in-person signer may be who settles the text, if first; of a role that passed to another only who is there is asked', async () => {
  const portal = await device();
  const clause = source.replace('role: customer }\n  contactName', 'role: customer, required: true }\n  contactName');
  const template = await compile(portal, clause);
  const customer = (recipientType, order) => ({ id: 'customer', role: 'customer', recipientType, order, name: 'Carla Customer' });
  const provider = (order) => ({ id: 'provider', role: 'provider', recipientType: 'signer', order, name: 'Paul Provider' });
  assert.deepEqual(template.textRoles, ['customer']);
  for (const type of ['signer', 'witness', 'inPerson']) {
    assert.equal(template.checkRouting([customer(type, 1), provider(2)]), null, type);
    assert.equal(template.checkRouting([customer(type, 2), provider(2)]), 'template.later_signer', type);
  }
  for (const type of ['viewer', 'approver', 'formFiller']) assert.equal(template.checkRouting([customer(type, 1), provider(2)]), 'template.later_signer', type);
  // Two who sign: the witness, who is asked at the same time, would sign a text that still changes.
  assert.equal(template.checkRouting([customer('signer', 1), { ...provider(1), recipientType: 'witness' }]), 'template.later_signer');

  const { session } = await prepared(portal, { template: { compiled: template.compiled, source: clause }, recipients: [customer('inPerson', 1), provider(2)].map((one) => (one.id === 'customer' ? { ...one, host: 'provider' } : one)) });
  assert.equal(session.state.recipients.find(({ id }) => id === 'customer').host, 'provider');
  await session.dispatch({ do: 'invite', recipient: { id: 'another', role: 'customer', recipientType: 'signer', order: 1, name: 'Ann Other' } });
  await session.dispatch({ do: 'removeRecipient', recipient: 'another' });
  await session.dispatch({ do: 'publish', values: { seats: 12, unitPrice: ['20.00', 'EUR'] }, why: 'People changed' });
  await session.dispatch({ do: 'send' });
  assert.equal(session.state.status, 'sent');
  await portal.close();
});

test('a second tab that has not heard yet that the first one joined goes on with the same key', async () => {
  const portal = await device();
  const { session: owner } = await prepared(portal);
  await owner.dispatch({ do: 'send' });
  const link = (await owner.links()).customer;
  const store = new Kept();
  // Two tabs on one device; no word of the other comes through.
  const tab = () => new Proxy(store, { get: (target, name) => (name === 'watch' ? undefined : typeof target[name] === 'function' ? target[name].bind(target) : target[name]) });
  const [one, two] = await Promise.all([device({ store: tab() }), device({ store: tab() })]);
  await carry(portal, one, owner.state.stream);
  const sessions = [await one.join(link, { preview: true }), await two.join(link, { preview: true })];
  for (const session of sessions) await session.bind();
  assert.equal(sessions[0].actor.key.x, sessions[1].actor.key.x);
  assert.equal(sessions[1].state.recipients.find(({ id }) => id === 'customer').devices.length, 1);
  await sessions[1].ceremony.act({ do: 'start' });
  for (const engine of [portal, one, two]) await engine.close();
});
