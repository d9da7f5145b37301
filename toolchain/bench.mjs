// Measures, and writes build/bench.md; ./run bench calls it. Nothing here fails a test: machines differ.
// Programs bench_* (tests/bench) and scripts tests/bench/*.mjs print Markdown tables; everything lands on the page in that
// order. What we are compared with is in tests/bench/package.json, and installed by ./run bench alone.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

process.chdir(new URL('..', import.meta.url).pathname);
mkdirSync('build', { recursive: true });

function output(command, args) {
  const result = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 26 });
  if (result.status !== 0) throw new Error(`${command} ${args.join(' ')} failed (${result.status ?? result.signal})\n${result.stdout}`);
  return result.stdout.trim();
}

const sections = [
  '# Bench',
  `${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores, ${(totalmem() / 1e9).toFixed(0)} GB, Node ${process.version}`,
];
// bench_template prints rows itself; what the scripts ask for (bench_expression) they run. Both natively and in wasm.
console.log('-- bench_template');
sections.push('## Templates (native)', output('build/release/tests/bench/bench_template', []));
sections.push('## Templates (wasm)', output(process.execPath, ['build/wasm/tests/bench/bench_template.cjs']));
for (const name of readdirSync('tests/bench').filter((file) => file.endsWith('.mjs') && file !== 'measure.mjs').sort()) {
  console.log(`-- ${name}`);
  sections.push(`## ${name}`, output(process.execPath, [`tests/bench/${name}`]));
}
sections.push('## Size', `\`\`\`\n${spawnSync(process.execPath, ['toolchain/check_size.mjs'], { encoding: 'utf8' }).stdout.trim()}\n\`\`\``);

const page = `${sections.join('\n\n')}\n`;
writeFileSync('build/bench.md', page);
process.stdout.write(`\n${page}\n-- written to build/bench.md\n`);
