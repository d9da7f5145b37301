// What can go wrong in front of people: each shows what happened and what to do, carries a stable code, loses nothing typed.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ceremonyView, freePorts, openBrowser, prepareToSign, primary, sendFromPortal, startWithPortal, temporaryFolder, untilStep } from './support.mjs';

const all = JSON.parse(readFileSync(new URL('./answers.json', import.meta.url), 'utf8'));
const template = 'telehealth-consent';
const answers = all[template];

describe('trouble', () => {
  let server;
  let desk;
  let portal;
  const data = temporaryFolder('data');
  const closing = [];
  before(async () => {
    ({ server, desk, portal } = await startWithPortal({ port: await freePorts(), data }));
  });
  after(async () => {
    for (const close of closing.reverse()) await close().catch(() => {});
    await desk?.close();
    await server?.stop();
  });

  const send = () => sendFromPortal(portal, server.url, { template, customer: answers.customerRecord, values: answers.sender, people: answers.people });
  async function phone(options = {}) {
    const browser = await openBrowser({ device: 'Pixel 7', ...options });
    closing.push(() => browser.close());
    return browser;
  }
  const shows = (page, code) => page.getByText(code, { exact: true }).first().waitFor();

  it('a link that was cut short says so and asks for the link again', async () => {
    const page = await (await phone()).page();
    await page.goto(`${server.signingUrl}/#${randomBytes(16).toString('hex')}.short`);
    await shows(page, 'link.malformed');
  });

  it('a link that opens nothing says so', async () => {
    const page = await (await phone()).page();
    await page.goto(`${server.signingUrl}/#${randomBytes(16).toString('hex')}.${randomBytes(32).toString('base64url')}`);
    await page.getByRole('heading', { name: 'could not be opened' }).waitFor();
    assert.match(await page.locator('code').first().textContent(), /^(backend|link)\./);
  });

  it('a used link opened on a second device is a second device, seen by both sides', async () => {
    const { links, stream } = await send();
    const [one, two] = [await (await phone()).page(), await (await phone()).page()];
    for (const page of [one, two]) {
      await page.goto(links[0]);
      await ceremonyView(page);
      await primary(page).click();
      await page.waitForFunction(() => document.querySelector('countersign-ceremony').session.sync.place !== 'device');
    }
    await portal.goto(`${server.url}/#/e/${stream}`);
    await portal.waitForFunction(() => (document.querySelector('.recipients')?.textContent.match(/Device:/g) ?? []).length === 2, null, { timeout: 30_000 });
  });

  it('what is left open before agreeing is said where it is, and is in sight', async () => {
    const { links } = await send();
    const page = await (await phone({ viewport: { width: 320, height: 568 } })).page();
    await page.goto(links[0]);
    await ceremonyView(page);
    await primary(page).click();
    await untilStep(page, 'consent');
    const ceremony = page.locator('countersign-ceremony');
    const inSight = async (words) => {
      const said = await ceremony.getByText(words).boundingBox();
      const bar = await ceremony.locator('.bar').boundingBox();
      assert.ok(said.y + said.height <= bar.y, `${words}: not behind the bar`);
    };
    await primary(page).click();
    await ceremony.getByText('Type the four digits').waitFor();
    await page.waitForFunction(() => document.activeElement.shadowRoot.activeElement?.autocomplete === 'one-time-code');
    await inSight('Type the four digits');
    await ceremony.locator('input[autocomplete=one-time-code]').fill(/\d{4}/.exec(await ceremony.locator('.page').textContent())[0]);
    await primary(page).click();
    await ceremony.getByText('Tick this box').waitFor();
    await page.waitForFunction(() => document.activeElement.shadowRoot.activeElement?.type === 'checkbox');
    await inSight('Tick this box');
    assert.equal(await ceremony.locator('.banner.bad').count(), 0, 'nothing of it is a fault of the page');
    await page.keyboard.press('Space');
    await primary(page).click();
    await untilStep(page, 'review');
  });

  it('a required field left empty is named beside the field, and nothing is signed', async () => {
    const { links } = await send();
    const page = await (await phone()).page();
    await page.goto(links[0]);
    await prepareToSign(page, {}).catch(() => {});
    const view = await ceremonyView(page);
    assert.equal(view.allowed.sign, false);
    assert.ok(view.fields.some(({ required, state }) => required && state === 'empty'));
    assert.notEqual(view.step, 'copy');
    const field = view.fields.find(({ required, state, kind }) => required && state === 'empty' && !['sign', 'initial', 'signdate'].includes(kind));
    if (view.step !== 'fill') return;
    const sheet = page.locator('countersign-ceremony dialog.sheet');
    if (!(await sheet.evaluate((dialog) => dialog.open))) await page.locator(`countersign-ceremony [data-place="${field.id}"]`).click();
    await sheet.locator('button[type=submit]').click();
    await page.locator('countersign-ceremony #field-problem').getByText('missing').waitFor();
    // Pasted from an address book: with signs for the direction of the text, which nobody sees.
    await sheet.locator('.sheet-head button').click();
    const contact = 'emergencyContact';
    await page.locator(`countersign-ceremony [data-place="${contact}"]`).click();
    await sheet.locator('[data-control]').fill('\u202a+49 40 1234\u202c');
    await page.waitForFunction((id) => document.querySelector('countersign-ceremony').view.fields.find((one) => one.id === id).text === '+49 40 1234', contact);
  });

  it('an agreement withdrawn while it is open can no longer be signed, and says why', async () => {
    const { links, stream } = await send();
    const page = await (await phone()).page();
    await page.goto(links[0]);
    await ceremonyView(page);
    await portal.goto(`${server.url}/#/e/${stream}`);
    await portal.getByRole('button', { name: 'Withdraw' }).click();
    await portal.locator('#void-reason').fill('Sent to the wrong person');
    await portal.locator('dialog').getByRole('button', { name: 'Withdraw' }).click();
    await page.waitForFunction(() => document.querySelector('countersign-ceremony').session.state.status === 'voided', null, { timeout: 60_000 });
    await page.getByText('The sender withdrew this agreement').first().waitFor();
    await page.getByText('Reason: Sent to the wrong person').waitFor();
    assert.equal((await ceremonyView(page)).allowed.sign, false);
  });

  it('whoever declines is told so at once, at whichever step', async () => {
    const { links } = await send();
    const page = await (await phone()).page();
    await page.goto(links[0]);
    await ceremonyView(page);
    await primary(page).click();
    await untilStep(page, 'consent');
    const ceremony = page.locator('countersign-ceremony');
    await ceremony.getByRole('button', { name: 'More', exact: true }).click();
    await ceremony.getByRole('button', { name: 'Decline to sign' }).click();
    await ceremony.locator('dialog.decline textarea').fill('The dates are wrong');
    await ceremony.getByRole('button', { name: 'Decline', exact: true }).click();
    await ceremony.getByRole('heading', { name: 'You declined to sign.' }).waitFor();
    await ceremony.getByRole('button', { name: 'Save your copy' }).first().waitFor();
    await page.waitForFunction(() => document.activeElement.shadowRoot.activeElement?.localName === 'h1');
    await page.goto('about:blank');
    await page.goto(`${server.signingUrl}/`);
    await page.getByText('Declined').waitFor();
  });

  it('two tabs of one agreement do not write over each other', async () => {
    const { links } = await send();
    const browser = await phone();
    const [one, two] = [await browser.page(), await browser.context.newPage()];
    await one.goto(links[0]);
    await ceremonyView(one);
    await two.goto(links[0]);
    await ceremonyView(two);
    for (const page of [one, two]) await page.evaluate(() => document.querySelector('countersign-ceremony').session.bind());
    const field = Object.keys(answers.customer)[0];
    const act = (page, text) => page.evaluate(async ([rest, id, value]) => {
      const { session } = document.querySelector('countersign-ceremony');
      for (const [each, answer] of Object.entries({ ...rest, [id]: value })) await session.ceremony.act({ do: 'setValue', field: each, text: answer });
      await session.ceremony.act({ do: 'commitFields' });
    }, [answers.customer, field, text]);
    const results = await Promise.allSettled([act(one, answers.customer[field]), act(two, answers.customer[field])]);
    for (const { status, reason } of results) assert.ok(status === 'fulfilled' || /store\.conflict|envelope\.stale|ceremony\.|field\./.test(String(reason)), String(reason));
    await one.reload();
    await ceremonyView(one);
    const gaps = await one.evaluate(() => document.querySelector('countersign-ceremony').session.state.gaps);
    assert.deepEqual(gaps, [], 'no sequence number was used twice');
  });

  it('a store that refuses says that nothing was saved, keeps what was typed, and signs nothing', async () => {
    const { links } = await send();
    const browser = await phone();
    const page = await browser.page();
    await page.goto(links[0]);
    await ceremonyView(page);
    await page.evaluate(() => { IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); }; IDBObjectStore.prototype.add = IDBObjectStore.prototype.put; });
    await primary(page).click();
    await page.locator('countersign-ceremony .banner.bad').waitFor();
    assert.match(await page.locator('countersign-ceremony .banner.bad code').textContent(), /^store\./);
  });

  it('a server that answers a page instead of the protocol costs nothing', async () => {
    const { links } = await send();
    const browser = await phone();
    const page = await browser.page();
    await page.goto(links[0]);
    await ceremonyView(page);
    await page.waitForFunction(() => document.querySelector('countersign-ceremony').session.sync.waiting === 0);
    await browser.context.route('**/v1/**', (route) => route.fulfill({ status: 200, contentType: 'text/html', body: '<html>Please log in</html>' }));
    await prepareToSign(page, answers.customer);
    await primary(page).click();
    await untilStep(page, 'copy');
    await page.getByText('Signed on this device, waiting to send').waitFor();
    await browser.context.unroute('**/v1/**');
    await page.evaluate(() => window.dispatchEvent(new Event('online')));
    await page.waitForFunction(() => document.querySelector('countersign-ceremony').session.sync.place !== 'device', null, { timeout: 60_000 });
  });

  it('a server with a fault is no missing connection: it is said that it is the server, with the code, and it is tried again', async () => {
    const { links, stream } = await send();
    const browser = await phone();
    const page = await browser.page();
    await page.goto(links[0]);
    await ceremonyView(page);
    await page.waitForFunction(() => document.querySelector('countersign-ceremony').session.sync.waiting === 0);
    const fault = (route) => route.fulfill({ status: 500, contentType: 'text/html', body: '<h1>Internal Server Error</h1>' });
    await browser.context.route('**/v1/**', fault);
    await prepareToSign(page, answers.customer);
    await page.locator('countersign-ceremony .sync').filter({ hasText: 'Cannot be sent now' }).waitFor();
    await primary(page).click();
    await untilStep(page, 'copy');
    await page.getByText('The server has a fault.').waitFor();
    await shows(page, 'backend.failed');
    await portal.context().route('**/v1/**', fault);
    await portal.goto(`${server.url}/#/e/${stream}`);
    await portal.evaluate(() => window.dispatchEvent(new Event('online')));
    await portal.getByText('The server has a fault.').waitFor();
    for (const context of [browser.context, portal.context()]) await context.unroute('**/v1/**');
    for (const tab of [page, portal]) await tab.evaluate(() => window.dispatchEvent(new Event('online')));
    await page.getByText('Signed and sent.').waitFor({ timeout: 60_000 });
    assert.equal(await page.getByText('The server has a fault.').count(), 0);
    await portal.getByText('The server has a fault.').waitFor({ state: 'detached', timeout: 60_000 });
  });

  it('a template with mistakes shows every one, in a list and at its line', async () => {
    const file = join(temporaryFolder('template'), 'broken.md');
    writeFileSync(file, '---\ntemplate: broken\nversion: 1\ntitle: Broken\nlocale: en\nroles: { customer: {label: Customer, signs: true} }\nfields:\n  seats: { type: int, label: Seats }\n---\n# One {#one when="seatz > 3"}\nPay {{= seats | moneyy }} now.\n\n<div>raw</div>\n\n{{sign: s, role=nobody}}\n');
    await portal.goto(`${server.url}/#/templates`);
    await portal.locator('#template-file').setInputFiles(file);
    await portal.locator('.count', { hasText: 'errors' }).waitFor();
    await portal.locator('.cm-content').click();
    await portal.keyboard.press('Control+Shift+M');
    await portal.locator('.cm-panel-lint li').first().waitFor();
    const words = await portal.locator('.cm-panel-lint').textContent();
    for (const expected of ['seatz', 'seats', 'moneyy', 'nobody']) assert.ok(words.includes(expected), `${expected} in ${words}`);
    assert.ok((await portal.locator('.cm-panel-lint li').count()) >= 3);
    // In place: each line that has one is marked, beside its number.
    assert.ok((await portal.locator('.cm-lint-marker-error').count()) >= 3);
    assert.equal(await portal.locator('#save-template').isDisabled(), true);
  });

  it('a template of your own becomes one, and survives a reload', async () => {
    const file = join(temporaryFolder('template'), 'my-letter.md');
    writeFileSync(file, '---\ntemplate: my-letter\nversion: 1\ntitle: My letter\nlocale: en\nroles: { customer: {label: Customer, signs: true} }\nfields:\n  town: { type: string, label: Town }\n---\n# Terms {#terms lock}\nWe deliver to {{= town }}.\n\n{{sign: customerSignature, role=customer}}\n');
    await portal.goto(`${server.url}/#/templates`);
    await portal.locator('#template-file').setInputFiles(file);
    await portal.locator('#save-template:not([disabled])').click();
    await portal.getByRole('link', { name: 'Use it' }).waitFor();
    await portal.reload();
    await portal.getByRole('link', { name: 'Templates' }).click();
    await portal.getByRole('link', { name: 'Use My letter' }).waitFor();
  });

  it('a customer record without a member, or with a wrong one, leaves the field to the agent and says which', async () => {
    await portal.goto(`${server.url}/#/new`);
    await portal.locator('#template').selectOption(all.incomplete.template);
    await portal.locator('#customer').selectOption(all.incomplete.customer);
    await portal.locator('.problems .banner').waitFor();
    assert.match(await portal.locator('.problems').textContent(), /prefill\.(missing_member|wrong_type)/);
    assert.equal(await portal.getByRole('button', { name: 'Send', exact: true }).isDisabled(), true);
  });

  it('nothing was said on any console', () => {
    assert.deepEqual(desk.noise(), []);
  });
});
