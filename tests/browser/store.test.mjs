// The store on a real IndexedDB, under a strict CSP: its contract, a browser killed in mid-write, no room, two tabs, another
// version of the layout. The browser is a process group of our own, so that a kill takes all of it at once.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import { extname, join, resolve } from 'node:path';
import { after, before, it } from 'node:test';
import { chromium } from 'playwright-core';
import { ended, root, temporaryFolder } from './support.mjs';

const types = { '.js': 'text/javascript', '.wasm': 'application/wasm', '.html': 'text/html' };
const page = '<!doctype html><meta charset="utf-8"><title>store</title><script type="module" src="/page.js"></script>';
const script = `import * as countersign from '/dist/index.js';
import * as testing from '/dist/testing/index.js';
Object.assign(globalThis, { countersign, testing, ready: true });`;
let server;
let origin;

before(async () => {
  server = http.createServer(({ url }, response) => {
    const path = new URL(url, 'http://x').pathname;
    const head = (type) => response.writeHead(200, { 'content-type': type, 'content-security-policy': "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'" });
    if (path === '/') return head('text/html').end(page);
    if (path === '/page.js') return head('text/javascript').end(script);
    const file = resolve(root, `.${path}`);
    if (!file.startsWith(join(root, 'dist/')) || !existsSync(file)) return response.writeHead(404).end();
    return head(types[extname(file)] ?? 'application/octet-stream').end(readFileSync(file));
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  origin = `http://localhost:${server.address().port}`;
});
after(() => server.close());

/** A browser in a process group of its own. */
async function start(profile) {
  const child = spawn(process.env.CHROMIUM ?? '/usr/bin/chromium', ['--headless=new', '--no-sandbox', '--disable-dev-shm-usage', '--no-first-run', '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank'], { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  const gone = new Promise((done) => child.on('exit', done));
  const address = await new Promise((done, failed) => {
    let text = '';
    child.stderr.on('data', (part) => {
      text += part;
      const found = /ws:\/\/\S+/.exec(text);
      if (found) done(found[0]);
    });
    child.on('exit', () => failed(new Error(`the browser ended:\n${text}`)));
  });
  const browser = await chromium.connectOverCDP(address);
  const context = browser.contexts()[0];
  return {
    context,
    async open() {
      const tab = await context.newPage();
      await tab.goto(origin);
      await tab.waitForFunction(() => globalThis.ready);
      return tab;
    },
    /** As a person ends it: what the browser itself remembers reaches the disk too. */
    async quit() {
      await (await browser.newBrowserCDPSession()).send('Browser.close').catch(() => {});
      await gone;
    },
    async kill() {
      process.kill(-child.pid, 'SIGKILL');
      await gone;
      await ended(profile);
      await browser.close().catch(() => {});
      for (const lock of ['SingletonLock', 'SingletonCookie', 'SingletonSocket', 'DevToolsActivePort']) rmSync(join(profile, lock), { force: true });
    },
  };
}
async function withBrowser(work) {
  const browser = await start(temporaryFolder('store'));
  try {
    await work(browser);
  } finally {
    await browser.kill();
  }
}

it('the store keeps its contract, opened again too, under a strict CSP', { timeout: 120_000 }, () => withBrowser(async (browser) => {
  const tab = await browser.open();
  const results = await tab.evaluate(async () => {
    // The store comes with an engine; closing the engine closes it.
    const engines = new Map();
    const open = async (storeName) => {
      const engine = await countersign.init({ storeName });
      engines.set(engine.store, { engine, storeName });
      return engine.store;
    };
    return testing.runStoreConformance(() => open('conformance'), {
      reopen: async (store) => {
        const { engine, storeName } = engines.get(store);
        await engine.close();
        return open(storeName);
      },
    });
  });
  const failed = results.filter(({ passed }) => !passed);
  assert.deepEqual(failed, []);
  assert.ok(results.length >= 15);
  assert.equal(await tab.evaluate(async () => { const engine = await countersign.init(); return `${engine.storage.kind} ${engine.storage.durable}`; }), 'indexeddb true');
}));

/** Three browsers, each killed while it writes; what a fourth finds, and how many batches each round had acknowledged. */
async function killedInMidWrite() {
  const profile = temporaryFolder('killed');
  const stream = 'c'.repeat(32);
  // The browser writes down which origins have storage half a minute late: the origin is known from an earlier day.
  const earlier = await start(profile);
  await (await earlier.open()).evaluate(async () => { await (await countersign.init()).close(); });
  await earlier.quit();
  const acknowledged = [0, 0, 0];
  for (let round = 0; round < 3; round += 1) {
    const browser = await start(profile);
    const tab = await browser.open();
    await tab.exposeFunction('acknowledge', () => { acknowledged[round] += 1; });
    void tab.evaluate(async ([name, of]) => {
      const { store } = await countersign.init();
      for (let batch = 0; ; batch += 1) {
        const items = [];
        for (let i = 0; i < 200; i += 1) {
          const bytes = new TextEncoder().encode(`round ${of} batch ${batch} item ${i} ${'x'.repeat(300)}`);
          const id = [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
          items.push({ kind: 'b', id, bytes });
        }
        await store.commit({ stream: name, items, enqueue: items.map(({ id }) => id), records: { [`batch/${name}/${of}/${batch}`]: items.map(({ id }) => id) } });
        await acknowledge();
      }
    }, [stream, round]).catch(() => {});
    while (acknowledged[round] < 3) await new Promise((done) => setTimeout(done, 10));
    await new Promise((done) => setTimeout(done, 7 + 23 * round));
    await browser.kill();
  }
  const browser = await start(profile);
  const found = await (await browser.open()).evaluate(async (name) => {
    const { store } = await countersign.init();
    const ids = new Set();
    let from = null;
    do {
      const part = await store.read(name, from, 500);
      part.items.forEach(({ id }) => ids.add(id));
      from = part.next;
    } while (from !== null);
    const { records } = await store.records(`batch/${name}`, null, 10_000);
    const waiting = new Set((await store.outbox(name, 100_000)).map(({ id }) => id));
    const batches = Object.values(records);
    const rounds = [0, 1, 2].map((round) => Object.keys(records).filter((key) => key.startsWith(`batch/${name}/${round}/`)).length);
    return { rounds, batches: batches.length, whole: batches.every((batch) => batch.every((id) => ids.has(id) && waiting.has(id))), items: ids.size, waiting: waiting.size };
  }, stream);
  await browser.kill();
  return { ...found, acknowledged };
}

it('a browser killed in mid-write: every acknowledged batch is whole, and no batch is in part', { timeout: 180_000 }, async (t) => {
  // Chromium discards a whole database that it cannot open after a kill (seen in one run of six; strict durability does not
  // help). No page can prevent that, and it looks like nothing else: of a round nothing at all is left. Then the next try
  // asks. A batch that is missing beside others of its round was never stored, and fails at once.
  for (let attempt = 1; ; attempt += 1) {
    const { rounds, batches, whole, items, waiting, acknowledged } = await killedInMidWrite();
    assert.ok(whole);
    assert.deepEqual([items, waiting], [batches * 200, batches * 200]);
    const discarded = rounds.some((count) => count === 0);
    rounds.forEach((count, round) => assert.ok(count === 0 || count >= acknowledged[round], `round ${round}: ${count} batches of ${acknowledged[round]} acknowledged`));
    if (!discarded) return;
    t.diagnostic(`attempt ${attempt}: the browser discarded the database`);
    assert.ok(attempt < 5, 'the browser discarded the database five times');
  }
});

it('no room: the act says store.quota, and nothing of it is there', { timeout: 60_000 }, () => withBrowser(async (browser) => {
  const tab = await browser.context.newPage();
  const session = await browser.context.newCDPSession(tab);
  // Works only before the origin first uses its storage.
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 2_000_000 });
  await tab.goto(origin);
  await tab.waitForFunction(() => globalThis.ready);
  const told = await tab.evaluate(async () => {
    const { store } = await countersign.init();
    const stream = 'd'.repeat(32);
    const make = async (seed) => {
      const bytes = crypto.getRandomValues(new Uint8Array(60_000));
      bytes[0] = seed;
      const id = [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
      return { kind: 'b', id, bytes };
    };
    let stored = 0;
    for (let i = 0; i < 200; i += 1) {
      const item = await make(i);
      try {
        await store.commit({ stream, items: [item], enqueue: [item.id], records: { [`last/${stream}`]: item.id } });
        stored += 1;
      } catch (error) {
        const there = await store.get(stream, 'b', item.id);
        return { code: error.code, stored, there: there !== null, count: (await store.read(stream, null, 1000)).items.length, outbox: (await store.outbox(stream, 1000)).length, last: (await store.record(`last/${stream}`)) === item.id };
      }
    }
    return { code: 'never', stored };
  });
  assert.equal(told.code, 'store.quota');
  assert.ok(told.stored > 0 && !told.there && !told.last);
  assert.deepEqual([told.count, told.outbox], [told.stored, told.stored]);
}));

it('two tabs: turns are taken, late writers are told, and each hears of the other', { timeout: 60_000 }, () => withBrowser(async (browser) => {
  const tabs = [await browser.open(), await browser.open()];
  const stream = 'e'.repeat(32);
  const inTurn = await Promise.all(tabs.map((tab, n) => tab.evaluate(async ([name, which]) => {
    const { store } = await countersign.init();
    globalThis.heard = 0;
    store.watch((changed) => { if (changed === name) globalThis.heard += 1; });
    for (let i = 0; i < 20; i += 1) {
      await store.exclusive(name, async () => {
        const { version } = await store.read(name, null, 1);
        await store.commit({ stream: name, version, records: { [`act/${name}/${which}/${i}`]: version } });
      });
    }
    return 20;
  }, [stream, n])));
  assert.deepEqual(inTurn, [20, 20]);
  // Without waiting for the turn: whoever was late is refused, never both written.
  const outcomes = await Promise.all(tabs.map((tab, n) => tab.evaluate(async ([name, which]) => {
    const { store } = await countersign.init();
    let conflicts = 0;
    for (let i = 0; i < 20; i += 1) {
      const { version } = await store.read(name, null, 1);
      await store.commit({ stream: name, version, records: { [`race/${name}/${which}/${i}`]: version } }).catch((error) => {
        if (error.code !== 'store.conflict') throw error;
        conflicts += 1;
      });
    }
    await new Promise((done) => setTimeout(done, 200));
    return { conflicts, heard: globalThis.heard };
  }, [stream, n])));
  const { versions, version } = await tabs[0].evaluate(async (name) => {
    const { store } = await countersign.init();
    const acts = await store.records(`act/${name}`, null, 1000);
    const races = await store.records(`race/${name}`, null, 1000);
    return { versions: [...Object.values(acts.records), ...Object.values(races.records)], version: (await store.read(name, null, 1)).version };
  }, stream);
  assert.equal(new Set(versions).size, versions.length, 'no version was written on twice');
  assert.equal(version, versions.length);
  assert.equal(versions.length + outcomes[0].conflicts + outcomes[1].conflicts, 80);
  assert.ok(outcomes.every(({ heard }) => heard > 0));
}));

it('a tab that holds the turn and died does not stop the others', { timeout: 60_000 }, () => withBrowser(async (browser) => {
  const [first, second] = [await browser.open(), await browser.open()];
  const stream = 'f'.repeat(32);
  await first.evaluate(async (name) => {
    const { store } = await countersign.init();
    void store.exclusive(name, () => new Promise(() => {}));
    await new Promise((done) => setTimeout(done, 50));
  }, stream);
  const started = Date.now();
  assert.equal(await second.evaluate(async (name) => (await countersign.init()).store.exclusive(name, async () => 'done'), stream), 'done');
  assert.ok(Date.now() - started > 5_000, 'it waited before it took the turn');
}));

it('a newer layout is not blocked by an open tab, and the old code says store.newer_version', { timeout: 60_000 }, () => withBrowser(async (browser) => {
  const [old, newer] = [await browser.open(), await browser.open()];
  await old.evaluate(async () => { await countersign.init({ storeName: 'layout' }); });
  const upgraded = await newer.evaluate(() => new Promise((done) => {
    const request = indexedDB.open('layout', 2);
    request.onsuccess = () => { request.result.close(); done('upgraded'); };
    request.onblocked = () => done('blocked');
    request.onerror = () => done('error');
  }));
  assert.equal(upgraded, 'upgraded');
  const code = await old.evaluate(async () => {
    const { store } = await countersign.init({ storeName: 'layout' });
    return store.record('draft/x').then(() => 'read', (error) => error.code);
  });
  assert.equal(code, 'store.newer_version');
  assert.equal(await newer.evaluate(() => countersign.init({ storeName: 'layout' }).then(() => 'started', (error) => error.code)), 'store.newer_version');
}));

it('a flipped bit in the browser\'s store is found on reading, and set aside', { timeout: 60_000 }, () => withBrowser(async (browser) => {
  const tab = await browser.open();
  const told = await tab.evaluate(async () => {
    const { store } = await countersign.init({ storeName: 'damage' });
    const stream = '1'.repeat(32);
    const bytes = new TextEncoder().encode('whole');
    const id = [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    await store.commit({ stream, items: [{ kind: 'b', id, bytes }] });
    const db = await new Promise((done) => { indexedDB.open('damage').onsuccess = (event) => done(event.target.result); });
    await new Promise((done) => {
      const tx = db.transaction('items', 'readwrite');
      tx.objectStore('items').put(new TextEncoder().encode('whale'), [stream, 'b', id]);
      tx.oncomplete = done;
    });
    db.close();
    const got = await store.get(stream, 'b', id);
    const first = await store.read(stream, null, 10);
    const second = await store.read(stream, null, 10);
    return { got, damaged: first.damaged.length, items: first.items.length, after: second.items.length + second.damaged.length };
  });
  assert.deepEqual(told, { got: null, damaged: 1, items: 0, after: 0 });
}));

it('a device key is there after a reload, cannot be exported, and still signs', { timeout: 60_000 }, () => withBrowser(async (browser) => {
  const tab = await browser.open();
  const x = await tab.evaluate(async () => (await (await countersign.init()).keys.device('mine')).x);
  await tab.reload();
  await tab.waitForFunction(() => globalThis.ready);
  const again = await tab.evaluate(async () => {
    const engine = await countersign.init();
    const key = await engine.keys.device('mine');
    const pair = await engine.store.getKey('mine');
    return { x: key.x, size: (await key.sign(new Uint8Array(3))).length, extractable: pair.privateKey.extractable };
  });
  assert.deepEqual(again, { x, size: 64, extractable: false });
}));
