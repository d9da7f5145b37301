// A signer hands in a file from a phone without a connection: picked, kept through a killed tab, signed, sent by itself when
// the server is back, and the same bytes at the sender, in the bundle and on the verify page.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { ceremonyView, freePorts, openBrowser, prepareToSign, primary, startDemo, temporaryFolder, untilOffline, untilStep, verifyFile } from './support.mjs';

const source = `---
template: id-check
version: 1
title: Identity check
locale: en
roles:
  customer: { label: Customer, signs: true }
fields:
  fee: { type: money, currency: EUR, label: Fee, default: "10.00" }
---
# Identity {#identity}

The check costs {{= fee | money }}. A copy of the ID card: {{file: idCard, role=customer, label="ID card", accept="image/*,.pdf", help="Both sides on one page."}}

# Signatures {#signatures}

{{sign: customerSignature, role=customer}}
`;
const bytesOf = (size) => Buffer.from(Uint8Array.from({ length: size }, (_, i) => (i * 31) % 256));
const field = (page) => page.evaluate(() => document.querySelector('countersign-ceremony').view.fields.find(({ id }) => id === 'idCard'));
const savedBytes = async (page, button) => {
  const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
  return [download.suggestedFilename(), readFileSync(await download.path())];
};

describe('files that a signer hands in', () => {
  const closing = [];
  after(async () => { for (const close of closing.reverse()) await close().catch(() => {}); });

  it('go from a phone without a connection to everybody who has the envelope', { timeout: 300_000 }, async (t) => {
    const folder = temporaryFolder('files');
    const data = temporaryFolder('data');
    const port = await freePorts();
    let server = await startDemo({ port, data });
    closing.push(() => server.stop());
    const template = join(folder, 'id-check.md');
    writeFileSync(template, source);
    const card = bytesOf(1_500_000); // more than a batch of the backend takes
    writeFileSync(join(folder, 'card.pdf'), card);
    writeFileSync(join(folder, 'larger.pdf'), bytesOf(4_194_289));

    const desk = await openBrowser();
    closing.push(() => desk.close());
    const portal = await desk.page();
    let link;
    await t.test('the sender asks for one', async () => {
      await portal.goto(server.url);
      await portal.getByRole('button', { name: /Amara Okafor/ }).click();
      await portal.getByRole('link', { name: 'Templates' }).first().click();
      await portal.locator('#template-file').setInputFiles(template);
      await portal.locator('#save-template:enabled').click();
      await portal.getByText('Saved.').waitFor();
      await portal.goto(`${server.url}/#/new/id-check`);
      await portal.locator('fieldset.recipient input[type=text]').first().fill('Lena Vogt');
      await portal.getByRole('button', { name: 'Send', exact: true }).click();
      await portal.locator('.recipients .link input').first().waitFor();
      link = await portal.locator('.recipients .link input').first().inputValue();
      await portal.waitForFunction(() => document.querySelector('.head')?.textContent.includes('sent to the server'));
    });

    const phone = await openBrowser({ device: 'Pixel 7' });
    closing.push(() => phone.close());
    let page = await phone.page();
    await page.goto(link);
    await ceremonyView(page);
    await untilOffline(page);
    await page.waitForFunction(() => document.querySelector('countersign-ceremony').session.sync.place !== 'device');
    await server.stop('SIGKILL');
    await page.context().setOffline(true);

    const sheet = page.locator('countersign-ceremony dialog.sheet');
    await t.test('what is too large is refused, with the limit and a code, and can be chosen again', async () => {
      const view = await ceremonyView(page);
      assert.equal(view.fields.find(({ id }) => id === 'idCard').required, true);
      const stop = async (step) => { if (step === 'fill') throw new Error('the file is picked below'); };
      await assert.rejects(prepareToSign(page, {}, { seen: stop }), /picked below/);
      await untilStep(page, 'fill');
      await page.locator('countersign-ceremony [data-place="idCard"]').click();
      assert.equal(await sheet.locator('[data-control]').getAttribute('accept'), 'image/*,.pdf');
      await sheet.locator('[data-control]').setInputFiles(join(folder, 'larger.pdf'));
      await sheet.getByText('at most 4 MB').waitFor();
      await sheet.getByText('blob.too_large').waitFor();
      assert.equal((await field(page)).state, 'empty');
    });

    await t.test('a file is picked, taken away and picked again, with its name and size in sight', async () => {
      await sheet.locator('[data-control]').setInputFiles(join(folder, 'card.pdf'));
      await sheet.getByText('card.pdf').waitFor();
      await sheet.getByText('1.5 MB').waitFor();
      assert.equal(await sheet.getByText('blob.too_large').count(), 0);
      await sheet.locator('[data-remove]').click();
      await sheet.getByText('No file yet').waitFor();
      await sheet.locator('[data-control]').setInputFiles(join(folder, 'card.pdf'));
      await sheet.getByText('card.pdf').waitFor();
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(wide, 0, 'nothing scrolls sideways');
    });

    await t.test('after the tab was closed it is still there', async () => {
      await page.close();
      page = await phone.context.newPage();
      await page.goto(link);
      const { fields } = await ceremonyView(page);
      assert.deepEqual(fields.find(({ id }) => id === 'idCard').value.name, 'card.pdf');
    });

    await t.test('the summary names it, and it is signed', async () => {
      await untilStep(page, 'fill');
      await primary(page).click();
      await untilStep(page, 'adopt');
      await page.locator('countersign-signature-pad input[value=type]').check();
      await primary(page).click();
      await page.waitForFunction(() => document.querySelector('countersign-ceremony').view.fields.every(({ kind, state }) => kind !== 'sign' || state === 'placed'));
      await primary(page).click();
      await untilStep(page, 'check');
      await page.locator('countersign-ceremony').getByText(/card\.pdf, 1,500,000 B, SHA-256 [0-9a-f]{64}/).first().waitFor();
      await primary(page).click();
      await untilStep(page, 'copy');
    });

    await t.test('when the server is back it is sent by itself, and the sender has the same bytes', async () => {
      server = await startDemo({ port, data });
      await page.context().setOffline(false);
      await page.evaluate(() => window.dispatchEvent(new Event('online')));
      await page.waitForFunction(() => document.querySelector('countersign-ceremony').session.sync.place !== 'device', null, { timeout: 60_000 });
      await portal.reload();
      await portal.locator('countersign-audit-trail [data-file]').first().waitFor({ timeout: 60_000, state: 'attached' });
      await portal.evaluate(() => { for (const details of document.querySelectorAll('details')) details.open = true; });
      const [name, bytes] = await savedBytes(portal, portal.locator('countersign-audit-trail [data-file]').first());
      assert.equal(name, 'card.pdf');
      assert.ok(bytes.equals(card));
      assert.match(await portal.locator('countersign-document article').first().textContent(), /card\.pdf, 1,500,000 B, SHA-256 [0-9a-f]{64}/);
    });

    await t.test('the bundle verifies, and the verify page gives the file out', async () => {
      await portal.waitForFunction(() => document.querySelector('.head .status')?.textContent === 'Completed');
      const [, bundle] = await savedBytes(portal, portal.getByRole('button', { name: 'Export' }));
      const file = join(folder, 'id-check.countersign');
      writeFileSync(file, bundle);
      const { status, output } = verifyFile(file);
      assert.equal(status, 0, output);
      await portal.goto(`${server.url}/verify.html`);
      await portal.locator('countersign-verify input[type=file]').setInputFiles(file);
      const [name, bytes] = await savedBytes(portal, portal.locator('countersign-verify [data-file]'));
      assert.equal(name, 'card.pdf');
      assert.ok(bytes.equals(card));
    });
    assert.deepEqual(phone.noise(), []);
    assert.deepEqual(desk.noise(), []);
  });
});
