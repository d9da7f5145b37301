// Runs the test stages in order and adds up their counts; ./run test calls it. A stage whose inputs exist must run
// at least one test, so a suite cannot vanish unseen. The last line is "N passed, M failed[, K skipped]".
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
process.chdir(root);
const chosen = process.argv.slice(2);
const fuzzSeconds = Number(process.env.FUZZ_SECONDS ?? 20);
const fuzzSeed = process.env.FUZZ_SEED ?? '1';
const total = { passed: 0, failed: 0, skipped: 0 };

// --- running programs and reading their counts ------------------------------------------------------------------------

/** Runs a program; its output goes to ours unless captured. `status` is its exit code, or the signal that ended it. */
function run(command, args, { capture = false, env = {}, timeout } = {}) {
  const child = spawn(command, args, {
    stdio: capture ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
    timeout,
    killSignal: 'SIGKILL',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text) => { output += text; });
  return new Promise((resolve) => {
    child.on('error', (error) => { resolve({ ok: false, status: error.code, output: `${output}${error.message}\n` }); });
    child.on('close', (code, signal) => { resolve({ ok: code === 0, status: code ?? signal, output }); });
  });
}

/**
 * Two at a time: every program of ours is single-threaded, and two cores are what everybody has. What `work` returns
 * (its report) is called in the order of the items, so that the output reads the same every time.
 */
async function inPairs(items, work) {
  const reports = items.map(() => Promise.withResolvers());
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const at = next++;
      reports[at].resolve(await work(items[at]));
    }
  };
  const workers = Promise.all([worker(), worker()]);
  for (const { promise } of reports) (await promise)();
  await workers;
}

