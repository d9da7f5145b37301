// LAN=1: a phone on the same network, over HTTPS, with a certificate that its owner waved through. Such a phone gets no service
// worker, as on a real one; everything else is there.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { get } from 'node:https';
import { networkInterfaces } from 'node:os';
import { after, describe, it } from 'node:test';
import { freePorts, openBrowser, prepareToSign, primary, sendFromPortal, startDemo, temporaryFolder, untilStep } from './support.mjs';

const template = 'telehealth-consent';
const answers = JSON.parse(readFileSync(new URL('./answers.json', import.meta.url), 'utf8'))[template];
const address = Object.values(networkInterfaces()).flat().find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

describe('a phone on the network of the demo', { skip: !address && 'this machine has no network address' }, () => {
  const closing = [];
  after(async () => { for (const close of closing.reverse()) await close().catch(() => {}); });

  it('signs over HTTPS on the machine\'s address, goes on while the server is away, and sends when it is back', { timeout: 240_000 }, async () => {
    const data = temporaryFolder('data');
    const port = await freePorts();
    let server = await startDemo({ port, data, lan: true });
    closing.push(() => server.stop());
    assert.equal(server.url, `https://${address}:${port}`);
    const head = await new Promise((done, failed) => { get(server.url, { rejectUnauthorized: false, method: 'HEAD' }, done).on('error', failed); });
    assert.equal(head.statusCode, 200);
    assert.match(head.headers['content-security-policy'], /script-src 'self' 'wasm-unsafe-eval'/);

    const desk = await openBrowser({ ignoreHTTPSErrors: true });
    closing.push(() => desk.close());
    const { links } = await sendFromPortal(await desk.page(), server.url, { template, customer: answers.customerRecord, values: answers.sender, people: answers.people });
    assert.equal(new URL(links[0]).origin, `https://${address}:${port + 1}`);

    const phone = await openBrowser({ device: 'Pixel 7', ignoreHTTPSErrors: true });
    closing.push(() => phone.close());
    const page = await phone.page();
    await page.goto(links[0]);
    await untilStep(page, 'open');
    assert.equal(await page.evaluate(() => isSecureContext), true);
    await prepareToSign(page, answers.customer);
    await server.stop('SIGKILL');
    await primary(page).click();
    await untilStep(page, 'copy');
    await page.locator('countersign-ceremony').getByText(/waiting to send/i).first().waitFor();

    server = await startDemo({ port, data, lan: true });
    await page.waitForFunction(() => document.querySelector('countersign-ceremony').session.sync.place !== 'device', undefined, { timeout: 60_000 });
    // What the browser itself says of the certificate, and nothing of ours.
    for (const browser of [phone, desk]) assert.deepEqual(browser.noise().filter((line) => !/SSL certificate error/.test(line)), []);
  });
});
