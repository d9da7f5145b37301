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
});
