// Real Chromium, a real server process, real profiles on disk that survive a kill. What every browser test shares.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { chromium, devices } from 'playwright-core';

export const root = resolve(import.meta.dirname, '../..');
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const args = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--font-render-hinting=none', '--disable-lcd-text'];

/** A folder that is gone when the process ends. */
export function temporaryFolder(name) {
  const folder = mkdtempSync(join(tmpdir(), `countersign-${name}-`));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function freePort() {
  return new Promise((done, failed) => {
    const server = createServer();
    server.on('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

/** Two free neighbouring ports: the portal's and the signing page's. */
export async function freePorts() {
  for (let tries = 0; tries < 50; tries += 1) {
    const port = await freePort();
    const next = await new Promise((done) => {
      const server = createServer();
      server.on('error', () => done(false));
      server.listen(port + 1, '127.0.0.1', () => server.close(() => done(true)));
    });
    if (next) return port;
  }
  throw new Error('no two free ports');
}

/**
 * The demo's own start script in a process of its own. `stop('SIGKILL')` is a crash, `stop()` a Ctrl-C. `lan`: for phones, over
 * HTTPS on the machine's address.
 */
export async function startDemo({ port, data, lan = false }) {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(root, 'examples/server/start.mjs')], { env: { ...process.env, PORT: String(port), DATA: data, LAN: lan ? '1' : '' }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const ready = new Promise((done, failed) => {
    const read = (part) => {
      output += part;
      if (output.includes('Countersign is ready')) done();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('exit', (code) => failed(new Error(`the server ended (${code}):\n${output}`)));
    setTimeout(() => failed(new Error(`the server did not start:\n${output}`)), 30_000).unref();
  });
  await ready;
  const gone = new Promise((done) => child.on('exit', done));
  return {
    url: /Countersign is ready: +(\S+)/.exec(output)[1].replace(/\/$/, ''),
    signingUrl: `http://localhost:${port + 1}`,
    get output() { return output; },
    async stop(signal = 'SIGINT') {
      child.kill(signal);
      await gone;
    },
  };
}

/** The browser that this process started on `profile`: the leader of a process group that has all of its processes. */
function browserProcess(profile) {
  const children = readdirSync('/proc/self/task').flatMap((thread) => readFileSync(`/proc/self/task/${thread}/children`, 'utf8').split(' ').filter(Boolean));
  const found = children.filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(`--user-data-dir=${profile}`));
  if (found.length !== 1) throw new Error(`${found.length} browsers were started on ${profile}`);
  return Number(found[0]);
}

/** The demo, and its portal open in a browser: who prepares what is signed in the test. */
export async function startWithPortal(options) {
  const server = await startDemo(options);
  const desk = await openBrowser();
  return { server, desk, portal: await desk.page() };
}

/** Processes that were started with this profile. */
export const running = (profile) => readdirSync('/proc').filter((pid) => {
  if (!/^\d+$/.test(pid)) return false;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(profile);
  } catch {
    return false; // It ended while we looked.
  }
});

/** When none of them is left: until then the profile's files are theirs. */
export async function ended(profile) {
  while (running(profile).length > 0) await new Promise((done) => setTimeout(done, 20));
}

/** A browser process with a profile of its own. `device`: a Playwright device name, or null for a desktop. */
export async function openBrowser({ profile = temporaryFolder('profile'), device = null, ...options } = {}) {
  const context = await chromium.launchPersistentContext(profile, { executablePath, args, headless: true, acceptDownloads: true, ...(device ? devices[device] : { viewport: { width: 1280, height: 900 } }), ...options });
  const noise = [];
  const listen = (page) => {
    page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) noise.push(`${message.type()}: ${message.text()} (${message.location().url})`); });
    page.on('pageerror', (error) => noise.push(`uncaught: ${error.message}`));
  };
  context.pages().forEach(listen);
  context.on('page', listen);
  context.setDefaultTimeout(20_000);
  return {
    context,
    profile,
    /** Console errors and warnings that are not the network's own "failed to load". */
    noise: () => noise.filter((line) => !/Failed to load resource|net::ERR_/.test(line)),
    page: async () => context.pages()[0] ?? context.newPage(),
    /** The whole process tree dies at once, as when the phone's battery does. */
    async kill() {
      process.kill(-browserProcess(profile), 'SIGKILL');
      await context.close().catch(() => {});
      await ended(profile);
      for (const lock of ['SingletonLock', 'SingletonCookie', 'SingletonSocket']) rmSync(join(profile, lock), { force: true });
    },
    close: () => context.close(),
  };
}

/** The ceremony's view as the element has it, once it has one. */
export async function ceremonyView(page) {
  await page.waitForFunction(() => document.querySelector('countersign-ceremony')?.view);
  return page.evaluate(() => document.querySelector('countersign-ceremony').view);
}

export async function untilStep(page, step) {
  try {
    await page.waitForFunction((wanted) => document.querySelector('countersign-ceremony')?.view?.step === wanted, step, { timeout: 15_000 });
  } catch (error) {
    const { step: at, blockers, nextBlocked, failure } = await page.evaluate(() => { const element = document.querySelector('countersign-ceremony'); return { ...element?.view, failure: element?.failure }; });
    throw new Error(`waited for step ${step}, at ${at}; next ${nextBlocked}; failure ${JSON.stringify(failure)}; blockers ${JSON.stringify(blockers)}`, { cause: error });
  }
}

export function primary(page) {
  return page.locator('countersign-ceremony .bar .primary');
}

/** The page is controlled by a service worker that has its whole set: from here on the network may go. */
export async function untilOffline(page) {
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
}

/** Answers one field in its sheet, as a thumb would. */
export async function answer(page, field, value) {
  const sheet = page.locator('countersign-ceremony dialog.sheet');
  const control = sheet.locator('[data-control]').first();
  await control.waitFor();
  switch (field.input.control) {
    case 'checkbox': await control.setChecked(value === true || value === 'true'); break;
    case 'select':
      if ((await control.evaluate((element) => element.localName)) === 'select') await control.selectOption(String(value));
      else await sheet.locator(`input[type=radio][value="${value}"]`).check();
      break;
    default: await control.fill(String(value));
  }
  await page.waitForFunction(([id]) => ['filled', 'wrong'].includes(document.querySelector('countersign-ceremony').view.fields.find((entry) => entry.id === id)?.state), [field.id]);
}

export const markKinds = ['sign', 'initial', 'signdate'];

/** From the open step to the check step. `answers`: field id -> text. `seen(step)` is called on every step. */
export async function prepareToSign(page, answers, { seen = async () => {}, mark = 'typed' } = {}) {
  await ceremonyView(page);
  await untilStep(page, 'open');
  await seen('open');
  await primary(page).click();
  await untilStep(page, 'consent');
  await seen('consent');
  const code = /\d{4}/.exec(await page.locator('countersign-ceremony .page').textContent())[0];
  await page.locator('countersign-ceremony input[autocomplete=one-time-code]').fill(code);
  await page.locator('countersign-ceremony .tick input').check();
  await primary(page).click();
  await untilStep(page, 'review');
  await page.locator('countersign-document article h1').first().waitFor();
  await seen('review');
  await primary(page).click();
  let view = await page.waitForFunction(() => { const { view } = document.querySelector('countersign-ceremony'); return view.step !== 'review' ? view : null; }).then((handle) => handle.jsonValue());
  if (view.step === 'fill') {
    await seen('fill');
    const done = new Set();
    for (;;) {
      view = await ceremonyView(page);
      const field = view.fields.find(({ id, kind }) => !markKinds.includes(kind) && !done.has(id) && answers[id] !== undefined);
      if (!field) break;
      done.add(field.id);
      await page.locator(`countersign-ceremony [data-place="${field.id}"]`).click();
      if (done.size === 1) await seen('sheet');
      await answer(page, field, answers[field.id]);
      await page.locator('countersign-ceremony dialog.sheet .sheet-head button').click();
    }
    await primary(page).click();
  }
  await untilStep(page, 'adopt');
  await seen('adopt');
  const pad = page.locator('countersign-ceremony countersign-signature-pad');
  if (mark === 'typed') await pad.locator('input[value=type]').check();
  else await drawOn(page, pad.locator('svg'));
  await primary(page).click();
  await page.waitForFunction(() => document.querySelector('countersign-ceremony').view.mark);
  // A single place is taken by adopting; several are tapped, one by one.
  const places = page.locator('countersign-ceremony .places .place');
  await places.first().waitFor();
  const all = await places.count();
  for (let i = 0; all > 1 && i < all; i += 1) {
    const place = places.nth(i);
    if ((await place.getAttribute('aria-pressed')) !== 'true') await place.click();
  }
  await page.waitForFunction(() => !document.querySelector('countersign-ceremony').shadowRoot.querySelector('.places .place:not(.placed)'));
  await primary(page).click();
  await untilStep(page, 'check');
  await seen('check');
}

/** Real touch events: strokes with `pointerType: 'touch'`. */
export async function drawOn(page, target) {
  const box = await target.boundingBox();
  const cdp = await page.context().newCDPSession(page);
  const point = (i) => [{ x: box.x + 24 + i * ((box.width - 48) / 30), y: box.y + box.height / 2 + (box.height / 4) * Math.sin(i / 3) }];
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: point(0) });
  for (let i = 1; i <= 30; i += 1) await cdp.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: point(i) });
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await cdp.detach();
}

