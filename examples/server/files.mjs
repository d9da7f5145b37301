// Static files under a strict policy. Everything a page needs comes from its own origin; nothing is inline but styles
// that elements adopt as constructed sheets (which the policy does not touch), so there is no 'unsafe-inline' anywhere.
import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const types = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.wasm': 'application/wasm',
  '.json': 'application/json', '.svg': 'image/svg+xml', '.woff2': 'font/woff2', '.webmanifest': 'application/manifest+json', '.md': 'text/markdown; charset=utf-8', '.png': 'image/png',
};
/** What a policy is for: documents, and the worker that serves them. To a phone 500 bytes on each of the other files count. */
const governs = /(\.html|\.svg|sw\.js)$/;
const compressible = new Set(['.html', '.js', '.css', '.wasm', '.json', '.svg', '.webmanifest', '.md']);

/** `connect`: other origins that the page's script may talk to. */
export function securityHeaders(connect = []) {
  return {
    'content-security-policy': [
      "default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'", "img-src 'self' data: blob:", "font-src 'self'", "manifest-src 'self'", "worker-src 'self'",
      `connect-src ${["'self'", ...connect].join(' ')}`, "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'", 'trusted-types countersign countersign-worker lit-html',
    ].join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  };
}

async function filesUnder(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** Serves what `folder` holds now (read once). A file `name.br` beside `name` is sent to whoever accepts brotli. */
export async function serveFolder(folder, headers) {
  const known = new Map();
  const paths = new Set(await filesUnder(folder));
  for (const path of paths) if (!path.endsWith('.br')) known.set('/' + relative(folder, path).split(sep).join('/'), { path, compressed: paths.has(`${path}.br`), bodies: new Map() });

  async function bodyOf(file, encoding) {
    let body = file.bodies.get(encoding);
    if (!body) {
      const plain = await readFile(file.path);
      body = encoding === 'br' ? await readFile(`${file.path}.br`) : encoding === 'gzip' ? await promisify(gzip)(plain) : plain;
      file.bodies.set(encoding, body);
      file.etag ??= `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`;
    }
    return body;
  }

  return async function serve(request, response, path) {
    const file = known.get(path === '/' ? '/index.html' : path) ?? known.get(`${path.replace(/\/$/, '')}/index.html`);
    if (!file) return false;
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { ...headers, allow: 'GET, HEAD' }).end();
      return true;
    }
    const extension = extname(file.path);
    const accepted = compressible.has(extension) ? String(request.headers['accept-encoding'] ?? '') : '';
    const encoding = file.compressed && /\bbr\b/.test(accepted) ? 'br' : /\bgzip\b/.test(accepted) ? 'gzip' : 'identity';
    const body = await bodyOf(file, encoding);
    const etag = file.etag;
    // Names with a hash in them never change; everything else is asked about each time.
    const immutable = /-[0-9A-Z]{8}\.(js|css|wasm|woff2)$/.test(file.path);
    const answer = {
      ...(governs.test(file.path) ? headers : { 'x-content-type-options': 'nosniff' }), 'content-type': types[extension] ?? 'application/octet-stream', etag, vary: 'Accept-Encoding',
      'cache-control': immutable ? 'public, max-age=31536000, immutable' : 'no-cache', ...(encoding === 'identity' ? {} : { 'content-encoding': encoding }),
    };
    if (request.headers['if-none-match'] === etag) response.writeHead(304, answer).end();
    else response.writeHead(200, { ...answer, 'content-length': body.length }).end(request.method === 'HEAD' ? undefined : body);
    return true;
  };
}
