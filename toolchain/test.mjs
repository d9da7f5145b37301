// Runs the test stages in order and adds up their counts; ./run test calls it. A stage whose inputs exist must run
// at least one test, so a suite cannot vanish unseen. The last line is "N passed, M failed[, K skipped]".
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
process.chdir(root);
const chosen = process.argv.slice(2);
const fuzzSeconds = Number(process.env.FUZZ_SECONDS ?? 0);
const total = { passed: 0, failed: 0, skipped: 0 };

// --- running programs and reading their counts ------------------------------------------------------------------------

/** Runs a program; its output goes to ours unless captured. */
function run(command, args, options = {}) {
  const { capture = false, env = {} } = options;
  const result = spawnSync(command, args, {
    stdio: capture ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    timeout: options.timeout,
  });
  const output = capture ? `${result.stdout ?? ''}${result.stderr ?? ''}` : '';
  return { ok: result.status === 0, status: result.status ?? result.signal, output };
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
function countedScript(name, command, args) {
  const result = run(command, args, { capture: true });
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

function configureAndBuild(preset, targets, options = []) {
  const configured = run('cmake', ['--preset', preset, ...options], { capture: true });
  if (!configured.ok) {
    process.stdout.write(configured.output);
    fail(`build ${preset}`, 'configuring failed');
    return false;
  }
  const built = run('ninja', ['-C', `build/${preset}`, '--quiet', '-k', '0', ...targets], { capture: true });
  if (!built.ok) {
    process.stdout.write(built.output);
    fail(`build ${preset}`, 'compiling failed');
    return false;
  }
  return true;
}

/** Runs one GoogleTest program and returns its counts by its own JSON report. */
function googleTest(command, args, report) {
  rmSync(report, { force: true });
  const result = run(command, [...args, `--gtest_output=json:${report}`, '--gtest_brief=1'], { capture: true, timeout: 900_000 });
  if (!existsSync(report)) {
    process.stdout.write(result.output);
    return { passed: 0, failed: 1, skipped: 0, names: [], died: `no report (exit ${result.status})` };
  }
  const names = [];
  const counts = { passed: 0, failed: 0, skipped: 0, names };
  for (const suite of JSON.parse(readFileSync(report, 'utf8')).testsuites) {
    for (const test of suite.testsuite) {
      if (test.status === 'NOTRUN') continue;
      names.push(`${suite.name}.${test.name}`);
      if (test.failures) counts.failed += 1;
      else if (test.result === 'SKIPPED') counts.skipped += 1;
      else counts.passed += 1;
    }
  }
  if (!result.ok && counts.failed === 0) counts.failed = 1;
  if (counts.failed || !result.ok) process.stdout.write(result.output);
  return counts;
}

/** Names of the test programs (test_*, replay_*) in a build folder, by CTest's own list. */
function programs(preset) {
  const listed = run('ctest', ['--test-dir', `build/${preset}`, '--show-only=json-v1'], { capture: true });
  if (!listed.ok) return [];
  const text = listed.output.slice(listed.output.indexOf('{'));
  return JSON.parse(text).tests.map(({ name, command }) => ({ name, command: command ?? [] }));
}

function runPrograms(preset, afterwards) {
  const list = programs(preset);
  if (list.length === 0) return fail(preset, 'there is no test program');
  mkdirSync(`build/${preset}/reports`, { recursive: true });
  for (const { name, command } of list) {
    const program = command.find((part) => part.includes('/build/'));
    if (!program || !existsSync(program)) {
      fail(`${preset} ${name}`, 'was not built');
    } else if (name.startsWith('replay_')) {
      const result = run(command[0], command.slice(1), { capture: true, timeout: 600_000 });
      const match = result.output.match(/replayed (\d+) inputs/);
      if (!result.ok || !match) process.stdout.write(result.output);
      count(`${preset} ${name}`, result.ok && match ? Number(match[1]) : 0, result.ok && match ? 0 : 1);
    } else if (!name.startsWith('test_')) {
      const result = run(command[0], command.slice(1), { capture: true, timeout: 600_000 });
      if (!result.ok) process.stdout.write(result.output);
      const skips = /^skipped: /m.test(result.output);
      count(`${preset} ${name}`, result.ok && !skips ? 1 : 0, result.ok ? 0 : 1, result.ok && skips ? 1 : 0);
    } else {
      const filter = afterwards.filter?.(name) ?? [];
      const counts = googleTest(command[0], [...command.slice(1), ...filter], `${root}build/${preset}/reports/${name}.json`);
      if (counts.died) console.log(`      ${name}: ${counts.died}`);
      if (counts.passed + counts.failed + counts.skipped === 0) fail(`${preset} ${name}`, 'ran no test');
      else count(`${preset} ${name}`, counts.passed, counts.failed, counts.skipped);
      afterwards.seen?.(name, counts.names);
    }
  }
}

/** Node's own test runner over the named files. */
function nodeTests(name, files, nodeArguments = [], concurrency = 1) {
  if (files.length === 0) return fail(name, 'its folder holds no test');
  const result = run(process.execPath,
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

const nativeNames = new Map();

// --- the stages, in order ---------------------------------------------------------------------------------------------

const stages = {
  format: () => countedScript('format', 'sh', ['toolchain/format.sh', '--check']),
  layers: () => countedScript('layers', 'python3', ['toolchain/check_layers.py']),
  codes: () => countedScript('error codes', 'python3', ['toolchain/check_codes.py']),

  native() {
    // What did compile runs all the same; what did not is a failure each.
    // A warning fails the build in continuous integration only: another compiler's new warning is nobody's broken test.
    configureAndBuild('asan', [], [`-DCOUNTERSIGN_WERROR=${process.env.CI ? 'ON' : 'OFF'}`]);
    runPrograms('asan', { seen: (name, names) => nativeNames.set(name, names) });
  },

  wasm() {
    configureAndBuild('wasm', []);
    const exclusions = readExclusions();
    const excluded = [...exclusions.keys()];
    const seen = new Map();
    runPrograms('wasm', {
      filter: () => (excluded.length ? [`--gtest_filter=-${excluded.join(':')}`] : []),
      seen: (name, names) => seen.set(name, names),
    });
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

  fuzz() {
    if (!fuzzSeconds || !existsSync('tests/fuzz')) return;
    if (!configureAndBuild('fuzz', [])) return;
    const fuzzers = filesUnder('build/fuzz/tests', '').filter((file) => /\/fuzz_[a-z0-9_]+$/.test(file));
    if (fuzzers.length === 0) return fail('fuzz', 'there is no fuzzer');
    let passed = 0;
    for (const fuzzer of fuzzers) {
      const name = fuzzer.split('/').pop().slice('fuzz_'.length);
      const found = `build/fuzz/found/${name}`;
      mkdirSync(found, { recursive: true });
      const result = run(fuzzer, [`-max_total_time=${fuzzSeconds}`, '-timeout=10', '-rss_limit_mb=2048', '-print_final_stats=1',
        `-artifact_prefix=${found}/`, found, `tests/fuzz/corpus/${name}`], { capture: true });
      if (result.ok) passed += 1;
      else {
        process.stdout.write(result.output.split('\n').slice(-40).join('\n'));
        fail(`fuzz ${name}`, `found something (see ${found}); add it to tests/fuzz/corpus/${name} with its fix`);
      }
    }
    count(`fuzz (${fuzzSeconds} s each)`, passed, 0);
  },

  package() {
    if (!existsSync('web/build.mjs')) return;
    if (!run('./run', ['package']).ok) return fail('package', 'building dist/ failed');
    if (existsSync('web/tsconfig.json') && !run('npm', ['run', '--silent', 'check']).ok) return fail('types', 'tsc found errors');
    count('build and types', 1, 0);
  },

  node() {
    for (const folder of ['tests/toolchain', 'tests/node', 'tests/web', 'tests/server', 'tests/cli']) {
      if (!existsSync(folder)) continue;
      if (folder === 'tests/cli' && !run('./run', ['cli'], { capture: true }).ok) { fail('cli', './run cli failed'); continue; }
      nodeTests(folder, filesUnder(folder, '.test.mjs'), ['--disallow-code-generation-from-strings', '--disable-warning=ExperimentalWarning'], 2);
    }
  },

  // The second verifier against the vectors; then both against everything hostile, and against each other.
  independent: () => countedScript('independent verifier, vectors', 'python3', ['tests/independent/run']),
  hostile() {
    countedScript('hostile kit as made', 'python3', ['tests/hostile/make.py', '--check']);
    if (!run('./run', ['cli'], { capture: true }).ok) return fail('hostile', './run cli failed');
    countedScript('hostile kit, both verifiers', 'python3', ['tests/hostile/run', '--python']);
    countedScript('random envelopes, both verifiers', 'python3', ['tests/hostile/differential.py', '120']);
  },

  browser() {
    if (existsSync('tests/browser')) nodeTests('tests/browser', filesUnder('tests/browser', '.test.mjs'));
  },

  packaging() {
    if (existsSync('tests/packaging')) nodeTests('tests/packaging', filesUnder('tests/packaging', '.test.mjs'));
  },

  size() {
    if (existsSync('dist/sign.wasm')) {
      const result = run(process.execPath, ['toolchain/check_size.mjs'], { capture: true });
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
  stage();
  console.log(`      (${((Date.now() - started) / 1000).toFixed(0)} s)`);
}
if (total.passed + total.failed === 0) fail('tests', 'nothing ran');
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped ? `, ${total.skipped} skipped` : ''}`);
process.exit(total.failed ? 1 : 0);
