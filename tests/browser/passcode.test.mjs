// A browser that cannot make Ed25519 keys: the signer's passcode keeps the key, on a real phone's screen, with and without a
// connection, and what it signed is verified like anybody's.
import { AxeBuilder } from '@axe-core/playwright';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ceremonyView, freePorts, openBrowser, prepareToSign, primary, sendFromPortal, startDemo, temporaryFolder, untilOffline, untilStep, verifyFile } from './support.mjs';

const template = 'telehealth-consent';
const answers = JSON.parse(readFileSync(new URL('./answers.json', import.meta.url), 'utf8'))[template];
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const passcode = 'correct horse battery';

/** Runs before every script of a page: WebCrypto as browsers had it before Ed25519. */
function forgetEd25519() {
  const { subtle } = globalThis.crypto ?? {};
  if (!subtle) return;
  for (const [name, at] of [['generateKey', 0], ['importKey', 2]]) {
    const real = subtle[name].bind(subtle);
    Object.defineProperty(subtle, name, {
      value: (...args) => ((args[at]?.name ?? args[at]) === 'Ed25519' ? Promise.reject(new DOMException('Unrecognized name.', 'NotSupportedError')) : real(...args)),
    });
  }
}

describe('a browser without Ed25519', () => {
  let server;
  let desk;
  let portal;
  before(async () => {
    server = await startDemo({ port: await freePorts(), data: temporaryFolder('data') });
    desk = await openBrowser();
    portal = await desk.page();
  });
  after(async () => {
    await desk?.close();
    await server?.stop();
  });

  it('signs under a passcode, is asked for it after a reload, loses nothing by a wrong one, and is verified', { timeout: 240_000 }, async () => {
    const { links, stream } = await sendFromPortal(portal, server.url, { template, customer: answers.customerRecord, values: answers.sender, people: answers.people });
    const phone = await openBrowser({ device: 'Pixel 7' });
    try {
      const { context } = phone;
      await context.addInitScript(forgetEd25519);
      const fetched = [];
      context.on('request', (request) => { fetched.push(new URL(request.url()).pathname); });
      const page = await phone.page();
      await page.goto(links[0]);
      await untilStep(page, 'open');
      assert.ok(fetched.some((path) => path.endsWith('/keys.wasm')), 'the keys module came because it was needed');
      const element = page.locator('countersign-ceremony');
      const axe = async (where) => {
        const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
        assert.deepEqual(violations.map(({ id, nodes }) => `${where}: ${id} ${nodes.map(({ target }) => target.flat().join(' ')).join(', ').slice(0, 200)}`), []);
      };
      const events = () => page.evaluate(() => document.querySelector('countersign-ceremony').session.state.events);
      const before = await events();

      // What it is for, and that nobody can bring it back, before it is chosen.
      await primary(page).click();
      await element.getByRole('heading', { name: 'Choose a passcode' }).waitFor();
      await element.getByText(/nobody can recover it/).waitFor();
      await axe('choose');
      const first = element.locator('input[name=passcode]');
      const second = element.locator('input[name=again]');
      await first.fill('short');
      await second.fill('short');
      await primary(page).click();
      await element.locator('#passcode-problem code').getByText('keys.short_passcode').waitFor();
      await first.fill(passcode);
      await second.fill('another passcode');
      await primary(page).click();
      await element.getByText('The two passcodes differ.').waitFor();
      assert.equal(await events(), before, 'nothing was signed yet');
      await second.fill(passcode);
      await primary(page).click();
      await untilOffline(page);
      await element.getByRole('heading', { name: 'Agree to sign electronically' }).waitFor();
      assert.equal(await events(), before + 1, 'the device has joined');

      // Without a connection from here on, the page is loaded anew.
      await page.waitForFunction(async () => (await Promise.all((await caches.keys()).map(async (name) => (await (await caches.open(name)).keys()).some(({ url }) => url.endsWith('/keys.wasm'))))).includes(true));
      await context.setOffline(true);
      await page.reload();
      await ceremonyView(page);
      await element.getByRole('heading', { name: 'Enter your passcode' }).waitFor();
      await axe('enter');
      await element.locator('input[name=passcode]').fill('incorrect horse');
      await page.keyboard.press('Enter');
      await element.locator('#passcode-problem code').getByText('crypto.open_failed').waitFor();
      await element.locator('input[name=passcode]').fill(passcode);
      await page.keyboard.press('Enter');
      await element.getByRole('heading', { name: 'Agree to sign electronically' }).waitFor();
      await page.evaluate(() => document.querySelector('countersign-ceremony').session.ceremony.act({ do: 'goTo', step: 'open' }));
      await prepareToSign(page, answers.customer);
      await primary(page).click();
      await untilStep(page, 'copy');

      // Whoever has signed sees that without a passcode; sending needs none.
      await context.setOffline(false);
      await page.reload();
      await untilStep(page, 'copy');
      await page.waitForFunction(() => document.querySelector('countersign-ceremony').session.sync.place !== 'device');
      const download = page.waitForEvent('download');
      await element.getByRole('button', { name: 'Save the evidence file' }).click();
      const file = join(temporaryFolder('copy'), 'agreement.countersign');
      await (await download).saveAs(file);
      const { output } = verifyFile(file, '--json');
      const report = JSON.parse(output);
      assert.notEqual(report.verdict, 'invalid');
      assert.deepEqual(report.reasons.filter(({ code }) => /^(event|crypto|signature)\./.test(code)), []);
      await portal.goto(`${server.url}/#/e/${stream}`);
      await portal.getByText(/Signed/).first().waitFor();
      assert.deepEqual(phone.noise(), []);
    } finally {
      await phone.close();
    }
  });
});
