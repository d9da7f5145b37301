// What the reference server answers to anybody: policy, protocol, refusals.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { makeItem } from './items.mjs';
import { startTestServer } from './test-server.mjs';

let server;
before(async () => { server = await startTestServer(); });
after(() => server.stop());

const stream = randomBytes(16).toString('hex');
const token = randomBytes(32).toString('base64url');
const auth = { authorization: `Bearer ${token}` };

describe('pages', () => {
  it('HEAD and GET of the first address carry the same strict policy', async () => {
    for (const method of ['HEAD', 'GET']) {
      const answer = await fetch(`${server.url}/`, { method });
      assert.equal(answer.status, 200);
      const policy = answer.headers.get('content-security-policy');
      assert.match(policy, /default-src 'none'/);
      assert.match(policy, /script-src 'self' 'wasm-unsafe-eval';/);
      assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'|https?:/);
      assert.equal(answer.headers.get('referrer-policy'), 'no-referrer');
      assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    }
  });

  it('the signing page stands on another origin', () => {
    assert.notEqual(new URL(server.server.signingUrl).origin, new URL(server.url).origin);
  });

  it('a path outside the folder is nothing', async () => {
    for (const path of ['/../package.json', '/%2e%2e/package.json', '/..%2fpackage.json', '/nothing']) assert.equal((await fetch(server.url + path)).status, 404);
  });

  it('a method that makes no sense is refused', async () => {
    assert.equal((await fetch(`${server.url}/index.html`, { method: 'DELETE' })).status, 405);
  });

  it('an unchanged file is not sent twice', async () => {
    const first = await fetch(`${server.url}/`);
    const again = await fetch(`${server.url}/`, { headers: { 'if-none-match': first.headers.get('etag') } });
    assert.equal(again.status, 304);
  });
});

