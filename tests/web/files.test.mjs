// Files that a signer hands in: kept on the device from the moment they are picked, part of the envelope when they are
// committed, and out again byte for byte wherever the envelope is.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { sentences } from '../../dist/sentences.js';
import { carry, codeOf, compile, device, Kept, prepared, source, walk } from './support.mjs';

const withFile = source.replace('# Signatures', `# Identity {#identity}

A copy of the ID card: {{file: idCard, role=customer, label="ID card", accept="image/*,.pdf"}}

# Signatures`);
const bytesOf = (size, step = 7) => new Uint8Array(size).map((_, i) => (i * step) % 256);
const fileOf = (bytes, name) => new File([bytes], name, { type: 'image/jpeg' });
const hashOf = (bytes) => createHash('sha256').update(bytes).digest('hex');
const answers = { contactName: 'Anna', priority: 'true' };

async function invited() {
  const portal = await device({ sentences });
  const compiled = await compile(portal, withFile);
  const { session } = await prepared(portal, { template: { compiled: compiled.compiled, source: withFile } });
  await session.dispatch({ do: 'send' });
  return { portal, session, stream: session.state.stream, link: (await session.links()).customer };
}
async function joined(options = {}) {
  const made = await invited();
  const phone = await device({ sentences, ...options });
  await carry(made.portal, phone, made.stream);
  return { ...made, phone, session: await phone.join(made.link), owner: made.session };
}
const fieldOf = (session) => session.ceremony.view.fields.find(({ id }) => id === 'idCard');
const recordsOf = async (phone) => Object.keys((await phone.store.records('file/', null, 100)).records);

test('a file whose name is no well-formed text is refused, and nothing of it is kept', async () => {
  const { portal, phone, session } = await joined();
  const file = Object.assign(new Blob([bytesOf(100)]), { name: 'card\ud800.jpg' });
  assert.equal(await codeOf(session.ceremony.act({ do: 'attach', field: 'idCard', file })), 'input.malformed_text');
  assert.equal(fieldOf(session).state, 'empty');
  assert.deepEqual(await recordsOf(phone), []);
  await portal.close();
  await phone.close();
});

test('a picked file outlives a reload, is signed, and comes out byte for byte at the other party and from the bundle', async () => {
  const bytes = bytesOf(300_000);
  const store = new Kept();
  const { portal, owner, stream, link, phone, session } = await joined({ store });
  assert.equal(fieldOf(session).input.control, 'file');
  assert.equal(fieldOf(session).input.accept, 'image/*,.pdf');
  const items = (await store.read(stream, null, 1000)).items.length;
  await session.ceremony.act({ do: 'attach', field: 'idCard', file: fileOf(bytes, 'card.jpg') });
  assert.equal((await store.read(stream, null, 1000)).items.length, items, 'nothing of it can be sent before it is committed');
  await phone.close();

  const again = await device({ store, sentences });
  const reopened = await again.join(link);
  const { name, size, sha256, blob } = fieldOf(reopened).value;
  assert.deepEqual({ name, size, sha256 }, { name: 'card.jpg', size: 300_000, sha256: hashOf(bytes) });
  await walk(reopened, { ...answers, idCard: fieldOf(reopened).text });
  assert.match(reopened.ceremony.view.summary.values.find(({ id }) => id === 'idCard').display, /^card\.jpg, 300,000 B, SHA-256 [0-9a-f]{64}$/);
  assert.ok(reopened.state.recipients[0].signature.counts);
  assert.deepEqual(await recordsOf(again), [], 'the envelope has it: the device keeps no second copy');
  assert.ok((await store.outbox(stream, 1000)).some(({ kind, id }) => kind === 'b' && Buffer.from(blob, 'base64url').toString('hex') === id), 'its blob waits to be sent');

  await carry(again, portal, stream);
  assert.deepEqual(await owner.file(blob), bytes);
  assert.match(owner.document.html(), /card\.jpg, 300,000 B, SHA-256/);
  const committed = (await owner.trail()).entries.find(({ type }) => type === 'fields.committed');
  assert.deepEqual(committed.facts.files, [blob]);
  const bundle = await owner.exportBundle();
  const report = await portal.verify(bundle);
  assert.equal(report.verdict, 'notSealed', JSON.stringify(report.reasons));
  assert.equal(report.values.find(({ id }) => id === 'idCard').file, true);
  assert.deepEqual(await portal.fileIn(bundle, blob), bytes);
  assert.deepEqual(await portal.fileIn(await owner.exportHtmlCopy(), blob), bytes);
  assert.equal(await codeOf(portal.fileIn(bundle, 'A'.repeat(43))), 'blob.missing');
  assert.equal(await codeOf(owner.file('A'.repeat(43))), 'envelope.blob_missing');
  await again.close();
  await portal.close();
});

