// The HTTP protocol, version 1: streams of immutable items, a feed with epoch cursors, hints.
//
// Every event is judged before it is stored: its hash, its signature, and by the envelope's own rules whether its author
// may write it. That is done by the same engine that runs in browsers; nothing here knows what a contract is.
import { createHash } from 'node:crypto';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

export const limits = { event: 98_304, chunk: 4 * 1024 * 1024, page: 500, streamBytes: 512 * 1024 * 1024, writesPerMin: 1200 };
const maxBatchBytes = 1024 * 1024 + 64 * 37;
const maxBatchItems = 256;
const maxGrants = 128;
const longestWait = 25_000;
const commentEvery = 15_000;

const cors = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'ETag, Content-Digest, Retry-After, RateLimit, RateLimit-Policy',
  'cross-origin-resource-policy': 'cross-origin',
};
const preflight = {
  ...cors,
  'access-control-allow-methods': 'GET, HEAD, PUT, POST, OPTIONS',
  'access-control-allow-headers': 'Authorization, Content-Type, Content-Digest, If-None-Match, Range',
  'access-control-max-age': '7200',
};

/** A refusal in the shape of RFC 9457. */
export class Refusal extends Error {
  constructor(status, type, title, extra = {}) {
    super(title);
    Object.assign(this, { status, type, extra });
  }
}

const titles = {
  'malformed': 'The request is not of this protocol', 'digest-mismatch': 'The bytes are not the ones the id names',
  'token-missing': 'A bearer token is needed', 'token-scope': 'The token does not allow this',
  'no-such-stream': 'There is no such stream', 'no-such-item': 'There is no such item', 'epoch-changed': 'The cursor belongs to another epoch',
  'exists': 'The item exists', 'too-large': 'The item is too large', 'rate': 'Too many writes', 'quota': 'There is no room left', 'overload': 'Try again later',
};
const refuse = (status, type, extra) => new Refusal(status, type, titles[type], extra);

async function readBody(request, limit) {
  const parts = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > limit) throw refuse(413, 'too-large', { limit });
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function parseBatch(body) {
  const items = [];
  for (let at = 0; at < body.length; ) {
    if (items.length === maxBatchItems || at + 37 > body.length) throw refuse(400, 'malformed');
    const kind = String.fromCharCode(body[at]);
    const size = body.readUInt32BE(at + 33);
    if ((kind !== 'e' && kind !== 'b') || at + 37 + size > body.length) throw refuse(400, 'malformed');
    items.push({ kind, id: body.toString('hex', at + 1, at + 33), bytes: new Uint8Array(body.subarray(at + 37, at + 37 + size)) });
    at += 37 + size;
  }
  return items;
}

/** Items a token may write in one minute of the clock. */
class Rate {
  #windows = new Map();