function count(name, passed, failed, skipped = 0) {
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
  console.log(`${failed ? 'FAIL' : '  ok'}  ${name}: ${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
}

/** Anything that is not a test but must work: a build, an empty suite. Counts only when it fails. */
function fail(name, why) {
  console.log(`FAIL  ${name}: ${why}`);
  total.failed += 1;
}

/** A script of our own whose last line is "N passed, M failed". */
async function countedScript(name, command, args) {
  const result = await run(command, args, { capture: true });
  const match = result.output.trimEnd().match(/(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/);
  if (!match || !result.ok) process.stdout.write(result.output);
  if (!match) return fail(name, `printed no count (exit ${result.status})`);
  const failed = Number(match[2]);
  count(name, Number(match[1]), failed || (result.ok ? 0 : 1), Number(match[3] ?? 0));
}

function filesUnder(folder, ending) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((name) => name.endsWith(ending) && !name.includes('node_modules'))
    .sort();
}

async function configureAndBuild(preset, targets, options = []) {
  const configured = await run('cmake', ['--preset', preset, ...options], { capture: true });
  if (!configured.ok) {
    process.stdout.write(configured.output);
    fail(`build ${preset}`, 'configuring failed');
    return false;
  }
  const built = await run('ninja', ['-C', `build/${preset}`, '--quiet', '-k', '0', ...targets], { capture: true });
  if (!built.ok) {
    process.stdout.write(built.output);
    fail(`build ${preset}`, 'compiling failed');
    return false;
  }
  return true;
}

/** Runs one GoogleTest program and returns its counts by its own JSON report. */
async function googleTest(command, args, report) {
  rmSync(report, { force: true });
  const result = await run(command, [...args, `--gtest_output=json:${report}`, '--gtest_brief=1'], { capture: true, timeout: 900_000 });
  const counts = { passed: 0, failed: 0, skipped: 0, names: [], output: '' };
  if (!existsSync(report)) return { ...counts, failed: 1, output: `${result.output}no report (exit ${result.status})\n` };
  for (const suite of JSON.parse(readFileSync(report, 'utf8')).testsuites) {
    for (const test of suite.testsuite) {
      if (test.status === 'NOTRUN') continue;
      counts.names.push(`${suite.name}.${test.name}`);
      if (test.failures) counts.failed += 1;
      else if (test.result === 'SKIPPED') counts.skipped += 1;
      else counts.passed += 1;
    }
  }
  if (!result.ok && counts.failed === 0) counts.failed = 1;
  if (counts.failed) counts.output = result.output;
  return counts;
}

/** The test programs (test_*, replay_* and scripts) of a build folder, by CTest's own list. */
async function programs(preset) {
  const listed = await run('ctest', ['--test-dir', `build/${preset}`, '--show-only=json-v1'], { capture: true });
  if (!listed.ok) return [];
  const text = listed.output.slice(listed.output.indexOf('{'));
  return JSON.parse(text).tests.map(({ name, command }) => ({ name, command: command ?? [] }));
}

/** Runs one of them; returns what to do when it is its turn to be told. */
async function runProgram(preset, { name, command }, filter) {
  const program = command.find((part) => part.includes('/build/'));
  if (!program || !existsSync(program)) return () => { fail(`${preset} ${name}`, 'was not built'); };
  const [launcher, ...args] = command;
  if (name.startsWith('test_')) {
    const counts = await googleTest(launcher, [...args, ...filter], `${root}build/${preset}/reports/${name}.json`);
    return () => {
      process.stdout.write(counts.output);
      if (counts.passed + counts.failed + counts.skipped === 0) fail(`${preset} ${name}`, 'ran no test');
      else count(`${preset} ${name}`, counts.passed, counts.failed, counts.skipped);
      return counts.names;
    };
  }
  const result = await run(launcher, args, { capture: true, timeout: 600_000 });
  const replayed = Number(result.output.match(/replayed (\d+) inputs/)?.[1] ?? 0);
  const ok = result.ok && (replayed > 0 || !name.startsWith('replay_'));
  const skips = /^skipped: /m.test(result.output);
  return () => {
    if (!ok) process.stdout.write(result.output);
    count(`${preset} ${name}`, ok && !skips ? replayed || 1 : 0, ok ? 0 : 1, ok && skips ? 1 : 0);
  };
}

/** Runs them all; resolves with the names of the GoogleTest tests that ran, by program. */
async function runPrograms(preset, filter = []) {
  const names = new Map();
  const list = await programs(preset);
  if (list.length === 0) fail(preset, 'there is no test program');
  mkdirSync(`build/${preset}/reports`, { recursive: true });
  await inPairs(list, async (program) => {
    const tell = await runProgram(preset, program, filter);
    return () => {
      const ran = tell();
      if (ran) names.set(program.name, ran);
    };
  });
  return names;
}

/** One libFuzzer program for fuzzSeconds; what it finds stays in a folder. Returns what to do when it is told. */
async function runFuzzer(fuzzer) {
  const name = fuzzer.split('/').pop().slice('fuzz_'.length);
  const found = `build/fuzz/${name}`;
  mkdirSync(found, { recursive: true });
  const result = await run(fuzzer, [`-max_total_time=${fuzzSeconds}`, `-seed=${fuzzSeed}`, '-timeout=10', '-rss_limit_mb=2048',
    '-print_final_stats=1', `-artifact_prefix=${found}/`, found, `tests/fuzz/corpus/${name}`], { capture: true });
  const executions = Number(result.output.match(/number_of_executed_units: (\d+)/)?.[1] ?? 0);
  return () => {
    if (result.ok && executions > 0) {
      count(`fuzz ${name}, ${executions.toLocaleString('en')} executions`, 1, 0);
    } else {
      process.stdout.write(result.output.split('\n').slice(-40).join('\n'));
      fail(`fuzz ${name}`, `found something (see ${found}); add it to tests/fuzz/corpus/${name} with its fix`);
    }
    return executions;
  };
}

/** Node's own test runner over the named files. */
async function nodeTests(name, files, nodeArguments = [], concurrency = 1) {
  if (files.length === 0) return fail(name, 'its folder holds no test');
  const result = await run(process.execPath,
    [...nodeArguments, '--test', '--test-reporter=tap', `--test-concurrency=${concurrency}`, ...files],
    { capture: true, timeout: 3_000_000 });
  const number = (word) => Number(result.output.match(new RegExp(`^# ${word} (\\d+)$`, 'm'))?.[1] ?? 0);
  const passed = number('pass');
  const failed = number('fail') + number('cancelled');
  const skipped = number('skipped') + number('todo');
  if (failed || !result.ok) process.stdout.write(result.output);
  if (passed + failed + skipped === 0) return fail(name, `ran no test (exit ${result.status})`);
  count(name, passed, failed || (result.ok ? 0 : 1), skipped);
}

// --- what wasm leaves out ---------------------------------------------------------------------------------------------

/** tests/wasm-exclusions.txt: lines "Suite.Name  reason". */
function readExclusions() {
  const file = 'tests/wasm-exclusions.txt';
  if (!existsSync(file)) return new Map();
  const lines = readFileSync(file, 'utf8').split('\n').filter((line) => line.trim() && !line.startsWith('#'));
  return new Map(lines.map((line) => {
    const [test, ...reason] = line.trim().split(/\s+/);
    return [test, reason.join(' ')];
  }));
}

let nativeNames = new Map();

// --- the stages, in order ---------------------------------------------------------------------------------------------

const stages = {
  format: () => countedScript('format', 'sh', ['toolchain/format.sh', '--check']),
  layers: () => countedScript('layers', 'python3', ['toolchain/check_layers.py']),
  codes: () => countedScript('error codes', 'python3', ['toolchain/check_codes.py']),

  async native() {
    // What did compile runs all the same; what did not is a failure each.
    // A warning fails the build in continuous integration only: another compiler's new warning is nobody's broken test.
    await configureAndBuild('asan', [], [`-DCOUNTERSIGN_WERROR=${process.env.CI ? 'ON' : 'OFF'}`]);
    nativeNames = await runPrograms('asan');
  },

  // In the ordinary tests the seed is fixed, so that they differ as little as time allows; a long run goes its own way.
  async fuzz() {
    if (fuzzSeconds === 0) return;
    if (!await configureAndBuild('asan', [])) return;
    const fuzzers = filesUnder('build/asan/tests', '').filter((file) => /\/fuzz_[a-z0-9_]+$/.test(file));
    if (fuzzers.length === 0) return fail('fuzz', 'there is no fuzzer');
    let executions = 0;
    await inPairs(fuzzers, async (fuzzer) => {
      const tell = await runFuzzer(fuzzer);
      return () => { executions += tell(); };
    });
    console.log(`      ${executions.toLocaleString('en')} executions, ${fuzzSeconds} s each`);
  },

  async wasm() {
    await configureAndBuild('wasm', []);
    const exclusions = readExclusions();
    const excluded = [...exclusions.keys()];
    const seen = await runPrograms('wasm', excluded.length ? [`--gtest_filter=-${excluded.join(':')}`] : []);
    // The same programs must have run the same tests, or each exclusion is listed with its reason.
    if (nativeNames.size === 0) return;
    let equal = 0;
    for (const [name, native] of nativeNames) {
      const inWasm = new Set(seen.get(name) ?? []);
      const missing = native.filter((test) => !inWasm.has(test) && !exclusions.has(test));
      if (missing.length) fail(`wasm ${name}`, `these ran natively only: ${missing.join(' ')}`);
      else equal += 1;
    }
    count('wasm runs what native runs (programs)', equal, 0);
    for (const [test, reason] of exclusions) console.log(`      not in wasm: ${test} (${reason})`);
  },

  async package() {
    if (!existsSync('web/build.mjs')) return;
    if (!(await run('./run', ['package'])).ok) return fail('package', 'building dist/ failed');
    if (existsSync('web/tsconfig.json') && !(await run('npm', ['run', '--silent', 'check'])).ok) return fail('types', 'tsc found errors');
    count('build and types', 1, 0);
  },

  async node() {
    for (const folder of ['tests/toolchain', 'tests/node', 'tests/web', 'tests/server', 'tests/cli']) {
      if (!existsSync(folder)) continue;
      if (folder === 'tests/cli' && !(await run('./run', ['cli'], { capture: true })).ok) { fail('cli', './run cli failed'); continue; }
      await nodeTests(folder, filesUnder(folder, '.test.mjs'), ['--disallow-code-generation-from-strings', '--disable-warning=ExperimentalWarning'], 2);
    }
  },

  // The second verifier against the vectors; then both against everything hostile, and against each other.
  independent: () => countedScript('independent verifier, vectors', 'python3', ['tests/independent/run']),
  async hostile() {
    await countedScript('hostile kit as made', 'python3', ['tests/hostile/make.py', '--check']);
    if (!(await run('./run', ['cli'], { capture: true })).ok) return fail('hostile', './run cli failed');
    await countedScript('hostile kit, both verifiers', 'python3', ['tests/hostile/run', '--python']);
    await countedScript('random envelopes, both verifiers', 'python3', ['tests/hostile/differential.py', '120']);
  },

  async browser() {
    if (existsSync('tests/browser')) await nodeTests('tests/browser', filesUnder('tests/browser', '.test.mjs'));
  },

  async packaging() {
    if (existsSync('tests/packaging')) await nodeTests('tests/packaging', filesUnder('tests/packaging', '.test.mjs'));
  },

  async size() {
    if (existsSync('dist/sign.wasm')) {
      const result = await run(process.execPath, ['toolchain/check_size.mjs'], { capture: true });
      process.stdout.write(result.output);
      const match = result.output.match(/(\d+) passed, (\d+) failed\s*$/);
      if (match) count('size budget', Number(match[1]), Number(match[2]));
      else fail('size budget', 'printed no count');
    }
  },
};

for (const name of chosen) {
  if (!(name in stages)) {
    console.error(`error: there is no stage "${name}"; there are ${Object.keys(stages).join(' ')}`);
    process.exit(2);
  }
}
for (const [name, stage] of Object.entries(stages)) {
  if (chosen.length && !chosen.includes(name)) continue;
  const started = Date.now();
  console.log(`-- ${name}`);
  await stage();
  console.log(`      (${((Date.now() - started) / 1000).toFixed(0)} s)`);
}
if (total.passed + total.failed === 0) fail('tests', 'nothing ran');
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped ? `, ${total.skipped} skipped` : ''}`);
process.exit(total.failed ? 1 : 0);
