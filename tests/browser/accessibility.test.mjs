// Every step for everybody: axe on each, targets for thumbs, 320 px and 200 % without sideways scrolling, dark mode.
import { AxeBuilder } from '@axe-core/playwright';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { freePorts, openBrowser, prepareToSign, primary, sendFromPortal, startDemo, temporaryFolder, untilStep } from './support.mjs';

const template = 'telehealth-consent';
const answers = JSON.parse(readFileSync(new URL('./answers.json', import.meta.url), 'utf8'))[template];
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

describe('accessibility', () => {
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

  async function axe(page, where) {
    const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
    assert.deepEqual(violations.map(({ id, nodes }) => `${where}: ${id} ${nodes.map(({ target }) => target.flat().join(' ')).join(', ').slice(0, 200)}`), []);
  }

  const small = (page) => page.evaluate(() => {
    const found = [];
    const visit = (root) => {
      for (const element of root.querySelectorAll('button, input, select, textarea, [role=button], a[href]')) {
        const box = element.getBoundingClientRect();
        const target = element.closest('label')?.getBoundingClientRect() ?? box;
        // Links inside a sentence are exempt (WCAG 2.5.8); hidden ones are no targets.
        if (box.width && !element.closest('.unseen, p, li p, article a') && !(element.localName === 'a' && element.closest('article')) && Math.min(target.width, target.height) < 43.5) found.push(`${element.localName} ${element.textContent.trim().slice(0, 30)} ${Math.round(target.width)}x${Math.round(target.height)}`);
      }
      for (const element of root.querySelectorAll('*')) if (element.shadowRoot) visit(element.shadowRoot);
    };
    visit(document);
    return found;
  });
  const sideways = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

  for (const [name, options] of [['a phone', { device: 'Pixel 7' }], ['a narrow phone in the dark', { viewport: { width: 320, height: 640 }, colorScheme: 'dark', hasTouch: true }], ['200 % zoom', { viewport: { width: 640, height: 450 }, deviceScaleFactor: 2 }]]) {
    it(`on ${name} every step passes axe, fits and can be hit with a thumb`, { timeout: 120_000 }, async () => {
      const { links } = await sendFromPortal(portal, server.url, { template, customer: answers.customerRecord, values: answers.sender, people: answers.people });
      const browser = await openBrowser(options);
      try {
        const page = await browser.page();
        await page.goto(links[0]);
        const seen = async (step) => {
          await page.waitForTimeout(150);
          await axe(page, step);
          assert.deepEqual(await small(page), [], `targets on ${step}`);
          assert.ok((await sideways(page)) <= 0, `no sideways scrolling on ${step}`);
        };
        await prepareToSign(page, answers.customer, { seen });
        await primary(page).click();
        await untilStep(page, 'copy');
        await seen('copy');
      } finally {
        await browser.close();
      }
    });
  }

  it('the portal passes axe on every screen', { timeout: 120_000 }, async () => {
    for (const path of ['#/', '#/new', '#/templates', 'verify.html']) {
      await portal.goto(`${server.url}/${path}`);
      await portal.waitForTimeout(1200);
      await axe(portal, path);
    }
    await portal.goto(`${server.url}/#/`);
    await portal.locator('.list a').first().click();
    await portal.locator('.qr').first().waitFor();
    await axe(portal, 'agreement');
  });

  it('the whole ceremony works by keyboard alone', { timeout: 120_000 }, async () => {
    const { links } = await sendFromPortal(portal, server.url, { template: 'sla-amendment', customer: 'acme', values: { effective: '2027-01-01' }, people: ['Lena Vogt', 'Priya Raman'] });
    const browser = await openBrowser();
    try {
      const page = await browser.page();
      await page.goto(links[0]);
      await untilStep(page, 'open');
      const focused = () => page.evaluate(() => { let element = document.activeElement; while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement; return `${element?.localName} ${element?.getAttribute('type') ?? ''} ${element?.getAttribute('value') ?? ''} ${element?.textContent?.trim().slice(0, 40) ?? ''}`; });
      const tabTo = async (wanted) => {
        for (let i = 0; i < 80; i += 1) {
          if (wanted.test(await focused())) return;
          await page.keyboard.press('Tab');
        }
        assert.fail(`${wanted} cannot be reached by keyboard`);
      };
      const press = async (wanted, key = 'Enter') => { await tabTo(wanted); await page.keyboard.press(key); };
      await press(/^button.*Start/);
      await untilStep(page, 'consent');
      const code = /\d{4}/.exec(await page.locator('countersign-ceremony .page').textContent())[0];
      await tabTo(/^input text/);
      await page.keyboard.type(code);
      await press(/^input checkbox/, 'Space');
      await page.waitForFunction(() => document.querySelector('countersign-ceremony').view.allowed.consent);
      await press(/^button.*Agree and read/);
      await untilStep(page, 'review');
      await press(/^button.*Next/);
      await untilStep(page, 'fill');
      await press(/^button.*Fill in/);
      await page.waitForFunction(() => document.querySelector('countersign-ceremony').shadowRoot.querySelector('dialog.sheet')?.open);
      await page.keyboard.type('reports@hansa-robotics.example');
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => !document.querySelector('countersign-ceremony').shadowRoot.querySelector('dialog.sheet')?.open);
      await press(/^button.*Next/);
      await untilStep(page, 'adopt');
      await tabTo(/^input radio/);
      await page.keyboard.press('ArrowRight');
      await page.waitForFunction(() => document.querySelector('countersign-ceremony').mark?.kind === 'typed');
      await press(/^button.*Use this signature/);
      await page.waitForFunction(() => document.querySelector('countersign-ceremony').view.mark);
      await page.waitForFunction(() => !document.querySelector('countersign-ceremony').shadowRoot.querySelector('.places .place:not(.placed)'));
      await press(/^button.*Next/);
      await untilStep(page, 'check');
      await press(/^button.*Sign and finish/);
      await untilStep(page, 'copy');
      const statement = await page.evaluate(async () => (await document.querySelector('countersign-ceremony').session.trail(0, 100)).entries.find(({ type }) => type === 'recipient.signed').statement);
      assert.equal(statement.intent.gesture, 'key');
    } finally {
      await browser.close();
    }
  });
});
