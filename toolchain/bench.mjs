// Measures, and writes build/bench.md; ./run bench calls it. Nothing here fails a test: machines differ.
// Native programs bench_* (tests/bench, preset release) and scripts tests/bench/*.mjs print Markdown table rows
// "| what | figure | target |"; everything they print lands on the page in that order.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
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
if (existsSync('tests/bench/CMakeLists.txt')) {
  output('cmake', ['--preset', 'release']);
  output('ninja', ['-C', 'build/release', '--quiet', 'countersign_benches']);
  for (const name of readdirSync('build/release/tests/bench').filter((file) => /^bench_[a-z0-9_]+$/.test(file)).sort()) {
    console.log(`-- ${name}`);
    sections.push(`## ${name} (native)`, output(`build/release/tests/bench/${name}`, []));
  }
}
for (const name of existsSync('tests/bench') ? readdirSync('tests/bench').filter((file) => file.endsWith('.mjs')).sort() : []) {
  console.log(`-- ${name}`);
  sections.push(`## ${name}`, output(process.execPath, [`tests/bench/${name}`]));
}
sections.push('## Size', `\`\`\`\n${spawnSync(process.execPath, ['toolchain/check_size.mjs'], { encoding: 'utf8' }).stdout.trim()}\n\`\`\``);

const page = `${sections.join('\n\n')}\n`;
writeFileSync('build/bench.md', page);
process.stdout.write(`\n${page}\n-- written to build/bench.md\n`);