  spend(token, items) {
    const minute = Math.floor(Date.now() / 60_000);
    const window = this.#windows.get(token);
    const used = window?.minute === minute ? window.used : 0;
    if (used + items > limits.writesPerMin) throw refuse(429, 'rate', { retry_after_ms: 60_000 - (Date.now() % 60_000) });
    if (this.#windows.size > 10_000) this.#windows.clear();
    this.#windows.set(token, { minute, used: used + items });
  }
}

/**
 * @param {object} parts
 * @param parts.store      SqliteStore
 * @param parts.countersign the engine, over that store
 * @param parts.mayCreate  (account token) -> boolean
 * @param parts.stored     (stream) -> void, after a commit
 * @param parts.report     (error) -> void: what should not happen, and is answered with 503
 */
export function makeProtocol({ store, countersign, mayCreate, stored, report }) {
  const rate = new Rate();
  const listeners = new Map(); // stream -> Set of functions

  store.watch((stream) => {
    for (const hint of listeners.get(stream) ?? []) hint();
  });

  function listen(stream, hint) {
    let set = listeners.get(stream);
    if (!set) listeners.set(stream, (set = new Set()));
    set.add(hint);
    return () => {
      set.delete(hint);
      if (set.size === 0) listeners.delete(stream);
    };
  }

  function changeOrTimeout(stream, wait, response) {
    return new Promise((done) => {
      const finish = () => {
        clearTimeout(timer);
        stop();
        response.off('close', finish);
        done();
      };
      const timer = setTimeout(finish, wait);
      const stop = listen(stream, finish);
      response.on('close', finish);
    });
  }

  const tokenOf = (request) => /^Bearer ([\x21-\x7e]{1,200})$/.exec(request.headers.authorization ?? '')?.[1] ?? null;

  function allow(request, stream, scopes) {
    const token = tokenOf(request);
    if (!token) throw refuse(401, 'token-missing');
    // That there is no such stream, anybody may hear: its id is 128 bits of chance, so whoever asks was told it, and people
    // whose agreement the server no longer has are told that and not that their link is bad.
    if (!store.has(stream)) throw refuse(404, 'no-such-stream');
    if (!scopes.includes(store.scopeOf(stream, token))) throw refuse(403, 'token-scope');
    return token;
  }

  async function judge(stream, items) {
    const { bytes } = store.sizeOf(stream);
    const results = new Array(items.length);
    const fit = [];
    items.forEach((item, i) => {
      const limit = item.kind === 'e' ? limits.event : limits.chunk;
      const problem = (type, extra) => ({ id: item.id, state: 'rejected', problem: { type, title: titles[type] ?? type, retryable: false, ...extra } });
      if (item.bytes.length > limit) results[i] = problem('too-large', { limit });
      else if (bytes + item.bytes.length > limits.streamBytes) results[i] = problem('quota');
      else if (createHash('sha256').update(item.bytes).digest('hex') !== item.id) results[i] = problem('digest-mismatch');
      else fit.push({ item, i });
    });
    if (fit.length) {
      const received = await countersign.receive(stream, fit.map(({ item }) => item), { refused: 'drop' });
      received.results.forEach(({ state, code }, n) => {
        const { item, i } = fit[n];
        results[i] =
          state === 'refused'
            ? { id: item.id, state: 'rejected', problem: { type: code ?? 'refused', title: 'The envelope refuses this item', retryable: false } }
            : { id: item.id, state: state === 'known' ? 'present' : 'stored' };
      });
      stored(stream);
    }
    return results;
  }

  function answerJson(response, status, body, headers = {}) {
    const plain = Buffer.from(JSON.stringify(body));
    // A page of an agreement is some 70 kB of base64, a third of a second for a phone; a fast setting takes most of it away.
    const accepted = plain.length < 1400 ? '' : String(response.req.headers['accept-encoding'] ?? '');
    const encoding = /\bbr\b/.test(accepted) ? 'br' : /\bgzip\b/.test(accepted) ? 'gzip' : '';
    const sent = encoding === 'br' ? brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }) : encoding ? gzipSync(plain) : plain;
    response.writeHead(status, {
      ...cors, 'content-type': 'application/json', 'cache-control': 'no-store', 'content-length': sent.length, vary: 'Accept-Encoding', ...(encoding ? { 'content-encoding': encoding } : {}), ...headers,
    });
    response.end(sent);
  }

  async function createStream(request, response, stream) {
    const token = tokenOf(request);
    if (!token) throw refuse(401, 'token-missing');
    if (!mayCreate(token) && store.scopeOf(stream, token) !== 'admin') throw refuse(403, 'token-scope');
    let grants;
    try {
      ({ grants } = JSON.parse((await readBody(request, 65_536)).toString('utf8')));
    } catch (error) {
      throw error instanceof Refusal ? error : refuse(400, 'malformed');
    }
    const sound = Array.isArray(grants) && grants.length > 0 && grants.length <= maxGrants &&
      grants.every((grant) => /^[0-9a-f]{64}$/.test(grant?.tokenHash) && ['read', 'append', 'admin'].includes(grant.scope) && (grant.recipient === undefined || /^[a-z][a-z0-9_-]{0,31}$/.test(grant.recipient)));
    if (!sound) throw refuse(400, 'malformed');
    // Making it again is harmless for whoever made it; an account cannot let itself into somebody else's.
    const known = grants.some(({ tokenHash, scope }) => scope === 'admin' && store.hasGrant(stream, tokenHash, 'admin'));
    if (store.has(stream) && store.scopeOf(stream, token) !== 'admin' && !known) throw refuse(403, 'token-scope');
    answerJson(response, store.create(stream, grants) ? 201 : 200, { stream });
  }

  async function batch(request, response, stream) {
    const token = allow(request, stream, ['append', 'admin']);
    const items = parseBatch(await readBody(request, maxBatchBytes));
    rate.spend(token, items.length);
    answerJson(response, 200, { results: await judge(stream, items) });
  }

  async function putOne(request, response, stream, kind, id) {
    const token = allow(request, stream, ['append', 'admin']);
    const bytes = new Uint8Array(await readBody(request, kind === 'e' ? limits.event : limits.chunk));
    if (createHash('sha256').update(bytes).digest('hex') !== id) throw refuse(422, 'digest-mismatch');
    if (request.headers['if-none-match'] === '*' && store.bytesOf(stream, kind, id)) throw refuse(412, 'exists');
    rate.spend(token, 1);
    const [result] = await judge(stream, [{ kind, id, bytes }]);
    if (result.state === 'rejected') throw new Refusal(422, result.problem.type, result.problem.title);
    answerJson(response, result.state === 'stored' ? 201 : 200, result);
  }

  function getOne(request, response, stream, kind, id) {
    allow(request, stream, ['read', 'append', 'admin']);
    const bytes = store.bytesOf(stream, kind, id);
    if (!bytes) throw refuse(404, 'no-such-item');
    const headers = { ...cors, 'content-type': 'application/octet-stream', 'etag': `"${id}"`, 'cache-control': 'private, max-age=31536000, immutable', 'accept-ranges': 'bytes' };
    if (request.headers['if-none-match'] === `"${id}"`) return response.writeHead(304, headers).end();
    const range = /^bytes=([0-9]{1,10})-([0-9]{1,10})$/.exec(request.headers.range ?? '');
    if (!range) return response.writeHead(200, { ...headers, 'content-length': bytes.length }).end(request.method === 'HEAD' ? undefined : bytes);
    const part = bytes.subarray(Number(range[1]), Number(range[2]) + 1);
    if (part.length === 0) return response.writeHead(416, { ...cors, 'cache-control': 'no-store', 'content-range': `bytes */${bytes.length}`, 'content-length': 0 }).end();
    return response.writeHead(206, { ...headers, 'content-range': `bytes ${range[1]}-${Number(range[1]) + part.length - 1}/${bytes.length}`, 'content-length': part.length }).end(part);
  }

  async function log(request, response, stream, query) {
    allow(request, stream, ['read', 'append', 'admin']);
    const whole = (name, most, usual) => Math.max(0, Math.min(most, Number.parseInt(query.get(name) ?? '', 10) || usual));
    const since = query.get('since');
    const limit = Math.max(1, whole('limit', limits.page, 100));
    const wait = whole('wait', longestWait, 0);
    let page = store.page(stream, since, limit, whole('inline', 1024 * 1024, 0));
    if (page?.items.length === 0 && wait > 0) {
      await changeOrTimeout(stream, wait, response);
      page = store.page(stream, since, limit, whole('inline', 1024 * 1024, 0));
    }
    if (!page) throw refuse(409, 'epoch-changed', { epoch: store.epoch });
    if (request.headers['if-none-match'] === `"${page.next}"` && page.items.length === 0) return response.writeHead(304, { ...cors, 'cache-control': 'no-store' }).end();
    return answerJson(response, 200, page, { etag: `"${page.next}"` });
  }

  function watch(request, response, stream) {
    allow(request, stream, ['read', 'append', 'admin']);
    response.writeHead(200, { ...cors, 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
    response.write(': here\n\n');
    let due = false;
    const stop = listen(stream, () => {
      if (due) return; // many changes at once are one hint
      due = true;
      setTimeout(() => { due = false; response.write('event: hint\ndata:\n\n'); }, 50);
    });
    const comments = setInterval(() => response.write(': still here\n\n'), commentEvery);
    response.on('close', () => { clearInterval(comments); stop(); });
  }

  async function route(request, response, url) {
    const caps = { epoch: store.epoch, ordered: true, conditionalCreate: true, batch: true, reconcile: false, erase: false, verifiesHash: true, verifiesSignatures: true, durableAck: 'fsync', limits };
    if (url.pathname === '/v1/caps') return answerJson(response, 200, caps, { 'cache-control': 'public, max-age=60' });
    const found = /^\/v1\/s\/([0-9a-f]{32})(?:\/(?:([eb])\/([0-9a-f]{64})|(log|watch|batch)))?$/.exec(url.pathname);
    if (!found) throw refuse(404, 'no-such-stream');
    const [, stream, kind, id, verb] = found;
    const act = `${request.method === 'HEAD' ? 'GET' : request.method} ${verb ?? (kind ? 'item' : 'stream')}`;
    switch (act) {
      case 'PUT stream': return createStream(request, response, stream);
      case 'POST batch': return batch(request, response, stream);
      case 'PUT item': return putOne(request, response, stream, kind, id);
      case 'GET item': return getOne(request, response, stream, kind, id);
      case 'GET log': return log(request, response, stream, url.searchParams);
      case 'GET watch': return watch(request, response, stream);
      default: throw new Refusal(405, 'malformed', titles.malformed);
    }
  }

  /** Answers a request under /v1. */
  return async function protocol(request, response, url) {
    if (request.method === 'OPTIONS') return response.writeHead(204, preflight).end();
    try {
      return await route(request, response, url);
    } catch (error) {
      // A client that went away in the middle of its request is no mistake of ours.
      if (!(error instanceof Refusal) && !String(error?.code).startsWith('store.') && request.complete) report(error);
      const refusal = error instanceof Refusal ? error : error?.code === 'store.quota' ? refuse(507, 'quota') : refuse(503, 'overload', { retry_after_ms: 1000 });
      if (response.headersSent) return response.destroy();
      const body = JSON.stringify({ type: `urn:countersign:problem:${refusal.type}`, title: refusal.message, status: refusal.status, retryable: refusal.status >= 500 || refusal.status === 429, ...refusal.extra });
      const after = refusal.extra.retry_after_ms ? { 'retry-after': String(Math.ceil(refusal.extra.retry_after_ms / 1000)) } : {};
      // A request body that was not read to its end closes the connection instead of filling it.
      response.writeHead(refusal.status, { ...cors, ...after, 'content-type': 'application/problem+json', 'cache-control': 'no-store', connection: 'close' });
      return response.end(body);
    }
  };
}
