// The journey, whole: an agent sends, a customer signs on a phone with the server gone, the tab closed and the browser killed;
// the server comes back; the provider signs in another browser; the completer seals; anyone verifies.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { answer, ceremonyView, freePorts, itemsAt, openBrowser, prepareToSign, primary, sendFromPortal, startDemo, temporaryFolder, untilOffline, untilStep, verifyFile } from './support.mjs';

const template = 'saas-upgrade';
const answers = JSON.parse(readFileSync(new URL('./answers.json', import.meta.url), 'utf8'));

describe('the journey', () => {
  const closing = [];
  after(async () => { for (const close of closing.reverse()) await close().catch(() => {}); });

  it('runs from a customer record to a verdict that anyone can repeat', { timeout: 400_000 }, async (t) => {
    const data = temporaryFolder('data');
    const downloads = temporaryFolder('downloads');
    const port = await freePorts();
    let server = await startDemo({ port, data });
    closing.push(() => server.stop());

    const desk = await openBrowser();
    closing.push(() => desk.close());
    let portal = await desk.page();
    let sent;
    await t.test('the agent sends an agreement prefilled from the customer record', async () => {
      sent = await sendFromPortal(portal, server.url, { template, customer: answers[template].customerRecord, values: answers[template].sender, people: answers[template].people });
      assert.equal(sent.links.length, 2);
      assert.notEqual(new URL(sent.links[0]).origin, new URL(server.url).origin);
      await portal.locator('.qr').first().waitFor();
      await portal.waitForFunction(() => document.querySelector('.head')?.textContent.includes('sent'));
    });

    const phone = await openBrowser({ device: 'Pixel 7' });
    closing.push(() => phone.close());
    const provider = await openBrowser();
    closing.push(() => provider.close());
    let page = await phone.page();
    let desktop = await provider.page();

    await t.test('the customer opens the link once, the provider is told whose signature comes first', async () => {
      await page.goto(sent.links[0]);
      await ceremonyView(page);
      await untilOffline(page);
      assert.ok(!page.url().includes(new URL(sent.links[0]).hash.split('.')[1]), 'the secret left the address');
      await page.waitForFunction(() => document.querySelector('countersign-ceremony').session.sync.place !== 'device');
      await desktop.goto(sent.links[1]);
      await ceremonyView(desktop);
      await desktop.getByText(`Waiting for the signature of ${answers[template].people[0]}`).first().waitFor();
    });

    await portal.close();
    await server.stop('SIGKILL');

    await t.test('with the server gone she reads, consents, fills, and her answer makes a clause appear', async () => {
      const { field, no, yes, clause } = answers[template].clause;
      await prepareToSign(page, { ...answers[template].customer, [field]: no });
      const html = () => page.evaluate(() => document.querySelector('countersign-ceremony').session.ceremony.html());
      assert.ok(!(await html()).includes(clause), 'the clause is not in without her answer');
      await page.evaluate((id) => document.querySelector('countersign-ceremony').session.ceremony.act({ do: 'goTo', step: 'fill' }).then(() => id), field);
      await untilStep(page, 'fill');
      await page.locator(`countersign-ceremony [data-place="${field}"]`).click();
      const sheet = page.locator('countersign-ceremony dialog.sheet');
      const radio = sheet.locator(`input[type=radio][value="${yes}"]`);
      if (await radio.count()) await radio.check();
      else await sheet.locator('[data-control]').setChecked(yes === 'true');
      await sheet.locator('.sheet-head button').click();
      await page.locator('countersign-ceremony').getByText(/The agreement changed/).waitFor();
      assert.ok((await html()).includes(clause), 'her answer brought the clause in');
      for (const [id, value] of Object.entries(answers[template].clause.then)) {
        const asked = (await ceremonyView(page)).fields.find((entry) => entry.id === id);
        await page.locator(`countersign-ceremony [data-place="${id}"]`).click();
        await answer(page, asked, value);
        await page.locator('countersign-ceremony dialog.sheet .sheet-head button').click();
      }
    });

    await t.test('closing the tab in the middle loses nothing', async () => {
      await page.close();
      page = await phone.context.newPage();
      await page.goto(sent.links[0]);
      const view = await ceremonyView(page);
      assert.ok(view.mark, 'the adopted mark is still there');
      assert.equal(view.fields.find(({ id }) => id === answers[template].clause.field).text, answers[template].clause.yes);
    });

    let copy;
    await t.test('she signs and saves her copy, offline', async () => {
      for (let tries = 0; tries < 6 && !['check', 'sign'].includes((await ceremonyView(page)).step); tries += 1) {
        await primary(page).click();
        await page.waitForTimeout(300);
      }
      await untilStep(page, 'check');
      await primary(page).click();
      await untilStep(page, 'copy');
      await page.getByText('Signed on this device, waiting to send').waitFor();
      const trail = page.locator('countersign-ceremony');
      await trail.locator('summary', { hasText: 'Audit trail' }).click();
      await trail.locator('countersign-audit-trail').getByText('Agreed to sign electronically').waitFor();
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save your copy' }).first().click()]);
      copy = join(downloads, 'copy.html');
      await download.saveAs(copy);
      const text = readFileSync(copy, 'utf8');
const scripts = [...text.matchAll(/<script([^>]*)>/gi)].map(([, attributes]) => attributes);
      assert.ok(scripts.every((attributes) => attributes.includes('type="application/vnd.countersign.bundle"')), `only the bundle, which no browser runs: ${scripts}`);
      assert.equal(verifyFile(copy).status, 3, 'valid so far, not sealed');
    });

    await t.test('after the browser was killed it is all there: signed, waiting to send', async () => {
      await phone.kill();
      const again = await openBrowser({ profile: phone.profile, device: 'Pixel 7' });
      closing.push(() => again.close());
      phone.again = again;
      page = await again.page();
      await page.goto(sent.links[0]);
      await ceremonyView(page);
      await page.getByText('Signed on this device, waiting to send').waitFor();
    });

    await t.test('the server returns and it syncs without a click, once', async () => {
      server = await startDemo({ port, data });
      await page.evaluate(() => window.dispatchEvent(new Event('online')));
      await page.waitForFunction(() => document.querySelector('countersign-ceremony').session.sync.place !== 'device', null, { timeout: 60_000 });
      const items = itemsAt(data);
      assert.equal(new Set(items.map(({ stream, kind, id }) => `${stream}${kind}${id}`)).size, items.length);
    });

    await t.test('the provider signs in another browser and the completer seals; both sides see completed', async () => {
      await desktop.evaluate(() => window.dispatchEvent(new Event('online')));
      await desktop.waitForFunction(() => document.querySelector('countersign-ceremony').view.waitingFor.length === 0, null, { timeout: 60_000 });
      await prepareToSign(desktop, answers[template].provider, { mark: 'typed' });
      await primary(desktop).click();
      await untilStep(desktop, 'copy');
      for (const signer of [desktop, page]) {
        await signer.waitForFunction(() => document.querySelector('countersign-ceremony').session.state.status === 'completed', null, { timeout: 60_000 });
        await signer.getByText('Everyone has signed, and the agreement is sealed').waitFor();
      }
    });

    let bundle;
    await t.test('the portal shows the audit trail and exports one bundle that the command line finds valid', async () => {
      portal = await desk.context.newPage();
      await portal.goto(`${server.url}/#/e/${sent.stream}`);
      await portal.waitForFunction(() => document.querySelector('.head .status')?.textContent === 'Completed', null, { timeout: 60_000 });
      const trail = portal.locator('countersign-audit-trail');
      for (const words of ['Signed', 'Agreed to sign electronically', 'Completed and sealed', 'Claimed by the device', 'Attested by a service']) await trail.getByText(words).first().waitFor();
      const [download] = await Promise.all([portal.waitForEvent('download'), portal.getByRole('button', { name: 'Export' }).click()]);
      bundle = join(downloads, 'agreement.countersign');
      await download.saveAs(bundle);
      const { status, output } = verifyFile(bundle);
      assert.equal(status, 0, output);
    });

    await t.test('the verify page says the same with the server down', async () => {
      await portal.goto(`${server.url}/verify.html`);
      await portal.locator('countersign-verify input[type=file]').waitFor({ state: 'attached' });
      await untilOffline(portal);
      await server.stop();
      await portal.reload();
      await portal.locator('countersign-verify input[type=file]').setInputFiles(bundle);
      await portal.locator('countersign-verify .verdict.valid').waitFor({ timeout: 60_000 });
      await portal.locator('countersign-verify input[type=file]').setInputFiles(copy);
      await portal.locator('countersign-verify .verdict.notSealed').waitFor({ timeout: 60_000 });
      const damaged = readFileSync(bundle);
      damaged[damaged.length >> 1] ^= 1;
      await portal.locator('countersign-verify input[type=file]').setInputFiles({ name: 'damaged.countersign', mimeType: 'application/octet-stream', buffer: damaged });
      await portal.locator('countersign-verify .verdict.invalid').waitFor({ timeout: 60_000 });
      const reasons = await portal.locator('countersign-verify .verdict + section li').evaluateAll((lines) => lines.map((line) => `${line.querySelector('span').textContent} ${line.querySelector(':scope > code').textContent}`));
      assert.equal(new Set(reasons).size, reasons.length, 'what is said of many events is said once');
      server = await startDemo({ port, data });
    });

    await t.test('nothing was said on any console', () => {
      assert.deepEqual([...desk.noise(), ...provider.noise(), ...phone.again.noise()], []);
    });
  });
});
