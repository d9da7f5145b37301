// Builds the example pages into build/examples. They import the package `countersign` by its name, as a user's project
// does: from the packed tarball's files in `package` (first argument), never from the sources beside them.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '..');
const out = join(root, 'build', 'examples');
const nodePaths = [resolve(process.argv[2] ?? join(root, 'build', 'package', 'node_modules')), join(root, 'node_modules')];
const packageFolder = join(nodePaths[0], 'countersign');

const common = { bundle: true, minify: true, format: 'esm', target: ['es2022'], legalComments: 'none', nodePaths, logLevel: 'warning', logOverride: { 'ignored-bare-import': 'silent' }, preserveSymlinks: true };

async function filesUnder(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/')).sort();
}

/** Of text the smaller of two ways to write distances, which differ by up to four in a thousand; of wasm the usual one is it. */
function compressed(path, plain) {
  const ways = (path.endsWith('.wasm') ? [0] : [0, 1]).map((bits) => brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length, [constants.BROTLI_PARAM_NPOSTFIX]: bits } }));
  return ways.reduce((best, way) => (way.length < best.length ? way : best));
}

/** A page's script comes in parts: the browser hears of all of them at once, not one after another. */
function withPreloads(html, outputs) {
  return html.replace(/^( *)<script type="module" src="([^"]+)"><\/script>\n/gm, (line, indent, script) => {
    const parts = new Set();
    const follow = (name) => {
      for (const { path, kind } of outputs.get(name)?.imports ?? []) {
        if (kind !== 'import-statement' || parts.has(basename(path))) continue;
        parts.add(basename(path));
        follow(basename(path));
      }
    };
    follow(script);
    return [...[...parts].map((part) => `${indent}<link rel="modulepreload" href="${part}" />\n`), line].join('');
  });
}

async function page(name, scripts, { statics, wasm, lazy = [], folders = {} }) {
  const from = join(here, name);
  const to = join(out, name);
  await mkdir(to, { recursive: true });
  const { metafile } = await build({ ...common, entryPoints: scripts.map((script) => join(from, script)), outdir: to, splitting: true, chunkNames: 'part-[hash]', metafile: true });
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output]));
  for (const file of statics) {
    if (file.endsWith('.html')) await writeFile(join(to, file), withPreloads(await readFile(join(from, file), 'utf8'), outputs));
    else await cp(join(from, file), join(to, file));
  }
  for (const file of wasm) await cp(join(packageFolder, 'dist', file), join(to, file));
  for (const [folder, source] of Object.entries(folders)) await cp(join(here, source), join(to, folder), { recursive: true });
  const files = await Promise.all((await filesUnder(to)).map(async (path) => ({ path, integrity: `sha384-${createHash('sha384').update(await readFile(join(to, path))).digest('base64')}`, ...(lazy.includes(path) ? { lazy: true } : {}) })));
  const version = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 16);
  const built = await build({ ...common, format: 'iife', entryPoints: [join(from, 'sw.js')], write: false, define: { OFFLINE_SET: JSON.stringify({ version, files }) } });
  await writeFile(join(to, 'sw.js'), built.outputFiles[0].contents);
  // Compressed once, here: the best brotli takes seconds for a wasm module, and nobody should wait for that.
  for (const path of await filesUnder(to)) {
    if (!/\.(html|js|css|wasm|json|svg|md)$/.test(path)) continue;
    const plain = await readFile(join(to, path));
    await writeFile(join(to, `${path}.br`), compressed(path, plain));
  }
  return files.length;
}

await rm(out, { recursive: true, force: true });
const signing = await page('signing', ['page.js'], { statics: ['index.html', 'page.css', 'icon.svg'], wasm: ['sign.wasm', 'sign-acts.wasm', 'sign-extra.wasm', 'proof.wasm', 'keys.wasm'], lazy: ['keys.wasm'] });
const portal = await page('portal', ['portal.js', 'verify.js'], { statics: ['index.html', 'verify.html', 'portal.css', 'icon.svg'], wasm: ['sign.wasm', 'sign-acts.wasm', 'sign-extra.wasm', 'proof.wasm', 'author.wasm'], folders: { templates: 'templates', crm: 'crm' } });
process.stdout.write(`examples: signing page ${signing} files, portal ${portal} files, in build/examples\n`);
