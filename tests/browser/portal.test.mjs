// The portal says what stands in the way of sending, beside what has to be changed.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { freePorts, openBrowser, sendFromPortal, startDemo, temporaryFolder } from './support.mjs';

const template = 'saas-upgrade';
const answers = JSON.parse(readFileSync(new URL('./answers.json', import.meta.url), 'utf8'))[template];

describe('preparing an agreement', () => {
  let server;
  let desk;
  before(async () => {
    server = await startDemo({ port: await freePorts(), data: temporaryFolder('data') });
    desk = await openBrowser();
  });
  after(async () => {
    await desk?.close();
    await server?.stop();
  });

  it('an order of signing that cannot work is told before sending, with what to do', async () => {
    const page = await desk.page();
    await sendFromPortal(page, server.url, { template, customer: answers.customerRecord, values: answers.sender, people: answers.people });
    await page.goto(`${server.url}/#/new`);
    await page.locator('#template').selectOption(template);
    await page.locator('#customer').selectOption(answers.customerRecord);
    const send = page.getByRole('button', { name: 'Send', exact: true });
    const problem = page.locator('#routing-problem');
    const order = async (customer, provider) => {
      await page.locator('#order-0').fill(customer);
      await page.locator('#order-1').fill(provider);
    };
    assert.equal(await page.locator('#field-term').inputValue(), 'P12M', 'a choice that is kept in another writing (P1Y) is shown as chosen');
    assert.equal(await send.isEnabled(), true);
    assert.equal(await problem.isVisible(), false);

    await order('2', '1');
    assert.match(await problem.textContent(), /^Customer must sign first\. .*lowest order.* template\.later_signer$/);
    assert.equal(await send.isEnabled(), false);
    assert.match(await page.locator('#send-note').textContent(), /order of signing/);
    assert.deepEqual(await page.locator('[id^=order-]').evaluateAll((inputs) => inputs.map((input) => input.getAttribute('aria-invalid'))), ['true', 'true']);
    await order('1', '1');
    assert.match(await problem.textContent(), /template\.later_signer/);
    await order('1', '');
    assert.match(await problem.textContent(), /^Give Provider an order from 1 to 64\.$/);
    assert.equal(await send.isEnabled(), false);

    await order('2', '5');
    assert.equal(await problem.textContent(), '');
    await send.click();
    await page.locator('.recipients .link input').first().waitFor();
    assert.deepEqual(desk.noise(), []);
  });

  it('a page that is slow to come does not stand over the one that was gone to since', async () => {
    const page = await desk.page();
    await page.goto(`${server.url}/#/`);
    await page.getByRole('heading', { name: 'Agreements' }).waitFor();
    await page.evaluate(() => {
      const { fetch } = window;
      const held = new Promise((done) => { window.release = done; });
      window.fetch = async (...args) => {
        if (String(args[0]).endsWith('.md')) await held;
        return fetch(...args);
      };
    });
    await page.evaluate(() => { location.hash = '#/new'; });
    await page.getByText('Compiling the templates').waitFor();
    await page.evaluate(() => { location.hash = '#/'; });
    await page.getByRole('heading', { name: 'Agreements' }).waitFor();
    await page.evaluate(() => { window.release(); });
    await page.waitForTimeout(2500);
    assert.equal(await page.getByRole('heading', { name: 'Agreements' }).isVisible(), true);
    assert.equal(await page.locator('#template').count(), 0);
  });

  it('two new agreements, visited one right after the other, do not write into each other', async () => {
    const page = await desk.page();
    const told = () => page.evaluate(() => ({
      computed: Array.from(document.querySelectorAll('#computed dt'), ({ textContent }) => textContent), note: document.getElementById('send-note').textContent,
      fields: Array.from(document.querySelectorAll('[id^=field-]'), ({ id }) => id), pages: document.querySelectorAll('#template').length,
    }));
    await page.goto(`${server.url}/#/new/sla-amendment`);
    await page.reload();
    await page.locator('#field-newUptime').waitFor();
    const alone = await told();
    await page.evaluate(() => { location.hash = '#/'; });
    await page.getByRole('heading', { name: 'Agreements' }).waitFor();
    await page.evaluate(() => {
      const { fetch } = window;
      let calls = 0;
      // The first visit's files come last: it is still being made when the second one stands.
      window.fetch = async (...args) => {
        if (String(args[0]).endsWith('.md') && (calls += 1) <= 8) await new Promise((done) => { setTimeout(done, 2500); });
        return fetch(...args);
      };
      location.hash = '#/new/saas-upgrade';
      setTimeout(() => { location.hash = '#/new/sla-amendment'; }, 100);
    });
    await page.locator('#field-newUptime').waitFor();
    await page.waitForTimeout(4500);
    assert.deepEqual(await told(), alone);
    await page.locator('#order-0').fill('65');
    await page.locator('#routing-problem').filter({ hasText: 'an order from 1 to 64' }).waitFor();
    assert.deepEqual(desk.noise(), []);
  });

  it('what is wrong with a value is said at its field: in the template\'s words, with the limit, or as its validation', async () => {
    const page = await desk.page();
    await page.goto(`${server.url}/#/`);
    await page.goto(`${server.url}/#/new/${template}`);
    await page.locator('#customer').selectOption(answers.customerRecord);
    const said = (field, words) => page.locator(`.field:has(#field-${field}) .problem`).getByText(words).first().waitFor();
    await page.locator('#field-seats').fill('99999');
    await said('seats', 'Between 1 and 5,000 seats can be ordered.');
    await page.locator('#field-unitPrice').fill('900');
    await said('unitPrice', 'The largest value is 500.00.');
    assert.match(await page.locator('#computed').textContent(), /waits for Seats, Price per seat and month/);
    await page.locator('#field-seats').fill('120');
    await page.locator('#field-unitPrice').fill('39,90');
    await page.locator('#field-newPlan').selectOption('Team');
    await said('newPlan', 'The new plan is the plan the customer already has.');
    const send = page.getByRole('button', { name: 'Send', exact: true });
    assert.equal(await send.isEnabled(), false);
    await page.locator('#field-newPlan').selectOption('Business');
    assert.equal(await page.locator('.problem:not(:empty)').count(), 0);
    assert.equal(await send.isEnabled(), true);
    const box = await send.boundingBox();
    assert.ok(box.y + box.height <= 900, 'the button is in sight, however long the form');
    assert.deepEqual(desk.noise(), []);
  });

  it('what is not here or no template says so, and leaves nothing else on the screen', async () => {
    const page = await desk.page();
    await page.goto(`${server.url}/#/templates`);
    await page.locator('li.card').first().waitFor();
    await page.locator('#template-file').setInputFiles({ name: 'photo.md', mimeType: 'text/markdown', buffer: Buffer.from('ffd8ffe000104a464946', 'hex') });
    await page.getByText('This file is no text').waitFor();
    assert.equal(new URL(page.url()).hash, '#/templates');
    await page.goto(`${server.url}/#/e/${'0'.repeat(32)}`);
    await page.getByRole('heading', { name: 'This cannot be shown' }).waitFor();
    assert.equal(await page.locator('li.card').count(), 0);
    await page.getByRole('link', { name: 'All agreements' }).click();
    await page.locator('#search').waitFor();
    assert.equal(await page.locator('#failure').isVisible(), false);
    assert.deepEqual(desk.noise(), []);
  });

  it('an agreement is found by words of its title, its people or its status', async () => {
    const page = await desk.page();
    await page.goto(`${server.url}/#/`);
    const rows = page.locator('.list tbody a');
    await rows.first().waitFor();
    const all = await rows.count();
    await page.locator('#search').fill('vogt SENT');
    await page.waitForFunction((count) => document.querySelectorAll('.list tbody a').length === count, all);
    await page.locator('#search').fill('nobody of this name');
    await page.getByText('Nothing matches').waitFor();
    await page.locator('#search').fill('');
    await rows.first().waitFor();
    assert.equal(await rows.count(), all);
  });
});
