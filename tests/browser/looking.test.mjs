// Opening an invitation is looking at it: whatever follows links before people do (mail scanners, previews) joins nothing.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, it } from 'node:test';
import { ceremonyView, freePorts, itemsAt, openBrowser, primary, sendFromPortal, startDemo, temporaryFolder, untilStep } from './support.mjs';

const template = 'telehealth-consent';
const answers = JSON.parse(readFileSync(new URL('./answers.json', import.meta.url), 'utf8'))[template];
const closing = [];
after(async () => { for (const close of closing.reverse()) await close().catch(() => {}); });

it('a link joins by the first act and not by being opened, and the secret stays on the device until then and no longer', { timeout: 200_000 }, async () => {
  const data = temporaryFolder('data');
  const server = await startDemo({ port: await freePorts(), data });
  closing.push(() => server.stop());
  const desk = await openBrowser();
  closing.push(() => desk.close());
  const { links } = await sendFromPortal(await desk.page(), server.url, { template, customer: answers.customerRecord, values: answers.sender, people: answers.people });
  const [stream, secret] = new URL(links[0]).hash.slice(1).split('.');
  const joined = () => itemsAt(data).filter(({ type }) => type === 'recipient.joined').length;
  const phone = await openBrowser({ device: 'Pixel 7' });
  closing.push(() => phone.close());
  const page = await phone.page();
  const kept = () => page.evaluate((name) => document.querySelector('countersign-ceremony').session && new Promise((done, fail) => {
    const opening = indexedDB.open('countersign-signing');
    opening.onerror = fail;
    opening.onsuccess = () => {
      const reading = opening.result.transaction('heads').objectStore('heads').get(name);
      reading.onsuccess = () => { opening.result.close(); done(reading.result ?? null); };
      reading.onerror = fail;
    };
  }), `invitation/${stream}`);

  await page.goto(links[0]);
  await ceremonyView(page);
  await page.waitForFunction((told) => !location.href.includes(told), secret); // as soon as it is kept
  await page.waitForFunction(() => document.querySelector('countersign-ceremony').session.sync.waiting === 0);
  assert.equal(joined(), 0, 'opened, and nobody has joined');

  await page.reload();
  await ceremonyView(page);
  assert.ok(JSON.stringify(await kept()).includes(secret), 'the address alone opens it again');
  assert.equal(joined(), 0);

  await primary(page).click();
  await untilStep(page, 'consent');
  await page.waitForFunction(() => document.querySelector('countersign-ceremony').session.sync.place !== 'device');
  assert.equal(joined(), 1, 'the first act joined, once');
  assert.ok(!JSON.stringify(await kept()).includes(secret), 'and the secret is gone');
  await page.reload();
  await ceremonyView(page);
  assert.equal(await page.evaluate(() => document.querySelector('countersign-ceremony').session.actor.recipient), 'patient');

  // Away to the list and back: what was open is closed.
  await page.evaluate(() => {
    window.before = document.querySelector('countersign-ceremony').session;
    location.hash = '';
  });
  await page.getByRole('heading', { name: 'Your agreements' }).waitFor();
  await page.evaluate((hash) => { location.hash = hash; }, `#${stream}`);
  await page.waitForFunction(() => (document.querySelector('countersign-ceremony')?.session ?? window.before) !== window.before);
  assert.equal(await page.evaluate(() => window.before.exportBundle().then(() => 'open', ({ code }) => code)), 'engine.closed');
  await ceremonyView(page);
});