test('a file is replaced and taken away before it is signed, and nothing of it stays', async () => {
  const { portal, phone, session, stream } = await joined();
  const { ceremony } = session;
  await ceremony.act({ do: 'attach', field: 'idCard', file: fileOf(bytesOf(10), 'first.jpg') });
  await ceremony.act({ do: 'attach', field: 'idCard', file: fileOf(bytesOf(20), 'second.jpg') });
  assert.equal(fieldOf(session).value.name, 'second.jpg');
  assert.deepEqual(await recordsOf(phone), [`file/${stream}/customer/idCard`]);
  await ceremony.act({ do: 'attach', field: 'idCard', file: null });
  assert.equal(fieldOf(session).state, 'empty');
  assert.deepEqual(await recordsOf(phone), []);
  assert.ok(ceremony.view.blockers.some(({ code, field }) => code === 'field.required' && field === 'idCard'));
  await ceremony.act({ do: 'attach', field: 'idCard', file: fileOf(bytesOf(30), 'third.jpg') });
  await walk(session, { ...answers, idCard: fieldOf(session).text });
  const blobs = (await phone.store.read(stream, null, 1000)).items.filter(({ kind }) => kind === 'b').map(({ bytes }) => bytes.length);
  assert.ok(blobs.includes(46) && !blobs.includes(26) && !blobs.includes(36));
  await portal.close();
  await phone.close();
});

test('what is too large is refused with a code that says the limit, and what was picked before stays', async () => {
  const { portal, phone, session } = await joined();
  const { ceremony } = session;
  await ceremony.act({ do: 'attach', field: 'idCard', file: fileOf(bytesOf(4_194_288), 'largest.jpg') });
  assert.equal(fieldOf(session).value.size, 4_194_288);
  await assert.rejects(ceremony.act({ do: 'attach', field: 'idCard', file: fileOf(bytesOf(4_194_289), 'larger.jpg') }), { code: 'blob.too_large', message: /4194288/ });
  assert.equal(fieldOf(session).value.name, 'largest.jpg');
  assert.equal(await codeOf(ceremony.act({ do: 'attach', field: 'contactName', file: fileOf(bytesOf(3), 'a') })), 'field.wrong_type');
  assert.equal(await codeOf(ceremony.act({ do: 'attach', field: 'nothing', file: fileOf(bytesOf(3), 'a') })), 'template.unknown_field');
  await walk(session, { ...answers, idCard: fieldOf(session).text });
  assert.ok(session.state.recipients[0].signature.counts, 'the largest file there may be is signed');
  await portal.close();
  await phone.close();
});

test('a value whose file is not on the device is not signed', async () => {
  const { portal, phone, session, stream } = await joined();
  await session.ceremony.act({ do: 'attach', field: 'idCard', file: fileOf(bytesOf(10), 'lost.jpg') });
  const text = fieldOf(session).text;
  await phone.store.commit({ stream, records: { [`file/${stream}/customer/idCard`]: null } });
  assert.equal(await codeOf(walk(session, { ...answers, idCard: text })), 'envelope.blob_missing');
  assert.equal(session.state.recipients[0].signature, undefined);
  await portal.close();
  await phone.close();
});

test('another device of the same envelope has the file by what it received, and a shredded one is gone and told', async () => {
  const bytes = bytesOf(1000);
  const { portal, owner, phone, session, stream } = await joined();
  await session.ceremony.act({ do: 'attach', field: 'idCard', file: fileOf(bytes, 'card.jpg') });
  await walk(session, { ...answers, idCard: fieldOf(session).text });
  await carry(phone, portal, stream);
  const { blob } = owner.state.values.idCard;
  assert.deepEqual(await owner.file(blob), bytes);
  await owner.dispatch({ do: 'void', reason: 'over' });
  await owner.dispatch({ do: 'shred', details: [blob] });
  assert.equal((await owner.trail()).entries.at(-1).type, 'content.shredded');
  await portal.close();
  await phone.close();
});
