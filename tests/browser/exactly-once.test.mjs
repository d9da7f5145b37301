// Twenty times the acknowledgement is lost and the browser process dies: the server ends with one row per item, and with
// every item that the device ever called durable.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { after, it } from 'node:test';
import { ceremonyView, freePort, freePorts, itemsAt, openBrowser, sendFromPortal, startDemo, temporaryFolder } from './support.mjs';

const template = 'telehealth-consent';
const answers = JSON.parse(readFileSync(new URL('./answers.json', import.meta.url), 'utf8'))[template];
const runs = 20;

/** In front of the signing page: forwards everything, and while `dropping` cuts the answer to every write. */
function startProxy(port, target) {
  const proxy = { dropping: false, dropped: 0, passed: 0, server: null };
  proxy.server = http.createServer((request, response) => {
    const forward = http.request(`${target}${request.url}`, { method: request.method, headers: { ...request.headers, host: new URL(target).host } }, (answer) => {
      if (proxy.dropping && request.method === 'POST') {
        // The server has committed; nobody hears of it.
        answer.resume();
        answer.on('end', () => { proxy.dropped += 1; response.destroy(); });
        return;
      }
      proxy.passed += 1;
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    forward.on('error', () => response.destroy());
    request.pipe(forward);
  });
  return new Promise((done) => proxy.server.listen(port, '127.0.0.1', () => done(proxy)));
}

const closing = [];
after(async () => { for (const close of closing.reverse()) await close().catch(() => {}); });

it(`${runs} lost acknowledgements and killed browsers leave one row per item at the server`, { timeout: 600_000 }, async () => {
  const data = temporaryFolder('data');
  const port = await freePorts();
  const server = await startDemo({ port, data });
  closing.push(() => server.stop());
  const desk = await openBrowser();
  closing.push(() => desk.close());
  const { links } = await sendFromPortal(await desk.page(), server.url, { template, customer: answers.customerRecord, values: answers.sender, people: answers.people });
  await (await desk.page()).waitForFunction(() => document.querySelector('countersign-audit-trail')?.session.sync.place !== 'device');

  const proxyPort = await freePort();
  const proxy = await startProxy(proxyPort, server.signingUrl);
  closing.push(async () => { proxy.server.closeAllConnections(); proxy.server.close(); });
  const link = `http://localhost:${proxyPort}/${new URL(links[0]).hash}`;
  const profile = temporaryFolder('profile');

  // Once without trouble: the page and the agreement are on the device.
  let phone = await openBrowser({ profile, device: 'Pixel 7' });
  closing.push(() => phone.close());
  let page = await phone.page();
  await page.goto(link);
  await ceremonyView(page);
  await page.waitForFunction(() => document.querySelector('countersign-ceremony').session.sync.waiting === 0);
  const durable = new Set();
  const text = Object.keys(answers.customer).find((id) => !['true', 'false'].includes(answers.customer[id]));

  for (let run = 1; run <= runs; run += 1) {
    proxy.dropping = true;
    const { dropped } = proxy;
    const ids = await page.evaluate(async ([rest, field, value]) => {
      const { session } = document.querySelector('countersign-ceremony');
      await session.bind();
      for (const [id, text] of Object.entries({ ...rest, [field]: value })) await session.ceremony.act({ do: 'setValue', field: id, text });
      await session.ceremony.act({ do: 'commitFields' });
      const { entries } = await session.trail(0, 1000);
      return entries.map(({ event }) => event);
    }, [answers.customer, text, `${answers.customer[text]} ${run}`]);
    ids.forEach((id) => durable.add(id));
    for (let waited = 0; proxy.dropped === dropped && waited < 100; waited += 1) await new Promise((done) => setTimeout(done, 50));
    assert.ok(proxy.dropped > dropped, `run ${run}: a write reached the server and its answer was lost`);
    await phone.kill();
    proxy.dropping = run % 2 === 0; // every other start is into a network that still loses answers
    phone = await openBrowser({ profile, device: 'Pixel 7' });
    page = await phone.page();
    await page.goto(link);
    await ceremonyView(page);
  }
  proxy.dropping = false;
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await page.waitForFunction(() => document.querySelector('countersign-ceremony').session.sync.waiting === 0, null, { timeout: 60_000 });

  const rows = itemsAt(data).filter(({ kind }) => kind === 'e');
  assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length, 'one row per event');
  const committed = rows.filter(({ type }) => type === 'fields.committed');
  assert.equal(committed.length, runs, 'each committed value once');
  const here = await page.evaluate(async () => (await document.querySelector('countersign-ceremony').session.trail(0, 1000)).entries.map(({ event }) => event));
  for (const id of durable) assert.ok(here.includes(id), `an event called durable is still here: ${id}`);
  assert.equal(rows.length, here.length, 'the server has exactly what the device has');
});
