// Writing a template: problems where they are, their fixes, completion, hover, the agreement beside it, and why a clause stands.
import { AxeBuilder } from '@axe-core/playwright';
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { freePorts, openBrowser, startDemo, temporaryFolder } from './support.mjs';

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const source = `---
template: order
version: 1
title: Order
roles: { customer: { label: Customer, signs: true } }
fields:
  plan: { type: string, label: Plan, options: [Team, Business], default: Team }
  seats: { type: int, label: Seats, default: 20 }
---
The ${'{{= plann }}'} plan for {{= seats | number }} seats.

# Volume discount {#volume when="seats >= 100"}

From 100 seats on, the price falls.

# Support {#support}

Every working day.

{{sign: signature, role=customer}}
`;

describe('the template editor', () => {
  const folder = temporaryFolder('templates');
  const shots = process.env.SCREENSHOTS;
  let server;
  let desk;
  let page;
  before(async () => {
    server = await startDemo({ port: await freePorts(), data: temporaryFolder('data') });
    desk = await openBrowser();
    page = await desk.page();
    await page.goto(server.url);
    await page.getByRole('button', { name: /Amara Okafor/ }).click();
    await page.getByRole('link', { name: 'New agreement' }).first().waitFor();
  });
  after(async () => {
    await desk?.close();
    await server?.stop();
  });

  const status = (text) => page.locator('.count', { hasText: text }).waitFor();
  const content = () => page.locator('.cm-content');
  const editorSource = () => page.evaluate(() => document.querySelector('countersign-template-editor').source);
  /** The cursor behind the first place of `text` in the source. */
  async function cursorBehind(text) {
    const line = content().locator('.cm-line', { hasText: text }).first();
    await line.click({ position: { x: 8, y: 8 } });
    await page.keyboard.press('Home');
    const before = (await line.textContent()).indexOf(text) + text.length;
    for (let i = 0; i < before; i += 1) await page.keyboard.press('ArrowRight');
  }
  async function axe(where) {
    const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
    assert.deepEqual(violations.map(({ id, nodes }) => `${where}: ${id} ${nodes.map(({ target }) => target.flat().join(' ')).join(', ').slice(0, 300)}`), []);
  }
  const shot = async (name) => { if (shots) await page.screenshot({ path: join(shots, `${name}.png`) }); };

  it('a file with a mistake opens with the mistake marked, and its fix repairs it', { timeout: 60_000 }, async () => {
    await page.getByRole('link', { name: 'Templates' }).click();
    await page.getByRole('button', { name: 'New template from file' }).waitFor();
    const file = join(folder, 'order.md');
    writeFileSync(file, source);
    await page.locator('#template-file').setInputFiles(file);
    await status('1 error');
    assert.equal(await page.locator('#save-template').isDisabled(), true, 'what does not compile is not a template yet');
    await page.locator('.cm-lintRange-error').waitFor();
    await shot('editor-error');
    await axe('with an error');
    // The warning comes first: nothing uses the field that was misspelt.
    await page.getByRole('button', { name: 'Next problem' }).click();
    await page.locator('.cm-diagnostic-warning').waitFor();
    await page.getByRole('button', { name: 'Next problem' }).click();
    await page.locator('.cm-diagnostic-error').waitFor();
    const fix = page.locator('.cm-diagnosticAction').first();
    await fix.waitFor();
    assert.match(await page.locator('.cm-diagnostic').first().textContent(), /Unknown name 'plann'/);
    await fix.click();
    await status('No problems');
    assert.ok((await editorSource()).includes('{{= plan }}'));
    assert.ok((await page.locator('countersign-document article').innerText()).includes('The Team plan for 20 seats.'));
    assert.equal(await page.locator('#save-template').isDisabled(), false);
  });

  it('a value that is tried changes the agreement, and the editor says why a clause stands', { timeout: 60_000 }, async () => {
    await page.getByText('Clauses with a condition (1)').click();
    const state = page.locator('.clauses [class^=state-]');
    assert.equal(await state.textContent(), 'is left out');
    await page.getByText('Try it with').click();
    await page.locator('[data-value=seats]').fill('250');
    await page.locator('[data-value=seats]').press('Tab');
    await page.locator('.clauses .state-in').waitFor();
    assert.match(await page.locator('countersign-document article').innerText(), /Volume discount/);
    await page.locator('.clauses button').click();
    const why = page.locator('.why');
    assert.match((await why.textContent()).replace(/\s+/g, ' '), /volume stands.*seats >= 100 is true.*Seats: 250/);
    await shot('editor-why');
    await axe('why');
    await page.locator('countersign-document article').getByText('Every working day.').click();
    assert.match(await why.textContent(), /No condition: it always stands\./);
    await cursorBehind('# Volume');
    await page.getByRole('button', { name: 'Why is this here?' }).click();
    assert.match(await why.textContent(), /seats >= 100/);
  });

  it('fields, functions, formats, units and attributes are completed from what is declared', { timeout: 60_000 }, async () => {
    const label = (text) => page.locator('.cm-tooltip-autocomplete .cm-completionLabel').getByText(text, { exact: true });
    /** Typing this offers that. Keys that meet the list before as it closes may leave the next one closed: then it is asked for. */
    const typed = async (type, text) => {
      await page.keyboard.type(type);
      await label(text).waitFor({ timeout: 3_000 }).catch(() => page.keyboard.press('Control+Space'));
      await label(text).waitFor();
    };
    /** The same; then the list is closed again. */
    const offers = async (type, text) => {
      await typed(type, text);
      await page.keyboard.press('Escape');
      await page.locator('.cm-tooltip-autocomplete').waitFor({ state: 'detached' });
    };
    await cursorBehind('Every working day.');
    await offers(' {{', 'ref');
    await offers('= se', 'seats');
    await offers('ats | nu', 'number');
    await typed('mber }}. See {{', 'ref');
    await page.keyboard.press('Escape');
    await offers('ref: su', 'support');
    await typed('pport }} {{= rou', 'round');
    await page.waitForTimeout(150); // the list takes keys only once it has stood for a moment
    await shot('editor-complete');
    await page.keyboard.press('Enter');
    await page.keyboard.type("0.5, 0, 'half_up') }}");
    await status('No problems');
    assert.match(await page.locator('countersign-document article').innerText(), /Every working day\. 250\. See 2 1/);
  });

  it('hovering over a name tells its type and its value now', { timeout: 60_000 }, async () => {
    await content().locator('.cm-line', { hasText: '{{= seats | number }} seats' }).getByText('seats', { exact: true }).first().hover();
    const told = page.locator('.cm-hover');
    await told.waitFor();
    assert.equal((await told.innerText()).replace(/\s+/g, ' '), 'seats: int Seats 250');
    await page.mouse.move(0, 0);
  });

  it('a clause of the library is taken and pinned', { timeout: 60_000 }, async () => {
    await cursorBehind('From 100 seats on, the price falls.');
    await page.keyboard.insertText('\n\n{{include: support, variant="plan == \'Team\' ? \'standard\' : \'premium\'"}}');
    await status('1 warning'); // not pinned yet
    assert.match(await page.locator('countersign-document article').innerText(), /on working days, within one working day/);
    await page.getByRole('button', { name: 'Next problem' }).click();
    await page.locator('.cm-diagnosticAction').first().click();
    await status('No problems');
    assert.match(await editorSource(), /pin="sha256:[0-9a-f]{64}"/);
  });

  it('what was saved is a template, and a draft survives a reload', { timeout: 60_000 }, async () => {
    await page.locator('#save-template').click();
    await page.getByRole('link', { name: 'Use it' }).waitFor();
    await cursorBehind('Every working day.');
    await page.keyboard.type(' Always.');
    await status('No problems');
    await page.reload();
    await status('No problems');
    assert.ok((await editorSource()).includes('Always.'));
    await page.getByRole('link', { name: 'Templates' }).click();
    assert.match((await page.getByRole('row', { name: /Limitation of liability/ }).innerText()).replace(/\s+/g, ' '), /approved Legal Board decision of March 2026/);
    await axe('templates');
    await shot('templates');
    await page.getByRole('link', { name: 'Use Order' }).click();
    await page.locator('#field-seats').waitFor();
    assert.match(await page.locator('countersign-document article').innerText(), /The Team plan/);
  });

  it('an agreement that was written for another tool is brought in as a template', { timeout: 60_000 }, async () => {
    await page.getByRole('link', { name: 'Templates' }).click();
    const file = join(folder, 'nda.md');
    writeFileSync(file, '# Mutual NDA\n\n1. **Term.** This agreement lasts [one year].\n');
    await page.locator('#template-file').setInputFiles(file);
    await page.locator('.cm-content').waitFor();
    await page.waitForFunction(() => document.querySelector('countersign-template-editor')?.source.startsWith('---'));
  });

  it('a LegalDown file is checked as LegalDown, and what was saved of it is a template', { timeout: 60_000 }, async () => {
    await page.getByRole('link', { name: 'Templates' }).click();
    await page.getByRole('button', { name: 'New template from file' }).waitFor();
    const file = join(folder, 'delivery.lgd');
    const text = (party) => `---\ntitle: Delivery\nlanguage: en\nsides:\n  - name: sellers\n    parties:\n      - { name: acme, type: legal_entity, legal_name: Acme Ltd }\n  - name: buyers\n    parties:\n      - { name: birch, type: legal_entity, legal_name: Birch GmbH }\n---\n# Goods\n\nSold by {{party: ${party}}}.\n`;
    writeFileSync(file, text('acne'));
    await page.locator('#template-file').setInputFiles(file);
    await status(/[1-9][0-9]* error/);
    assert.equal(await page.locator('countersign-template-editor .file').textContent(), 'delivery.lgd');
    assert.equal(await page.locator('#save-template').isDisabled(), true);
    await page.getByRole('link', { name: 'Templates' }).click();
    await page.getByRole('button', { name: 'New template from file' }).waitFor();
    writeFileSync(file, text('acme'));
    await page.locator('#template-file').setInputFiles(file);
    await page.locator('countersign-document article', { hasText: 'Sold by Acme Ltd' }).waitFor();
    await page.locator('#save-template:enabled').click();
    await page.getByRole('link', { name: 'Use it' }).click();
    await page.locator('countersign-document article', { hasText: 'Sold by Acme Ltd' }).waitFor();
  });

  it('works on a phone, in the dark, and by keyboard alone: Tab goes in and out', { timeout: 60_000 }, async () => {
    const phone = await openBrowser({ viewport: { width: 390, height: 800 }, colorScheme: 'dark', hasTouch: true });
    const desktop = page;
    try {
      page = await phone.page();
      await page.goto(server.url);
      await page.getByRole('button', { name: /Amara Okafor/ }).click();
      await page.goto(`${server.url}/#/templates/edit/sla-amendment`);
      await status('No problems');
      await axe('phone');
      await shot('editor-phone');
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), 'no sideways scrolling');
      await content().focus();
      const active = () => page.evaluate(() => document.activeElement.shadowRoot?.activeElement?.className ?? '');
      assert.match(await active(), /cm-content/);
      await page.keyboard.press('Tab');
      assert.doesNotMatch(await active(), /cm-content/);
      assert.deepEqual(phone.noise(), []);
    } finally {
      page = desktop;
      await phone.close();
    }
    assert.deepEqual(desk.noise(), [], 'nothing against the policy of the page');
  });
});
