// An agreement as lawyers publish it, written for another tool: brought in, filled, sent, signed by both, sealed and verified.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { carry, device, walk } from './support.mjs';

const shared = process.env.COUNTERSIGN_SHARED || new URL('../../../shared/data', import.meta.url).pathname;
const files = ['common-paper-mutual-nda-cover-page.md', 'common-paper-mutual-nda.md'].map((name) => ({ name, path: `${shared}/agreements/${name}` }));
const skip = files.every(({ path }) => existsSync(path)) ? false : 'the agreements are not here';

test('the mutual NDA of Common Paper is signed by both parties', { skip }, async () => {
  const [desk, first, second, stranger] = await Promise.all([device(), device(), device(), device()]);
  const { source, changes, diagnostics } = await desk.templates.import(Object.fromEntries(files.map(({ name, path }) => [name, readFileSync(path, 'utf8')])));
  assert.deepEqual(diagnostics, [], 'nothing is left to do by hand');
  assert.ok(changes.length > 10);
  const { template } = await desk.templates.compile(source);
  assert.deepEqual(template.roles.map(({ id }) => id), ['party1', 'party2']);
  const owner = await desk.keys.device('owner');
  const defaults = Object.fromEntries(template.fields.filter(({ role, default: value }) => !role && value !== undefined).map(({ id, default: value }) => [id, value]));
  const values = { ...defaults, purpose: 'Exploring a merger', mndaTerm: '1 year', termOfConfidentiality: '1 year', mndaModifications: 'None.', effectiveDate: '2026-12-01', governingLaw: 'Delaware', jurisdiction: 'courts located in New Castle, DE' };
  const session = await desk.create({
    title: template.title, sender: { name: 'Ann Agent' }, template: { compiled: template.compiled, source }, values, consent: template.consent,
    recipients: template.roles.map(({ id, order }, i) => ({ id, role: id, recipientType: 'signer', order: order + i, name: ['Ada Ahn', 'Ben Bauer'][i] })),
  }, owner);
  await session.dispatch({ do: 'send' });
  const { stream } = session.state;
  const links = await session.links();
  let from = desk;
  for (const [at, party] of [[first, 'party1'], [second, 'party2']]) {
    await carry(from, at, stream);
    const signer = await at.join(links[party]);
    assert.match(signer.ceremony.html(), /Governing Law[^]*Delaware/);
    const own = Object.fromEntries(signer.ceremony.view.fields.filter(({ kind }) => kind === 'input').map(({ id, label }) => [id, `${label.replace(/ \(.*/, '')} of ${party}`]));
    await walk(signer, own);
    from = at;
  }
  await carry(second, desk, stream);
  assert.equal(session.state.status, 'signedByAll');
  await session.dispatch({ do: 'complete' });
  const report = await stranger.verify(await session.exportBundle());
  assert.equal(report.verdict, 'valid', JSON.stringify(report.reasons, null, 1));
  assert.deepEqual([report.document.rendered, report.document.recompiled], ['same', 'same']);
  for (const party of [desk, first, second, stranger]) await party.close();
});
