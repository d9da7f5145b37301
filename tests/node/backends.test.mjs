// The three adapters under the one exported conformance suite, and what each does when the world misbehaves.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, unlink, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { FolderBackend } from 'countersign/backends/folder';
import { HttpBackend, retryAfterOf } from 'countersign/backends/http';
import { MemoryBackend } from 'countersign/backends/memory';
import { runBackendConformance } from 'countersign/testing';
import { makeItem } from './items.mjs';
import { startTestServer } from './test-server.mjs';

const newStream = () => randomBytes(16).toString('hex');

async function conforms(backend, options) {
  const results = await runBackendConformance(backend, options);
  assert.ok(results.length >= 12, 'the suite has its cases');
  assert.deepEqual(results.filter(({ passed }) => !passed), []);
  return results;
}

describe('memory backend', () => {
  it('conforms', async () => {
    const backend = new MemoryBackend();
    const results = await conforms(backend, { stream: async () => newStream(), restore: async (stream, length) => backend.rewind(stream, length) });
    assert.equal(results.filter(({ skipped }) => skipped).length, 0);
  });
});

describe('folder backend', () => {
  let root;
  before(async () => { root = await mkdtemp(join(tmpdir(), 'countersign-folder-')); });
  after(() => rm(root, { recursive: true, force: true }));

  it('conforms, with a second process on the same folder', async () => {
    const backend = new FolderBackend(root);
    await conforms(backend, {
      stream: async () => newStream(), second: new FolderBackend(root),
      restore: async (stream, length) => {
        for (const name of (await readdir(join(root, stream, 'feed'))).sort().slice(length)) await unlink(join(root, stream, 'feed', name));
      },
    });
  });

  it('leaves no half-written item under a name that readers trust', async () => {
    const backend = new FolderBackend(root);
    const stream = newStream();
    const item = makeItem('b', 'whole');
    await backend.put(stream, [item]);
    const names = await readdir(join(root, stream, 'items'));
    assert.deepEqual(names, [`b-${item.id}`]);
    assert.equal(await readFile(join(root, stream, 'items', names[0]), 'utf8'), 'whole');
  });

  it('lists an item whose writer died between writing and listing once somebody offers it again', async () => {
    const backend = new FolderBackend(root);
    const stream = newStream();
    const [one, two] = [makeItem('b', 'one'), makeItem('b', 'two')];
    await backend.put(stream, [one]);
    await writeFile(join(root, stream, 'items', `b-${two.id}`), two.bytes);
    assert.equal((await backend.list(stream, null, 10)).items.length, 1);
    await new FolderBackend(root).put(stream, [two]);
    assert.equal((await backend.list(stream, null, 10)).items.length, 2);
  });

  it('says so when the folder cannot be used', async () => {
    const file = join(root, 'not-a-folder');
    await writeFile(file, 'x');
    await assert.rejects(new FolderBackend(file).put(newStream(), [makeItem('b', 'x')]), { code: 'backend.unreachable' });
  });
});

describe('HTTP backend against the reference server', () => {
  let server;
  before(async () => { server = await startTestServer(); });
  after(() => server.stop());

  async function streamWithAccess() {
    const stream = newStream();
    server.access.set(stream, { token: randomBytes(32).toString('base64url'), grants: [] });
    return stream;
  }

  it('conforms', async () => {
    await conforms(server.backend, {
      stream: async () => {
        const stream = await streamWithAccess();
        await server.backend.put(stream, [makeItem('b', `first of ${stream}`)]);
        const fresh = await streamWithAccess();
        // The suite wants an empty stream that exists.
        await server.create(fresh);
        return fresh;
      },
    });
  });

  it('a token of another stream is refused and nothing is stored', async () => {
    const stream = await streamWithAccess();
    await server.backend.put(stream, [makeItem('b', 'mine')]);
    const stranger = new HttpBackend({ url: server.url, access: async () => ({ token: randomBytes(32).toString('base64url') }) });
    await assert.rejects(stranger.list(stream, null, 10), { code: 'backend.unauthorized' });
    await assert.rejects(stranger.put(stream, [makeItem('b', 'theirs')]), { code: 'backend.unauthorized' });
    assert.equal((await server.backend.list(stream, null, 10)).items.length, 1);
  });

  it('a stream that nobody made is gone to whoever may not make it', async () => {
    const stranger = new HttpBackend({ url: server.url, access: async () => ({ token: 'x'.repeat(43) }) });
    await assert.rejects(stranger.put(newStream(), [makeItem('b', 'x')]), { code: 'backend.gone' });
  });

  it('an event that is no event is rejected by name and the rest is stored', async () => {
    const stream = await streamWithAccess();
    const results = await server.backend.put(stream, [makeItem('e', 'not an event'), makeItem('b', 'a blob')]);
    assert.equal(results[0].state, 'rejected');
    assert.match(results[0].problem.type, /^(jws|event|json)\./);
    assert.equal(results[1].state, 'stored');
    assert.equal((await server.backend.list(stream, null, 10)).items.length, 1);
  });

  it('a hint comes when somebody else writes', async () => {
    const stream = await streamWithAccess();
    await server.backend.put(stream, [makeItem('b', 'one')]);
    const { next } = await server.backend.list(stream, null, 10);
    const hinted = new Promise((done) => {
      const stop = server.backend.watch(stream, next, () => { stop(); done(true); });
    });
    await new Promise((done) => setTimeout(done, 200));
    await server.backend.put(stream, [makeItem('b', 'two')]);
    assert.equal(await hinted, true);
  });

  it('keeps its epoch and its items over a restart', async () => {
    const stream = await streamWithAccess();
    await server.backend.put(stream, [makeItem('b', 'kept')]);
    const before_ = await server.backend.list(stream, null, 10);
    await server.restart();
    const after_ = await server.backend.list(stream, before_.next, 10);
    assert.deepEqual([after_.epoch, after_.items.length, after_.more], [before_.epoch, 0, false]);
  });
});

