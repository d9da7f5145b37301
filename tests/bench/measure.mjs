// What the benches share: medians, tables, and our own programs' answers. (Not a bench: it prints nothing by itself.)
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/**
 * Seconds of one `work()`: the median of so many rounds. Engines compile what is hot a second time, better, while it runs, so
 * there is half a second to warm up first (and two rounds at least).
 */
export function seconds(rounds, work) {
  const warm = performance.now() + 500;
  for (let i = 0; i < 2 || performance.now() < warm; i += 1) work();
  const times = [];
  for (let i = 0; i < rounds; i += 1) {
    const start = performance.now();
    work();
    times.push((performance.now() - start) / 1000);
  }
  return median(times);
}
/** How many a second, where one `work()` does `count`. */
export const perSecond = (rounds, count, work) => count / seconds(rounds, work);

/** What build/PRESET's bench_NAME answers: JSON, or with `arguments_` its text. */
export function own(preset, name, arguments_ = null, input = '') {
  const program = `build/${preset}/tests/bench/bench_${name}`;
  const [command, first] = preset === 'wasm' ? [process.execPath, [`${program}.cjs`]] : [program, []];
  // From a file: of a pipe a program in wasm takes what is there first, 64 kB, for all there is.
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  writeFileSync(join(folder, 'input'), input);
  const file = openSync(join(folder, 'input'), 'r');
  const { status, stdout, stderr } = spawnSync(command, [...first, ...(arguments_ ?? [])], { encoding: 'utf8', maxBuffer: 1 << 26, stdio: [file, 'pipe', 'pipe'] });
  closeSync(file);
  rmSync(folder, { recursive: true });
  if (status !== 0) throw new Error(`${program} failed: ${stderr}`);
  return arguments_ ? stdout : JSON.parse(stdout);
}

export function table(head, rows) {
  console.log(`| ${head.join(' | ')} |\n|${head.map(() => '---').join('|')}|`);
  for (const row of rows) console.log(`| ${row.join(' | ')} |`);
}

/** Our own figures beside what they should be: rows of [what, number, 'at most' | 'at least', target, unit]. */
export function judge(rows) {
  const text = (number) => number.toLocaleString('en', { maximumFractionDigits: number < 100 ? 1 : 0 });
  console.log();
  table(['figure', 'measured', 'target', ''], rows.map(([what, number, bound, target, unit]) => [
    what, `${text(number)} ${unit}`, `${bound} ${text(target)} ${unit}`, (bound === 'at most' ? number <= target : number >= target) ? 'met' : 'missed',
  ]));
}
