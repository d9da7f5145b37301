// The reference server as the tests start it: a real process' worth of code on a free port, with a folder of its own.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpBackend } from 'countersign/backends/http';
import { readEngine, startServer } from '../../examples/server/server.mjs';

export async function startTestServer() {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-server-'));
  for (const name of ['portal', 'signing']) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'index.html'), `<!doctype html><title>${name}</title>`);
  }
  const wasm = await readEngine();
  const access = new Map();
  const lines = [];
  const start = () => startServer({ data: join(folder, 'data'), wasm, portal: join(folder, 'portal'), signing: join(folder, 'signing'), port: 0, log: (line) => lines.push(line) });
  let server = await start();
  let account = null;
  const newAccount = async () => (await (await fetch(`${server.url}/demo/session`, { method: 'POST', headers: { origin: server.url } })).json()).account;
  const test = {
    access,
    lines,
    get url() { return server.url; },
    get server() { return server; },
    backend: null,
    async create(stream) {
      account ??= await newAccount();
      const { createHash } = await import('node:crypto');
      const answer = await fetch(`${server.url}/v1/s/${stream}`, {
        method: 'PUT', headers: { authorization: `Bearer ${account}`, 'content-type': 'application/json' },
        body: JSON.stringify({ grants: [{ tokenHash: createHash('sha256').update(access.get(stream).token).digest('hex'), scope: 'admin' }] }),
      });
      if (!answer.ok) throw new Error(`creating a stream: ${answer.status} ${await answer.text()}`);
    },
    async restart() {
      const port = Number(new URL(server.url).port);
      await server.close();
      server = await startServer({ data: join(folder, 'data'), wasm, portal: join(folder, 'portal'), signing: join(folder, 'signing'), port, signingPort: 0, log: (line) => lines.push(line) });
      account = null;
    },
    async stop() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  test.backend = new HttpBackend({ get url() { return server.url; }, access: async (stream) => access.get(stream) ?? null, account: async () => (account ??= await newAccount()) });
  return test;
}
