// The reference server: one process, one database file, two origins (portal and signing page), one protocol.
import { randomBytes } from 'node:crypto';
import { readFile, mkdir } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import { join } from 'node:path';
import { init } from 'countersign';
import { sentences } from 'countersign/sentences';
import { makeCompleter, serviceKey } from './completer.mjs';
import { securityHeaders, serveFolder } from './files.mjs';
import { makeProtocol } from './protocol.mjs';
import { SqliteStore } from './store.mjs';

const notFoundPage = 'There is nothing here. The portal is at / of the first address, the signing page opens from a link.';

/** An error for the operator: what it is and where, never its words, which may hold what somebody sent. */
function kindOf(error) {
  const where = /\n +at .*?([\w.-]+:[0-9]+):[0-9]+\)?(?:\n|$)/.exec(error?.stack ?? '')?.[1];
  return `${error?.code ?? error?.name ?? 'unknown'}${where ? ` at ${where}` : ''}`;
}

function listen(server, port, host) {
  return new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(port, host, () => {
      server.off('error', failed);
      done(server.address().port);
    });
  });
}

/**
 * Starts everything. Errors: whatever the port says (EADDRINUSE), `store.*`.
 *
 * @param {object} options
 * @param options.data       folder of the database
 * @param options.wasm       bytes of sign.wasm
 * @param options.portal     folder of the built portal
 * @param options.signing    folder of the built signing page
 * @param options.port       of the portal; the signing page takes the next one
 * @param options.host       address to listen on
 * @param options.publicHost name in the addresses handed out
 * @param options.tls        {key, cert} for HTTPS
 * @param options.people     the demo's people: [{id, name, ...}]; no password, and the portal says so
 * @param options.log        one line for the operator; never holds a token, a link or a name
 */
export async function startServer({ data, wasm, portal, signing, port = 8420, signingPort = port === 0 ? 0 : port + 1, host = '127.0.0.1', publicHost = 'localhost', tls = null, people = [], lan = false, log = () => {} }) {
  await mkdir(data, { recursive: true });
  const store = new SqliteStore(join(data, 'countersign.sqlite'));
  const countersign = await init({ wasm, store, sentences });
  const key = await serviceKey(countersign, store);
  const completer = makeCompleter({ countersign, key, report: (_stream, error) => log(`completer: ${error.code ?? error.message}`) });
  const accounts = new Set();

  const protocol = makeProtocol({ store, countersign, mayCreate: (token) => accounts.has(token), stored: (stream) => completer.consider(stream), report: (error) => log(`protocol: ${kindOf(error)}`) });
  const scheme = tls ? 'https' : 'http';
  const make = (handler) => (tls ? https.createServer(tls, handler) : http.createServer(handler));
  const open = new Set();
  const addresses = {};

  function demo(request, response, url) {
    const answer = (status, body) => {
      const text = JSON.stringify(body);
      response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }).end(request.method === 'HEAD' ? undefined : text);
    };
    if (url.pathname === '/demo/config.json' && (request.method === 'GET' || request.method === 'HEAD')) {
      return answer(200, { signing: addresses.signing, completer: key.x, people, lan });
    }
    if (url.pathname === '/demo/session' && request.method === 'POST' && request.headers.origin === addresses.portal) {
      // A demo has no passwords: whoever opens the portal may create envelopes on this server.
      const account = randomBytes(32).toString('base64url');
      accounts.add(account);
      return answer(200, { account });
    }
    return answer(404, { title: notFoundPage });
  }

  async function handler(files, withDemo, request, response) {
    const url = new URL(request.url ?? '/', `${scheme}://${publicHost}`);
    if (url.pathname.startsWith('/v1/')) return protocol(request, response, url);
    if (withDemo && url.pathname.startsWith('/demo/')) return demo(request, response, url);
    if (await files(request, response, url.pathname)) return undefined;
    return response.writeHead(404, { ...securityHeaders(), 'content-type': 'text/plain; charset=utf-8' }).end(notFoundPage);
  }

  const servers = [];
  async function serveOrigin(folder, withDemo, wanted, connect) {
    const files = await serveFolder(folder, securityHeaders(connect));
    const server = make((request, response) => {
      handler(files, withDemo, request, response).catch(() => {
        if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
        response.end();
      });
    });
    server.headersTimeout = 15_000;
    server.requestTimeout = 60_000;
    server.on('connection', (socket) => {
      open.add(socket);
      socket.on('close', () => open.delete(socket));
    });
    const got = await listen(server, wanted, host);
    servers.push(server);
    return `${scheme}://${publicHost}:${got}`;
  }

  try {
    addresses.portal = await serveOrigin(portal, true, port, []);
    addresses.signing = await serveOrigin(signing, false, signingPort, []);
  } catch (error) {
    for (const server of servers) server.close();
    await countersign.close();
    await store.close();
    throw error;
  }
  // What was signed by all while this server was down is sealed now.
  for (let from = null; ; ) {
    const page = await store.streams(from, 200);
    for (const stream of page.streams) completer.consider(stream);
    if ((from = page.next) === null) break;
  }

  return {
    url: addresses.portal,
    signingUrl: addresses.signing,
    store,
    async close() {
      for (const server of servers) server.close();
      for (const socket of open) socket.destroy();
      await completer.idle();
      await countersign.close();
      await store.close();
    },
  };
}

/** The bytes of the engine, from the installed package. */
export function readEngine() {
  return readFile(new URL(import.meta.resolve('countersign/sign.wasm')));
}