/** Chooses the agent, prepares an agreement and sends it. Answers the links by recipient id. */
export async function sendFromPortal(page, url, { person = 'Amara Okafor', template, customer, values = {}, people }) {
  await page.goto(url);
  await page.locator('#who span, .cards .card').first().waitFor();
  if (await page.getByRole('heading', { name: 'Who are you?' }).isVisible()) await page.getByRole('button', { name: new RegExp(person) }).click();
  await page.getByRole('link', { name: 'New agreement' }).first().click();
  await page.locator('#template').waitFor();
  await page.locator('#template').selectOption(template);
  if (customer) await page.locator('#customer').selectOption(customer);
  for (const [id, value] of Object.entries(values)) {
    const control = page.locator(`#field-${id}`);
    if ((await control.evaluate((element) => element.localName)) === 'select') await control.selectOption(value);
    else await control.fill(value);
  }
  const names = page.locator('fieldset.recipient input[type=text]');
  for (let i = 0; i < people.length; i += 1) await names.nth(i).fill(people[i]);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.locator('.recipients .link input').first().waitFor();
  const links = await page.locator('.recipients .link input').evaluateAll((inputs) => inputs.map(({ value }) => value));
  return { links, stream: /\/e\/([0-9a-f]{32})/.exec(page.url())[1] };
}

/** What the reference server holds: {stream, kind, id}, and of an event its type. */
export function itemsAt(data) {
  const database = new DatabaseSync(join(data, 'countersign.sqlite'), { readOnly: true });
  try {
    return database.prepare('SELECT stream, kind, id, bytes FROM items').all().map(({ stream, kind, id, bytes }) => {
      const payload = kind === 'e' && JSON.parse(Buffer.from(Buffer.from(bytes).toString().split('.')[1], 'base64url').toString());
      return { stream, kind, id, ...(payload ? { type: payload.type } : {}) };
    });
  } finally {
    database.close();
  }
}

/** The native verifier. */
export function verifyFile(file, ...options) {
  const result = spawnSync(join(root, 'build/countersign'), ['verify', file, ...options], { encoding: 'utf8' });
  return { status: result.status, output: `${result.stdout}${result.stderr}` };
}
