// The packed tarball as a user meets it: from plain HTML with an import map under a strict policy, and from Node.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { extname, join, normalize } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openBrowser, root, temporaryFolder } from '../browser/support.mjs';

const folder = temporaryFolder('package');
const installed = join(folder, 'node_modules/countersign');
let files;

before(() => {
  const packed = spawnSync('npm', ['pack', '--json', '--pack-destination', folder], { cwd: root, encoding: 'utf8' });
  assert.equal(packed.status, 0, packed.stderr);
  const [{ filename, files: list }] = JSON.parse(packed.stdout);
  files = list.map(({ path }) => path);
  mkdirSync(installed, { recursive: true });
  assert.equal(spawnSync('tar', ['-xzf', join(folder, filename), '-C', installed, '--strip-components=1']).status, 0);
});

describe('the tarball', () => {
  it('holds every file that its exports name, types too', () => {
    const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    const named = (entry) => (typeof entry === 'string' ? [entry] : Object.values(entry));
    for (const [name, entry] of Object.entries(manifest.exports)) {
      if (name.includes('*')) continue;
      for (const file of named(entry)) assert.ok(existsSync(join(installed, file)), `${name}: ${file}`);
    }
    for (const name of ['memory', 'folder', 'http']) assert.ok(existsSync(join(installed, `dist/backends/${name}.js`)), name);
    for (const name of ['sign', 'sign-acts', 'sign-extra', 'keys', 'author']) assert.ok(existsSync(join(installed, `dist/${name}.wasm`)), name);
  });
  it('holds each wasm module once and nothing of the workshop', () => {
    for (const name of ['sign.wasm', 'sign-acts.wasm', 'sign-extra.wasm', 'keys.wasm', 'proof.wasm', 'author.wasm']) assert.equal(files.filter((path) => path.endsWith(name)).length, 1, name);
    assert.deepEqual(files.filter((path) => /^(core|tests|toolchain|examples|wasm|web|build)\//.test(path) || path.endsWith('.map')), []);
  });
  it('has no eval in it', () => {
    for (const path of files.filter((name) => name.endsWith('.js'))) assert.doesNotMatch(readFileSync(join(installed, path), 'utf8'), /\bnew Function\(|[^.\w]eval\(/, path);
  });
});

describe('from Node', () => {
  const script = `
    import assert from 'node:assert/strict';
    import { readFile } from 'node:fs/promises';
    import { init } from 'countersign';
    const wasm = await readFile(new URL(import.meta.resolve('countersign/sign.wasm')));
    const authorWasm = await readFile(new URL(import.meta.resolve('countersign/author.wasm')));
    const countersign = await init({ wasm, authorWasm });
    assert.match(countersign.version, /^[0-9]+\\.[0-9]+\\.[0-9]+/);
    const { template, diagnostics } = await countersign.templates.compile('---\\ntemplate: t\\nversion: 1\\ntitle: T\\nlocale: en\\nroles: { customer: {label: Customer, signs: true} }\\nfields:\\n  seats: { type: int, label: Seats }\\n---\\n# A {#a}\\n{{= seats }} seats\\n\\n{{sign: s, role=customer}}\\n');
    assert.deepEqual(diagnostics.filter(({ severity }) => severity === 'error'), []);
    assert.ok(template.assemble({ seats: 5 }).text().includes('5 seats'));
    await assert.rejects(countersign.verify(new TextEncoder().encode('nonsense')), { code: 'bundle.bad_header' });
    await countersign.close();
    console.log('fine');`;

  it('imports without a window and works under a policy that forbids code from strings', () => {
    writeFileSync(join(folder, 'use.mjs'), script);
    const run = spawnSync(process.execPath, ['--disallow-code-generation-from-strings', 'use.mjs'], { cwd: folder, encoding: 'utf8' });
    assert.equal(run.stdout.trim(), 'fine', run.stderr);
    assert.equal(run.stderr, '', 'nothing is logged');
  });
  it('every entry point imports; the elements too, as a server that renders pages does, without posing as a browser', () => {
    writeFileSync(join(folder, 'all.mjs'), `
      import assert from 'node:assert/strict';
      for (const entry of ['', '/author', '/sentences', '/backends/memory', '/backends/folder', '/backends/http', '/elements', '/elements/define', '/template-editor', '/template-editor/define', '/testing', '/service-worker', '/service-worker/register']) await import('countersign' + entry);
      const { CountersignCeremony, sayError, strings } = await import('countersign/elements');
      assert.equal(new CountersignCeremony().view, null);
      assert.ok(strings('en').ceremony.sign && sayError('en', 'link.unknown'));
      for (const name of ['window', 'document', 'HTMLElement', 'indexedDB']) assert.equal(typeof globalThis[name], 'undefined', name);
      console.log('fine');`);
    const run = spawnSync(process.execPath, ['--disallow-code-generation-from-strings', 'all.mjs'], { cwd: folder, encoding: 'utf8' });
    assert.equal(run.stdout.trim(), 'fine', run.stderr);
    assert.equal(run.stderr, '', 'nothing is logged');
  });
});

describe('from TypeScript', () => {
  // The README's own lines first: what is promised there has to be true for the compiler, too.
  const quickStart = () => /<script type="module">\n([^]*?)<\/script>/.exec(readFileSync(join(root, 'README.md'), 'utf8'))[1].replace("querySelector('countersign-ceremony')", "querySelector('countersign-ceremony')!");
  const consumer = `
    import { CountersignError, init, MemoryStore, type Backend, type Command, type EnvelopeSession, type ErrorCode, type FeedPage, type PutResult } from 'countersign';
    import { MemoryBackend } from 'countersign/backends/memory';
    import { CountersignCeremony, CountersignVerify, registerLocale, strings } from 'countersign/elements';
    import 'countersign/elements/define';
    import { CountersignTemplateEditor } from 'countersign/template-editor';
    import { runBackendConformance, runStoreConformance } from 'countersign/testing';
    import { sentences } from 'countersign/sentences';
    import { preloadAuthor } from 'countersign/author';
    import { registerServiceWorker } from 'countersign/service-worker/register';
    import { serveOffline, type OfflineSet } from 'countersign/service-worker';

    class Mine implements Backend {
      caps() { return new MemoryBackend().caps(); }
      async put(): Promise<readonly PutResult[]> { return []; }
      async get(): Promise<Uint8Array | null> { return null; }
      async list(): Promise<FeedPage> { return { epoch: 'e', next: 'n', more: false, items: [] }; }
    }
    export async function use(session: EnvelopeSession, set: OfflineSet): Promise<void> {
      const engine = await init({ sentences, store: new MemoryStore() });
      session.addEventListener('change', ({ detail }) => { const status: string = detail.envelope.status; void status; });
      session.addEventListener('recipient.signed', ({ detail }) => { const at: number = detail.event.at; void at; });
      session.addEventListener('ceremony', ({ detail }) => { const step: string = detail.view.step; void step; });
      const heard = ({ detail }: CustomEvent<{ readonly state: { readonly waiting: number } }>): void => void detail.state.waiting;
      session.addEventListener('sync', heard);
      session.removeEventListener('sync', heard);
      engine.sync(new Mine()).addEventListener('problem', ({ detail }) => { if (detail.error instanceof CountersignError) { const code: ErrorCode = detail.error.code; void code; } });
      const wanted: Command = { do: 'void', reason: 'a mistake' };
      if (session.can(wanted) === null) await session.dispatch(wanted);
      // @ts-expect-error there is no such command
      session.can({ do: 'forge' });
      const element = new CountersignCeremony();
      element.session = session;
      element.addEventListener('click', () => undefined);
      const other: CountersignVerify = document.createElement('countersign-verify');
      other.countersign = engine;
      // @ts-expect-error what is shown is not the host's to set
      other.report = null;
      // @ts-expect-error an engine is no session
      element.session = engine;
      document.addEventListener('countersign-request-decline', (event) => { if (event.detail.reason === '') event.preventDefault(); });
      const editor: CountersignTemplateEditor = document.createElement('countersign-template-editor');
      editor.addEventListener('countersign-template-checked', ({ detail }) => { const ok: boolean = detail.ok; void ok; });
      registerLocale({ ...strings('en'), lang: 'en-GB' });
      await runBackendConformance(new Mine(), { stream: async () => 'a'.repeat(32) });
      void [runStoreConformance, preloadAuthor, registerServiceWorker, serveOffline, set];
    }`;
  for (const [module, moduleResolution] of [['nodenext', 'nodenext'], ['esnext', 'bundler']]) {
    it(`the README's lines and every entry pass a strict compiler that checks our declarations too (${moduleResolution})`, () => {
      const from = join(folder, `strict-${moduleResolution}`);
      mkdirSync(from, { recursive: true });
      writeFileSync(join(from, 'package.json'), '{"type":"module"}');
      writeFileSync(join(from, 'readme.ts'), `${quickStart()}\nexport {};\n`);
      writeFileSync(join(from, 'consumer.ts'), consumer);
      writeFileSync(join(from, 'tsconfig.json'), JSON.stringify({ compilerOptions: { strict: true, noEmit: true, skipLibCheck: false, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, module, moduleResolution, target: 'es2022', lib: ['es2022', 'dom', 'dom.iterable'], types: [] }, include: ['*.ts'] }));
      const run = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', from], { encoding: 'utf8' });
      assert.equal(run.stdout, '');
    });
  }
  it('no declaration says any', () => {
    for (const path of files.filter((name) => name.endsWith('.d.ts'))) assert.doesNotMatch(readFileSync(join(installed, path), 'utf8').replace(/\/\*[^]*?\*\/|\/\/.*/g, ''), /[:<|,(]\s*any\b/, path);
  });
});

describe('from plain HTML', () => {
  const types = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' };
  let server;
  let browser;
  after(async () => { await browser?.close(); server?.close(); });

  it('an import map, a strict policy and files on the same host are enough', async () => {
    const imports = { countersign: '/node_modules/countersign/dist/index.js', 'countersign/elements/define': '/node_modules/countersign/dist/elements/define.js' };
    const map = JSON.stringify({ imports });
    const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title><link rel="icon" href="data:,"><script type="importmap">${map}</script><script type="module" src="/page.js"></script><body><countersign-verify></countersign-verify></body></html>`;
    writeFileSync(join(folder, 'page.js'), "import { init } from 'countersign'; import 'countersign/elements/define'; const engine = await init(); document.querySelector('countersign-verify').countersign = engine; document.title = engine.version;");
    writeFileSync(join(folder, 'index.html'), page);
    const policy = `default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'sha256-${createHash('sha256').update(map).digest('base64')}'; style-src 'self'; connect-src 'self'; img-src data:`;
    server = http.createServer((request, response) => {
      const path = join(folder, normalize(new URL(request.url, 'http://x').pathname.replace(/\/$/, '/index.html')));
      if (!existsSync(path) || statSync(path).isDirectory()) return response.writeHead(404).end();
      return response.writeHead(200, { 'content-type': types[extname(path)] ?? 'application/octet-stream', 'content-security-policy': policy }).end(readFileSync(path));
    });
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    browser = await openBrowser();
    const tab = await browser.page();
    const asked = [];
    tab.on('request', (request) => asked.push(new URL(request.url())));
    await tab.goto(`http://localhost:${server.address().port}/`);
    await tab.waitForFunction(() => /^\d+\.\d+/.test(document.title));
    await tab.locator('countersign-verify h1').waitFor();
    assert.deepEqual(browser.noise(), []);
    assert.deepEqual(asked.filter(({ hostname, protocol }) => protocol.startsWith('http') && hostname !== 'localhost'), [], 'one origin only');
  });
});
