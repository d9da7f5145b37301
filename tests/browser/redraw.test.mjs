// An answer changes the document on screen only where it changes the text: everything else is the same node, in focus, in view.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { answer, ceremonyView, freePorts, openBrowser, prepareToSign, sendFromPortal, startDemo, temporaryFolder, untilStep } from './support.mjs';

const template = 'saas-upgrade';
const answers = JSON.parse(readFileSync(new URL('./answers.json', import.meta.url), 'utf8'))[template];

describe('the document on screen', () => {
  let server;
  let desk;
  let browser;
  let page;
  before(async () => {
    server = await startDemo({ port: await freePorts(), data: temporaryFolder('data') });
    desk = await openBrowser();
    const { links } = await sendFromPortal(await desk.page(), server.url, { template, customer: answers.customerRecord, values: answers.sender, people: answers.people });
    browser = await openBrowser({ device: 'Pixel 7' });
    page = await browser.page();
    await page.goto(links[0]);
  });
  after(async () => {
    await browser?.close();
    await desk?.close();
    await server?.stop();
  });

  /** Until the unit is on screen, with these words in it. */
  const shown = (unit, words = '') => page.waitForFunction(([id, text]) => document.querySelector('countersign-ceremony').shadowRoot.querySelector('countersign-document')?.shadowRoot.getElementById(id)?.textContent.includes(text), [unit, words]);

  it('an answer leaves every unit that it does not change the same node, and the focus and the place where they were', async () => {
    await prepareToSign(page, answers.customer);
    await page.evaluate(() => document.querySelector('countersign-ceremony').session.ceremony.act({ do: 'goTo', step: 'fill' }).then(() => null));
    await untilStep(page, 'fill');
    await shown('unit-payment');
    // With the keyboard, from the blank itself: that is where the focus returns to.
    await page.evaluate(() => {
      const paper = document.querySelector('countersign-ceremony').shadowRoot.querySelector('countersign-document').shadowRoot;
      window.before = new Map(Array.from(paper.querySelectorAll('[id^="unit-"]'), (unit) => [unit.id, unit]));
      window.blank = paper.querySelector('[data-field=poRequired]');
      window.draws = [];
      new MutationObserver((records) => records.forEach(({ target, addedNodes, removedNodes }) => window.draws.push([target.closest?.('[id^="unit-"]')?.id ?? target.nodeName, addedNodes.length, removedNodes.length]))).observe(paper.querySelector('article'), { childList: true, subtree: true });
      window.blank.focus();
    });
    await page.keyboard.press('Enter');
    const sheet = page.locator('countersign-ceremony dialog.sheet');
    await sheet.locator('[data-control]').setChecked(true);
    await shown('unit-purchase-order');
    await page.waitForTimeout(600);
    const top = () => page.evaluate(() => window.blank.getBoundingClientRect().top);
    const at = await top();
    const sheetTop = (await sheet.boundingBox()).y;
    assert.ok(at > 60 && at + (await page.evaluate(() => window.blank.offsetHeight)) < sheetTop, 'what is being answered is in sight, above the sheet');
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => !document.querySelector('countersign-ceremony').shadowRoot.querySelector('dialog.sheet').open);
    await page.waitForTimeout(300);
    const found = await page.evaluate(() => {
      const paper = document.querySelector('countersign-ceremony').shadowRoot.querySelector('countersign-document').shadowRoot;
      const units = Array.from(paper.querySelectorAll('[id^="unit-"]'));
      return {
        fresh: units.filter((unit) => window.before.get(unit.id) !== unit).map(({ id }) => id), gone: [...window.before].filter(([, unit]) => !unit.isConnected).map(([id]) => id),
        pointedAt: units.filter((unit) => unit.matches('.fresh')).map(({ id }) => id), focused: paper.activeElement === window.blank, draws: window.draws,
      };
    });
    assert.deepEqual(found.fresh, ['unit-purchase-order'], 'only the clause that her answer brought is a new node');
    assert.deepEqual(found.gone, []);
    assert.ok(found.pointedAt.includes('unit-purchase-order') && found.pointedAt.length <= 2, `what is new is shown as new: ${found.pointedAt}`);
    assert.ok(found.focused, 'the focus is on the blank that was answered');
    assert.ok(Math.abs((await top()) - at) < 2, 'and it stands where it stood');
    assert.ok(found.draws.length <= 4, `no more was drawn than that: ${JSON.stringify(found.draws)}`);

    const view = await ceremonyView(page);
    await page.locator('countersign-ceremony [data-place=poNumber]').click();
    await answer(page, view.fields.find(({ id }) => id === 'poNumber'), 'PO-4711');
    await sheet.locator('.sheet-head button').click();
    await shown('unit-purchase-order', 'PO-4711');
    assert.ok(await page.evaluate(() => [...window.before.values()].every((unit) => unit.isConnected) && window.blank.isConnected));
  });

  it('drawing by differences gives the same document as drawing it whole, whatever changes', async () => {
    const wrong = await page.evaluate(async () => {
      let seed = 7;
      const below = (n) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
      const pick = (...of) => of[below(of.length)];
      const words = () => pick('one', 'two &amp; three', 'four ', '');
      const inline = (name) => Array.from({ length: below(4) }, (_, i) => pick(words(), `<strong>${words()}</strong>`, '<br>', `<span class="blank${pick('', ' filled')}" data-field="${name}${i}">${pick('[Seats]', '<bdi>5</bdi>', '<svg class="mark" viewBox="0 0 9 9"><path d="M1 1l2 2"/></svg>')}</span>`)).join('');
      const unit = (name, depth) => {
        const number = pick('', `<span class="number">${below(9)}.</span> `);
        const children = () => Array.from({ length: 5 }, (_, i) => (below(3) && depth < 3 ? unit(`${name}-${i}`, depth + 1) : '')).join('');
        switch (pick('p', 'section', 'ol')) {
          case 'p': return `<p id="unit-${name}">${number}${inline(name)}</p>`;
          case 'section': return `<section id="unit-${name}">${pick('', `<h2>${number}${words()}</h2>`)}${children()}</section>`;
          default: return `<ol id="unit-${name}">${Array.from({ length: below(3) }, (_, i) => `<li id="unit-${name}-item${i}">${number}${words()}</li>`).join('')}</ol>`;
        }
      };
      const agreement = () => `<article class="countersign-document" lang="${pick('en', 'de')}"><h1>${words()}</h1>${Array.from({ length: 6 }, (_, i) => (below(4) ? unit(`u${i}`, 0) : '')).join('')}</article>`;
      const element = document.createElement('countersign-document');
      document.body.append(element);
      const clean = (root) => {
        for (const node of root.querySelectorAll('*')) {
          node.classList.remove('fresh');
          if (node.getAttribute('class') === '') node.removeAttribute('class');
        }
        root.normalize();
        return root.innerHTML;
      };
      const wrong = [];
      for (let i = 0; i < 400; i += 1) {
        const content = agreement();
        element.content = content;
        await element.updateComplete;
        const first = document.createElement('countersign-document');
        first.content = content;
        document.body.append(first);
        await first.updateComplete;
        const [drawn, whole] = [element, first].map(({ shadowRoot }) => clean(shadowRoot.querySelector('.paper').cloneNode(true)));
        if (drawn !== whole || drawn.length < 40) wrong.push([drawn, whole]);
        first.remove();
      }
      element.remove();
      return wrong;
    });
    assert.deepEqual(wrong, []);
    assert.deepEqual(browser.noise(), []);
  });
});
