// The other engines that phones have: a customer signs without a connection in Gecko (Firefox) and in WebKit, where this machine
// has them: apt-get install firefox-esr webkit2gtk-driver xvfb.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { firefox } from 'playwright-core';
import { ceremonyView, freePorts, itemsAt, prepareToSign, primary, sendFromPortal, startDemo, startWithPortal, temporaryFolder, untilOffline, untilStep } from './support.mjs';
import { openWebKit, webkitLacks } from './webkit.mjs';

const template = 'saas-upgrade';
const answers = JSON.parse(readFileSync(new URL('./answers.json', import.meta.url), 'utf8'))[template];
const gecko = '/usr/bin/firefox-esr';

describe('the other engines', { timeout: 300_000 }, () => {
  const closing = [];
  let data;
  let port;
  let server;
  let desk;
  let portal;
  before(async () => {
    if (!existsSync(gecko) && webkitLacks) return;
    data = temporaryFolder('data');
    port = await freePorts();
    ({ server, desk, portal } = await startWithPortal({ port, data }));
  });
  after(async () => {
    for (const close of closing.reverse()) await close().catch(() => {});
    await desk?.close();
    await server?.stop();
  });
  const send = async () => (await sendFromPortal(portal, server.url, { template, customer: answers.customerRecord, values: answers.sender, people: answers.people })).links[0];
  const signed = () => itemsAt(data).filter(({ type }) => type === 'recipient.signed').length;
  const returned = async (before, waiting) => {
    server = await startDemo({ port, data });
    await waiting();
    assert.equal(signed(), before + 1, 'signed, once');
  };

  it('in Firefox a customer reads, fills and signs without a connection, and it is sent later', { skip: !existsSync(gecko) && `no ${gecko} here` }, async () => {
    const browser = await firefox.launch({ channel: 'moz-firefox', executablePath: gecko, firefoxUserPrefs: { 'permissions.default.persistent-storage': 1 } });
    closing.push(() => browser.close());
    const page = await (await browser.newContext({ viewport: { width: 412, height: 839 } })).newPage();
    const said = [];
    page.on('console', (message) => said.push(message.text()));
    page.on('pageerror', (error) => said.push(error.message));
    const before = signed();
    await page.goto(await send());
    await ceremonyView(page);
    await untilOffline(page);
    await server.stop('SIGKILL');
    await prepareToSign(page, answers.customer);
    await page.reload();
    await ceremonyView(page);
    await primary(page).click();
    await untilStep(page, 'copy');
    await page.reload();
    await ceremonyView(page);
    assert.equal(signed(), before);
    await returned(before, () => page.waitForFunction(() => document.querySelector('countersign-ceremony').session.sync.waiting === 0, null, { timeout: 90_000 }));
    assert.deepEqual(said.filter((text) => !/fetch|NetworkError|ERR_|Loading failed|could not|couldn/i.test(text)), []);
  });

  it('in WebKit a customer reads, fills and signs without a connection, and it is sent later', { skip: webkitLacks ? `no ${webkitLacks} here` : false }, async () => {
    const page = await openWebKit();
    closing.push(() => page.close());
    const step = (wanted) => page.until((name) => document.querySelector('countersign-ceremony')?.view?.step === name, wanted);
    const press = async (selector) => {
      await page.until((one) => { const found = document.querySelector('countersign-ceremony')?.shadowRoot.querySelector(one); return Boolean(found) && !found.disabled; }, selector);
      await page.evaluate((one) => document.querySelector('countersign-ceremony').shadowRoot.querySelector(one).click(), selector);
    };
    const before = signed();
    await page.go(await send());
    await step('open');
    assert.equal(await page.evaluate(() => document.querySelector('countersign-ceremony').session.passcode), null, 'WebKit has Ed25519 keys of its own');
    await page.until(() => Boolean(navigator.serviceWorker?.controller));
    await page.until(() => document.querySelector('countersign-ceremony').session.engine.has('acts'));
    await server.stop('SIGKILL');
    await press('.bar .primary');
    await step('consent');
    await page.evaluate(() => {
      const root = document.querySelector('countersign-ceremony').shadowRoot;
      const input = root.querySelector('input[autocomplete=one-time-code]');
      [input.value] = /\d{4}/.exec(root.querySelector('.page').textContent);
      input.dispatchEvent(new Event('input', { bubbles: true }));
    });
    await press('.tick input');
    await press('.bar .primary');
    await step('review');
    await press('.bar .primary');
    await step('fill');
    for (const [field, text] of Object.entries(answers.customer)) {
      await page.evaluate((id, value) => document.querySelector('countersign-ceremony').session.ceremony.act({ do: 'setValue', field: id, text: String(value) }).then(() => true), field, text);
    }
    await press('.bar .primary');
    await step('adopt');
    await page.evaluate(() => document.querySelector('countersign-ceremony').shadowRoot.querySelector('countersign-signature-pad').shadowRoot.querySelector('input[value=type]').click());
    await page.until(() => document.querySelector('countersign-ceremony').mark !== null);
    await press('.bar .primary');
    await page.until(() => Boolean(document.querySelector('countersign-ceremony').view.mark));
    await page.evaluate(() => { for (const place of document.querySelector('countersign-ceremony').shadowRoot.querySelectorAll('.places .place:not(.placed)')) place.click(); });
    await page.until(() => !document.querySelector('countersign-ceremony').shadowRoot.querySelector('.places .place:not(.placed)'));
    await press('.bar .primary');
    await step('check');
    await page.reload();
    await step('check');
    await press('.bar .primary');
    await step('copy');
    await page.reload();
    await step('copy');
    assert.equal(signed(), before);
    await returned(before, () => page.until(() => document.querySelector('countersign-ceremony').session.sync.waiting === 0));
  });
});