describe('protocol', () => {
  before(async () => {
    server.access.set(stream, { token });
    await server.create(stream);
  });

  const url = (path) => `${server.url}/v1/s/${stream}${path}`;

  it('caps are public and tell epoch and limits', async () => {
    const answer = await fetch(`${server.url}/v1/caps`);
    const caps = await answer.json();
    assert.ok(caps.epoch.length > 8);
    assert.equal(caps.limits.event, 98_304);
    assert.equal(answer.headers.get('access-control-allow-origin'), '*');
  });

  it('any origin may ask first', async () => {
    const answer = await fetch(url('/log'), { method: 'OPTIONS', headers: { origin: 'https://elsewhere.example', 'access-control-request-method': 'GET' } });
    assert.equal(answer.status, 204);
    assert.match(answer.headers.get('access-control-allow-headers'), /Authorization/);
  });

  it('one item: 201 new, 200 again, 412 where the client asked for that, and it comes back with its id as tag', async () => {
    const item = makeItem('b', 'one');
    const put = (headers = {}) => fetch(url(`/b/${item.id}`), { method: 'PUT', headers: { ...auth, ...headers }, body: item.bytes });
    assert.equal((await put()).status, 201);
    assert.equal((await put()).status, 200);
    assert.equal((await put({ 'if-none-match': '*' })).status, 412);
    const got = await fetch(url(`/b/${item.id}`), { headers: auth });
    assert.equal(got.headers.get('etag'), `"${item.id}"`);
    assert.match(got.headers.get('cache-control'), /immutable/);
    assert.equal(await got.text(), 'one');
    const part = await fetch(url(`/b/${item.id}`), { headers: { ...auth, range: 'bytes=1-2' } });
    assert.deepEqual([part.status, await part.text()], [206, 'ne']);
    assert.equal(part.headers.get('content-range'), 'bytes 1-2/3');
    const rest = await fetch(url(`/b/${item.id}`), { headers: { ...auth, range: 'bytes=1-99' } });
    assert.deepEqual([rest.status, rest.headers.get('content-range'), await rest.text()], [206, 'bytes 1-2/3', 'ne']);
    for (const range of ['bytes=3-9', 'bytes=2-1']) {
      const nothing = await fetch(url(`/b/${item.id}`), { headers: { ...auth, range } });
      assert.deepEqual([nothing.status, nothing.headers.get('content-range'), await nothing.text()], [416, 'bytes */3', ''], range);
    }
    assert.equal((await server.backend.get(stream, 'b', item.id, [7, 9])).length, 0, 'as of the other backends');
  });

  const refusal = async (answer, status, type) => {
    assert.equal(answer.status, status);
    assert.equal(answer.headers.get('content-type'), 'application/problem+json');
    const problem = await answer.json();
    assert.equal(problem.type, `urn:countersign:problem:${type}`);
    assert.equal(typeof problem.retryable, 'boolean');
    return problem;
  };

  it('bytes that are not the ones the id names are refused', async () => refusal(await fetch(url(`/b/${'0'.repeat(64)}`), { method: 'PUT', headers: auth, body: 'x' }), 422, 'digest-mismatch'));
  it('an event over its limit is refused with the limit', async () => {
    const item = makeItem('e', 'x'.repeat(98_305));
    assert.equal((await refusal(await fetch(url(`/e/${item.id}`), { method: 'PUT', headers: auth, body: item.bytes }), 413, 'too-large')).limit, 98_304);
  });
  it('no token, a wrong token, no such stream, no such item', async () => {
    await refusal(await fetch(url('/log')), 401, 'token-missing');
    await refusal(await fetch(url('/log'), { headers: { authorization: 'Bearer wrong' } }), 403, 'token-scope');
    await refusal(await fetch(`${server.url}/v1/s/${'0'.repeat(32)}/log`, { headers: auth }), 404, 'no-such-stream');
    await refusal(await fetch(url(`/b/${'1'.repeat(64)}`), { headers: auth }), 404, 'no-such-item');
  });
  it('a forged cursor, a foreign cursor and one ahead of the feed are all a changed epoch', async () => {
    const { next, epoch } = await (await fetch(url('/log'), { headers: auth })).json();
    const [, seq, mac] = next.split('.');
    for (const since of [`${epoch}.${Number(seq) + 1}.${mac}`, `${epoch}.0.AAAAAAAAAAAAAAAA`, `other.${seq}.${mac}`, 'x']) {
      assert.equal((await refusal(await fetch(url(`/log?since=${encodeURIComponent(since)}`), { headers: auth }), 409, 'epoch-changed')).epoch, epoch);
    }
  });
  it('a malformed batch stores nothing', async () => {
    const before_ = (await (await fetch(url('/log'), { headers: auth })).json()).items.length;
    await refusal(await fetch(url('/batch'), { method: 'POST', headers: auth, body: Buffer.alloc(40, 101) }), 400, 'malformed');
    assert.equal((await (await fetch(url('/log'), { headers: auth })).json()).items.length, before_);
  });
  it('a waiting request is answered when something comes', async () => {
    const { next } = await (await fetch(url('/log?limit=500'), { headers: auth })).json();
    const waiting = fetch(url(`/log?since=${next}&wait=10000`), { headers: auth });
    const item = makeItem('b', 'something came');
    await new Promise((done) => setTimeout(done, 100));
    await fetch(url(`/b/${item.id}`), { method: 'PUT', headers: auth, body: item.bytes });
    const page = await (await waiting).json();
    assert.deepEqual(page.items.map(({ id }) => id), [item.id]);
  });
  it('only an account of this server creates streams, and the demo gives accounts to its own page alone', async () => {
    const fresh = randomBytes(16).toString('hex');
    const body = JSON.stringify({ grants: [{ tokenHash: createHash('sha256').update('t').digest('hex'), scope: 'admin' }] });
    await refusal(await fetch(`${server.url}/v1/s/${fresh}`, { method: 'PUT', headers: auth, body }), 403, 'token-scope');
    assert.equal((await fetch(`${server.url}/demo/session`, { method: 'POST', headers: { origin: 'https://elsewhere.example' } })).status, 404);
    assert.equal((await fetch(`${server.url}/demo/session`, { method: 'POST' })).status, 404);
  });
  it('what should not happen is answered with 503, and its operator told what and where, not with whose words', async () => {
    const { store } = server.server;
    store.page = store.sizeOf = () => { throw new TypeError(`something about ${token}`); };
    try {
      assert.equal((await refusal(await fetch(url('/log'), { headers: auth }), 503, 'overload')).retryable, true);
      await refusal(await fetch(url('/batch'), { method: 'POST', headers: auth, body: '' }), 503, 'overload');
    } finally {
      delete store.page;
      delete store.sizeOf;
    }
    const told = server.lines.splice(0);
    assert.equal(told.length, 2);
    for (const line of told) assert.match(line, /^protocol: TypeError at server\.test\.mjs:\d+$/);
  });
  it('says nothing secret to its operator', () => {
    assert.deepEqual(server.lines, []);
  });
});
