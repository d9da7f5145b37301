// The same journey with no backend at all: bundles carried between the parties as files, the owner's device seals.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { ceremonyView, freePorts, openBrowser, prepareToSign, primary, sendFromPortal, startDemo, temporaryFolder, untilStep, verifyFile } from './support.mjs';

const template = 'saas-upgrade';
const answers = JSON.parse(readFileSync(new URL('./answers.json', import.meta.url), 'utf8'))[template];
const closing = [];
after(async () => { for (const close of closing.reverse()) await close().catch(() => {}); });

async function save(page, name, file) {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name, exact: true }).first().click()]);
  await download.saveAs(file);
  return file;
}

it('an agreement goes from hand to hand as files, and anyone can verify the result', { timeout: 300_000 }, async () => {
  const folder = temporaryFolder('files');
  const server = await startDemo({ port: await freePorts(), data: temporaryFolder('data') });
  closing.push(() => server.stop());
  const browsers = [];
  for (const device of [null, 'Pixel 7', null]) {
    const browser = await openBrowser({ device });
    // The pages come from somewhere; nothing else does.
    await browser.context.route('**/v1/**', (route) => route.abort());
    closing.push(() => browser.close());
    browsers.push(browser);
  }
  const [portal, phone, desktop] = await Promise.all(browsers.map((browser) => browser.page()));

  const { links } = await sendFromPortal(portal, server.url, { template, customer: answers.customerRecord, values: answers.sender, people: answers.people });
  const sent = await save(portal, 'Export', join(folder, 'sent.countersign'));
  assert.equal(verifyFile(sent).status, 3, 'sent, not signed');

  async function sign(page, link, from, to, values) {
    await page.goto(link);
    await page.getByRole('heading', { name: 'could not be opened' }).waitFor();
    await page.locator('#agreement-file').setInputFiles(from);
    await ceremonyView(page);
    await prepareToSign(page, values);
    await primary(page).click();
    await untilStep(page, 'copy');
    return save(page, 'Save the evidence file', to);
  }

  const first = await sign(phone, links[0], sent, join(folder, 'customer.countersign'), answers.customer);
  const second = await sign(desktop, links[1], first, join(folder, 'provider.countersign'), answers.provider);

  await portal.goto(`${server.url}/#/`);
  await portal.locator('#import-file').setInputFiles(second);
  await portal.getByRole('button', { name: 'Seal' }).click();
  await portal.waitForFunction(() => document.querySelector('.head .status')?.textContent === 'Completed');
  const sealed = await save(portal, 'Export', join(folder, 'sealed.countersign'));
  const { status, output } = verifyFile(sealed);
  assert.equal(status, 0, output);
});
