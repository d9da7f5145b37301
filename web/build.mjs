// The package's JavaScript and types into dist/: ES modules, split so that author, backends and elements are fetched only
// where they are used. The wasm modules and their glue are put beside them first (./run package).
import { build, transform } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateErrorCodes } from './generate.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);

generateErrorCodes();

const missing = ['sign.js', 'sign.wasm'].filter((file) => !existsSync(`dist/${file}`));
if (missing.length) {
  console.error(`error: dist/ lacks ${missing.join(', ')}; run ./run package, which builds the wasm modules first`);
  process.exit(1);
}

// What an earlier build left, but for the modules.
for (const file of readdirSync('dist')) {
  if (/^(index|author|sentences|elements|template-editor|backends|node|testing|service-worker|types)(\.js)?$/.test(file) || /^part-\w+\.js$/.test(file)) rmSync(`dist/${file}`, { recursive: true });
}

const entries = [
  'index.ts', 'author.ts', 'sentences.ts', 'elements/index.ts', 'elements/define.ts', 'elements/signing.ts', 'template-editor/index.ts', 'template-editor/define.ts', 'backends/memory.ts', 'backends/folder.ts', 'backends/http.ts',
  'testing/index.ts', 'service-worker/index.ts', 'service-worker/register.ts',
].map((file) => `web/src/${file}`);
const unwritten = entries.filter((file) => !existsSync(file));
if (unwritten.length) console.error(`warning: not written yet: ${unwritten.join(', ')}`);

const common = {
  outbase: 'web/src',
  bundle: true,
  splitting: true,
  // Beside the wasm modules: import.meta.url of a part must lead to them.
  chunkNames: 'part-[hash]',
  format: 'esm',
  target: ['es2022'],
  platform: 'neutral',
  mainFields: ['module', 'main'],
  minify: true,
  legalComments: 'none',
  external: ['node:*'],
  logLevel: 'warning',
  tsconfig: 'web/tsconfig.json',
};

/** Nothing minifies what stands in template literals: style sheets are style sheets, and between tags one space is as good as many. */
const templates = {
  name: 'style sheets and markup in template literals are minified too',
  setup(builder) {
    builder.onLoad({ filter: /web\/src\/elements\/.*\.ts$/ }, async ({ path }) => {
      let contents = readFileSync(path, 'utf8');
      for (const [literal, sheet] of contents.matchAll(/\bcss`([^`]*)`/g)) {
        if (/\$\{|\\/.test(sheet)) continue;
        const { code } = await transform(sheet, { loader: 'css', minify: true, target: common.target });
        contents = contents.replace(literal, () => `css\`${code.trim()}\``);
      }
      // Without types and its own white space a source has line ends in template literals only, and those are markup here.
      const { code } = await transform(contents, { loader: 'ts', minifyWhitespace: true, target: common.target, tsconfigRaw: readFileSync('web/tsconfig.json', 'utf8') });
      return { contents: code.replace(/\s*\n\s*/g, '\n'), loader: 'js' };
    });
  },
};

await build({
  ...common,
  entryPoints: entries.filter((file) => existsSync(file)),
  outdir: 'dist',
  plugins: [templates, {
    name: 'glue stays a file of its own, fetched beside its module',
    setup(builder) {
      builder.onResolve({ filter: /^\.\/(sign|author-glue|keys-glue|proof-glue)\.js$/ }, ({ path }) => ({ path, external: true }));
    },
  }],
});

// The elements once more for Node, where frameworks import every module of a page: Lit's own build for it brings the few
// names of a browser that the classes extend.
await build({ ...common, entryPoints: ['elements/index', 'elements/define', 'elements/signing', 'template-editor/index', 'template-editor/define'].map((name) => `web/src/${name}.ts`), outdir: 'dist/node', conditions: ['node'], plugins: [templates] });

const types = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'web/tsconfig.json'], { stdio: 'inherit' });
if (types.status !== 0) process.exit(types.status ?? 1);

// Declarations that no entry leads to are of the inside: they name what is bundled here and installed nowhere (Lit, the glue).
const declared = new Set();
const follow = (file) => {
  if (declared.has(file)) return;
  declared.add(file);
  for (const [, target] of readFileSync(file, 'utf8').matchAll(/(?:\bfrom|\bimport)\s*\(?["'](\.{1,2}\/[^"']+)\.js["']/g)) follow(join(file, '..', `${target}.d.ts`));
};
for (const entry of entries) follow(entry.replace('web/src', 'dist/types').replace(/\.ts$/, '.d.ts'));
for (const file of readdirSync('dist/types', { recursive: true })) if (file.endsWith('.d.ts') && !declared.has(join('dist/types', file))) rmSync(join('dist/types', file));