describe('HTTP backend against a world that misbehaves', () => {
  let server;
  let answer = (_request, response) => response.end();
  let backend;
  before(async () => {
    server = http.createServer((request, response) => answer(request, response));
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    backend = new HttpBackend({ url: `http://127.0.0.1:${server.address().port}`, access: async () => ({ token: 't' }), timeout: 2000 });
  });
  after(() => { server.closeAllConnections(); server.close(); });

  const refusesWith = async (code, handler) => {
    answer = handler;
    await assert.rejects(backend.list(newStream(), null, 10), (error) => { assert.equal(error.code, code); return true; });
  };
  const json = (status, body, headers = {}) => (_request, response) => response.writeHead(status, { 'content-type': 'application/problem+json', ...headers }).end(JSON.stringify(body));

  it('a captive portal that answers 200 with a page counts as no answer', () => refusesWith('backend.unreachable', (_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Log in to the hotel</html>')));
  it('a proxy that answers 404 with a page counts as no answer, so nothing is given up', () => refusesWith('backend.unreachable', (_request, response) => response.writeHead(404, { 'content-type': 'text/html' }).end('<html>')));
  it('a redirect is not followed with the token', () => refusesWith('backend.unreachable', (_request, response) => response.writeHead(302, { location: 'https://elsewhere.example/' }).end()));
  it('a connection cut in the middle counts as no answer', () => refusesWith('backend.unreachable', (_request, response) => { response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 }); response.write('{"epoch"'); setTimeout(() => response.destroy(), 50); }));
  it('JSON of another shape counts as no answer', () => refusesWith('backend.unreachable', (_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"items":3}')));
  it('an endless answer is cut off', () => refusesWith('backend.unreachable', (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const part = Buffer.alloc(1 << 20, 32);
    const more = () => { while (!response.destroyed && response.write(part)); };
    response.on('drain', more);
    more();
  }));
  it('silence ends after the time-out', () => refusesWith('backend.unreachable', () => {}));
  it('401 asks for a new link', () => refusesWith('backend.unauthorized', json(401, { type: 'urn:countersign:problem:token-missing', title: 't' })));
  it('409 is a changed epoch', () => refusesWith('backend.epoch_changed', json(409, { type: 'urn:countersign:problem:epoch-changed', title: 't' })));
  it('413 is too large', () => refusesWith('backend.too_large', json(413, { type: 'urn:countersign:problem:too-large', title: 't' })));
  it('507 is a full backend', () => refusesWith('backend.quota', json(507, { type: 'urn:countersign:problem:quota', title: 't' })));
  it('404 of the protocol is gone', () => refusesWith('backend.gone', json(404, { type: 'urn:countersign:problem:no-such-stream', title: 't' })));
  it('any other number from 500 is a fault of the server or of what stands before it, whoever wrote the page', async () => {
    await refusesWith('backend.failed', json(500, { type: 'urn:countersign:problem:internal', title: 't' }));
    for (const status of [500, 502, 504, 520]) await refusesWith('backend.failed', (_request, response) => response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>Oops</h1>'));
  });
  it('400 is refused', () => refusesWith('backend.refused', json(400, { type: 'urn:countersign:problem:malformed', title: 't' })));
  it('429 tells how long to wait', async () => {
    answer = json(429, { type: 'urn:countersign:problem:rate', title: 't' }, { 'retry-after': '7' });
    await assert.rejects(backend.list(newStream(), null, 10), (error) => { assert.deepEqual([error.code, error.details.retryAfterMs], ['backend.overload', 7000]); return true; });
  });
  it('a page asked for ahead is the answer to the next list from the beginning, and to no other', async () => {
    let asked = 0;
    answer = (_request, response) => {
      asked += 1;
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ epoch: 'e', next: String(asked), more: false, items: [] }));
    };
    const stream = newStream();
    backend.ahead(stream);
    assert.equal((await backend.list(newStream(), null, 10)).next, '2', 'another stream');
    assert.equal((await backend.list(stream, '7', 10)).next, '3', 'not from the beginning');
    assert.equal((await backend.list(stream, null, 10)).next, '1');
    assert.equal((await backend.list(stream, null, 10)).next, '4', 'once');
  });
  it('a page asked for ahead that fails is told once, to who waits for it', async () => {
    answer = json(503, { type: 'urn:countersign:problem:busy', title: 't' });
    const stream = newStream();
    backend.ahead(stream);
    await new Promise((turn) => { setTimeout(turn, 100); });
    answer = (_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ epoch: 'e', next: 'n', more: false, items: [] }));
    await assert.rejects(backend.list(stream, null, 10), { code: 'backend.overload' });
    assert.equal((await backend.list(stream, null, 10)).next, 'n');
  });
  it('Retry-After is seconds, a date, or nothing to go by', () => {
    const now = Date.parse('2026-11-22T10:00:00Z');
    assert.deepEqual([retryAfterOf('3600', now), retryAfterOf('Sun, 22 Nov 2026 10:01:00 GMT', now), retryAfterOf('soon', now), retryAfterOf(null, now)], [3_600_000, 60_000, 0, 0]);
  });
  it('names that are not hexadecimal are refused before anything is sent', async () => {
    answer = () => assert.fail('nothing may be sent');
    await assert.rejects(backend.get('../x', 'e', 'a'.repeat(64)), { code: 'backend.bad_name' });
  });
});
