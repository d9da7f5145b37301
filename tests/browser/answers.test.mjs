// A small phone, a template that says nothing itself about wrong answers, and a table wider than the phone.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ceremonyView, freePorts, openBrowser, primary, startDemo, temporaryFolder, untilStep } from './support.mjs';

const source = `---
template: wrong-answers
version: 1
title: An agreement with a title that the header of a small phone has to shorten
locale: en
roles:
  customer: { label: Customer, signs: true }
fields:
  seats: { type: int, role: customer, label: Seats, min: 2, max: 50 }
  price: { type: money, currency: EUR, role: customer, label: Price, max: "500.00" }
  term: { type: period, role: customer, label: Term }
---
# Terms {#terms}

{{input: seats}} seats for {{input: price}} and {{input: term}}.

| Article | Description of the article | Quantity of all | Price per month | Price per year |
|---|---|---:|---:|---:|
${Array.from({ length: 40 }, (_, i) => `| Number ${i} | Accessories and documentation | ${i} | €${i},000.00 | €${i * 12},000.00 |`).join('\n')}

# Signatures {#signatures}

{{sign: signature, role=customer}}
`;

describe('answers on a small phone', () => {
  let server;
  let desk;
  let phone;
  let page;
  before(async () => {
    server = await startDemo({ port: await freePorts(), data: temporaryFolder('data') });
    desk = await openBrowser();
    const portal = await desk.page();
    await portal.goto(server.url);
    await portal.getByRole('button', { name: /Amara Okafor/ }).click();
    await portal.evaluate((text) => localStorage.setItem('countersign-portal-templates', JSON.stringify([{ name: 'wrong-answers', source: text }])), source);
    await portal.goto(`${server.url}/#/new/wrong-answers`);
    await portal.locator('#name-0').fill('Maximiliane Theodora von und zu Hohenlohe-Schillingsfürst');
    await portal.getByRole('button', { name: 'Send', exact: true }).click();
    const link = await portal.locator('.recipients .link input').first().inputValue();
    phone = await openBrowser({ viewport: { width: 320, height: 568 }, isMobile: true, hasTouch: true });
    page = await phone.page();
    await page.goto(link);
    await ceremonyView(page);
  });
  after(async () => {
    await phone?.close();
    await desk?.close();
    await server?.stop();
  });

  it('a table wider than the phone moves by itself: the page and its bar stay', async () => {
    await primary(page).click();
    await untilStep(page, 'consent');
    await page.locator('countersign-ceremony input[autocomplete=one-time-code]').fill(/\d{4}/.exec(await page.locator('countersign-ceremony .page').textContent())[0]);
    await page.locator('countersign-ceremony .tick input').check();
    await primary(page).click();
    await untilStep(page, 'review');
    await page.locator('countersign-document table').waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
    const lines = await page.locator('countersign-document tbody tr').nth(39).locator('td').nth(4).evaluate((cell) => {
      const range = document.createRange();
      range.selectNodeContents(cell);
      return new Set(Array.from(range.getClientRects(), ({ top }) => top)).size;
    });
    assert.equal(lines, 1, 'an amount is not broken');
    await primary(page).click();
    await untilStep(page, 'fill');
  });

  it('what is wrong with an answer is said in words, with the limit', async () => {
    const sheet = page.locator('countersign-ceremony dialog.sheet');
    for (const [field, text, words] of [
      ['seats', 'abc', 'Write a number such as 12.'], ['seats', '1', 'The smallest value is 2.'], ['seats', '99', 'The largest value is 50.'],
      ['price', '39,995', 'This can be read as two numbers. Write it without a separator of thousands.'], ['price', '1.234,50', 'The largest value is 500.00.'],
      ['term', 'two years', 'Write P2Y3M for 2 years and 3 months, or P10D for 10 days.'],
    ]) {
      await page.locator(`countersign-ceremony [data-place="${field}"]`).click();
      await sheet.locator('[data-control]').fill(text);
      await sheet.locator('button[type=submit]').click();
      await sheet.locator('#field-problem').getByText(words, { exact: true }).waitFor();
      assert.equal(await sheet.locator('[data-control]').getAttribute('aria-invalid'), 'true');
      await sheet.locator('.sheet-head button').click();
      await page.locator(`countersign-ceremony [data-place="${field}"]`).getByText(words, { exact: true }).waitFor();
    }
    await page.locator('countersign-ceremony [data-place="price"]').click();
    await sheet.locator('[data-control]').fill('39,90');
    await page.waitForFunction(() => document.querySelector('countersign-ceremony').view.fields.find(({ id }) => id === 'price').state === 'filled');
    assert.deepEqual(phone.noise(), []);
  });
});
