// What a signer's phone downloads and how long she waits: all bytes from the link to the finished signature with a cold
// cache, and the time to the first interactive page at 1.6 Mbit/s, 150 ms, a CPU four times slower.
import { readFileSync } from 'node:fs';
import { ceremonyView, freePorts, openBrowser, prepareToSign, primary, sendFromPortal, startDemo, temporaryFolder, untilStep } from '../browser/support.mjs';

const template = 'saas-upgrade';
const answers = JSON.parse(readFileSync(new URL('../browser/answers.json', import.meta.url), 'utf8'))[template];
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

const server = await startDemo({ port: await freePorts(), data: temporaryFolder('data') });
const desk = await openBrowser();
const portal = await desk.page();
const send = async () => (await sendFromPortal(portal, server.url, { template, customer: answers.customerRecord, values: answers.sender, people: answers.people })).links[0];

async function bytesToSignature() {
  const browser = await openBrowser({ device: 'Pixel 7', serviceWorkers: 'block' });
  const page = await browser.page();
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Network.enable');
  const kinds = new Map();
  const responses = new Map();
  let heads = 0;
  cdp.on('Network.responseReceived', ({ requestId, response }) => responses.set(requestId, { path: new URL(response.url).pathname, head: response.encodedDataLength }));
  cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const { path = '', head = 0 } = responses.get(requestId) ?? {};
    const kind = path.startsWith('/v1/') ? 'the agreement itself (protocol)' : path.endsWith('.wasm') ? 'wasm' : path.endsWith('.js') ? 'JavaScript' : 'page, style, icon';
    kinds.set(kind, (kinds.get(kind) ?? 0) + encodedDataLength - head);
    if (!kind.startsWith('the agreement')) heads += head;
  });
  await page.goto(await send());
  await prepareToSign(page, answers.customer);
  await primary(page).click();
  await untilStep(page, 'copy');
  await page.waitForFunction(() => document.querySelector('countersign-ceremony').session.sync.waiting === 0);
  await browser.close();
  return { kinds, heads };
}

async function interactive() {
  const times = [];
  for (let i = 0; i < 5; i += 1) {
    const link = await send();
    const browser = await openBrowser({ device: 'Pixel 7', serviceWorkers: 'block' });
    const page = await browser.page();
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Network.enable');
    await cdp.send('Network.emulateNetworkConditions', { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 750e3 / 8 });
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 });
    // Asked by the page itself, once a frame: a locator's polling took 0.2 s of the slow phone that it measured.
    await page.addInitScript(() => {
      const look = () => {
        if (document.querySelector('countersign-ceremony')?.shadowRoot?.querySelector('.bar .primary:not([disabled])')) performance.mark('interactive');
        else requestAnimationFrame(look);
      };
      look();
    });
    await page.goto(link, { waitUntil: 'commit' });
    let at;
    while (at === undefined) {
      await new Promise((done) => { setTimeout(done, 250); });
      at = await page.evaluate(() => performance.getEntriesByName('interactive')[0]?.startTime);
    }
    times.push(at); // since the navigation began
    await ceremonyView(page);
    await browser.close();
  }
  console.error(`first interactive, each: ${times.map((time) => (time / 1000).toFixed(2)).join(' ')} s`);
  return median(times);
}

const { kinds, heads } = await bytesToSignature();
const own = [...kinds].filter(([kind]) => !kind.startsWith('the agreement')).reduce((sum, [, bytes]) => sum + bytes, 0);
const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
const rows = [
  ['all bytes from link to finished signature, cold (without the agreement itself)', kB(own), '<= 180 kB'],
  ...[...kinds].map(([kind, bytes]) => [`of these: ${kind}`, kB(bytes), '']),
  ['HTTP heads beside them', kB(heads), ''],
  ['first interactive signing page, 1.6 Mbit/s, 150 ms, 4x CPU (median of 5)', `${(await interactive() / 1000).toFixed(2)} s`, '<= 2.5 s'],
];
await desk.close();
await server.stop();
console.log('| what | figure | target |\n|---|---|---|');
for (const row of rows) console.log(`| ${row.join(' | ')} |`);
