// The size budget: what a signer's phone downloads, raw, gzip and brotli (quality 11); kB = 1000 bytes. Fails above.
import { existsSync, readFileSync } from 'node:fs';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

process.chdir(new URL('..', import.meta.url).pathname);

const brotli = (bytes) => brotliCompressSync(bytes, {
  params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
}).length;

// What each line of the budget is made of. A `ceiling` stands where the budget is not met yet: the part may shrink towards
// its budget and never grow past the ceiling; whoever makes it smaller lowers the ceiling too. A part without files yet is not counted; one with files must fit.
const parts = [
  { name: 'sign.wasm', files: ['dist/sign.wasm'], budget: 120 },
  { name: 'sign-acts.wasm (behind the first page)', files: ['dist/sign-acts.wasm'], budget: Infinity },
  { name: 'sign.wasm glue', files: ['dist/sign.js'], budget: 10 },
  { name: 'JS core', files: ['dist/index.js'], imports: true, budget: 15 },
  { name: 'signing elements', files: ['dist/elements/signing.js'], imports: true, budget: 35 },
  { name: 'keys.wasm and glue (only where needed)', files: ['dist/keys.wasm', 'dist/keys-glue.js'], budget: 60 },
  { name: 'sign-extra.wasm (trail, patterns, words)', files: ['dist/sign-extra.wasm'], budget: Infinity },
  { name: 'proof.wasm and glue (copies and reports)', files: ['dist/proof.wasm', 'dist/proof-glue.js'], budget: Infinity },
  { name: 'template editor (authors only)', files: ['dist/template-editor/define.js'], imports: true, budget: Infinity },
  { name: 'author.wasm and glue (authors only)', files: ['dist/author.wasm', 'dist/author-glue.js'], budget: Infinity },
];
const signingPage = { names: ['sign.wasm', 'sign-acts.wasm (behind the first page)', 'sign.wasm glue', 'JS core', 'signing elements'], budget: 180 };

/** Emscripten's glue: lines of their own, whoever imports them. */
const glue = new Set(['dist/sign.js', 'dist/keys-glue.js', 'dist/proof-glue.js', 'dist/author-glue.js']);

/** The file and what it statically imports from dist/, each once. */
function withImports(file, seen = new Set()) {
  if (seen.has(file) || !existsSync(file)) return seen;
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  for (const [, target] of text.matchAll(/(?:\bfrom|\bimport)\s*["'](\.{1,2}\/[^"']+)["']/g)) {
    const path = new URL(target, `file:///${file}`).pathname.slice(1);
    if (!glue.has(path)) withImports(path, seen);
  }
  return seen;
}

const rows = [];
const counted = new Set();
for (const part of parts) {
  let files = part.files.filter((file) => existsSync(file));
  if (part.imports) {
    files = files.flatMap((file) => [...withImports(file)]).filter((file) => !counted.has(file));
    files.forEach((file) => counted.add(file));
  }
  if (files.length === 0) continue;
  const bytes = files.map((file) => readFileSync(file));
  const sum = (measure) => bytes.reduce((total, one) => total + measure(one), 0);
  rows.push({ name: part.name, raw: sum((one) => one.length), gzip: sum((one) => gzipSync(one, { level: 9 }).length), brotli: sum(brotli), budget: part.budget, ceiling: part.ceiling });
}
const inPage = rows.filter((row) => signingPage.names.includes(row.name));
if (inPage.length === signingPage.names.length) {
  const sum = (key) => inPage.reduce((total, row) => total + row[key], 0);
  rows.push({ name: 'together, for signing', raw: sum('raw'), gzip: sum('gzip'), brotli: sum('brotli'), budget: signingPage.budget, ceiling: signingPage.ceiling });
}

const kb = (bytes) => (bytes / 1000).toFixed(1).padStart(9);
console.log(`${'kB'.padEnd(40)}${'raw'.padStart(9)}${'gzip'.padStart(9)}${'brotli'.padStart(9)}${'budget'.padStart(9)}`);
let failed = 0;
for (const row of rows) {
  const over = row.brotli > row.budget * 1000;
  const fails = row.brotli > (row.ceiling ?? row.budget) * 1000;
  if (fails) failed += 1;
  console.log(`${row.name.padEnd(40)}${kb(row.raw)}${kb(row.gzip)}${kb(row.brotli)}${(Number.isFinite(row.budget) ? String(row.budget) : '-').padStart(9)}${fails ? '  TOO LARGE' : over ? `  over its budget; no more than ${row.ceiling} until it fits` : ''}`);
}
console.log(`${rows.length - failed} passed, ${failed} failed`);
process.exit(failed || rows.length === 0 ? 1 : 0);
