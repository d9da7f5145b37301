// countersign verify: the exit code is the verdict, one bundle for each; and the forms that scripts build on.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const root = new URL('../..', import.meta.url).pathname;
const program = join(root, 'build/countersign');
const vectors = join(root, 'tests/vectors/bundles');
const scratch = mkdtempSync(join(tmpdir(), 'verify-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

function verify(...args) {
  const result = spawnSync(program, ['verify', ...args], { encoding: 'utf8' });
  return { code: result.status, out: result.stdout, err: result.stderr };
}

for (const { file, verdict, exitCode, codes } of JSON.parse(readFileSync(join(vectors, 'manifest.json'), 'utf8'))) {
  test(`${file} is ${verdict} and exits ${exitCode}`, () => {
    const text = verify(join(vectors, file));
    assert.equal(text.code, exitCode, text.out + text.err);
    const json = verify(join(vectors, file), '--json');
    assert.equal(json.code, exitCode);
    const report = JSON.parse(json.out);
    assert.equal(report.verdict, verdict);
    assert.equal(report.exitCode, exitCode);
    assert.deepEqual([...new Set(report.reasons.map((reason) => reason.code))], codes);
  });
}

test('every exit code but 2 has its bundle', () => {
  const manifest = JSON.parse(readFileSync(join(vectors, 'manifest.json'), 'utf8'));
  assert.deepEqual([...new Set(manifest.map((entry) => entry.exitCode))].sort(), [0, 1, 3, 4, 5, 6]);
});

test('a file that is no bundle exits 2 and says so', () => {
  const file = join(scratch, 'letter.txt');
  writeFileSync(file, 'Dear Sam,\n');
  const text = verify(file);
  assert.equal(text.code, 2);
  assert.match(text.err, /bundle\.bad_header/);
  const json = verify(file, '--json');
  assert.equal(json.code, 2);
  assert.equal(JSON.parse(json.out).error.code, 'bundle.bad_header');
});

test('a file that is not there, and wrong usage, exit 2', () => {
  assert.equal(verify(join(scratch, 'nothing')).code, 2);
  for (const args of [[], ['--yaml', 'x'], ['a', 'b']]) {
    const result = verify(...args);
    assert.equal(result.code, 2);
    assert.match(result.err, /usage: countersign verify/);
  }
});

test('--html prints one page without script', () => {
  const html = verify(join(vectors, 'complete.bundle'), '--html');
  assert.equal(html.code, 0);
  assert.match(html.out, /^<!DOCTYPE html>/);
  assert.doesNotMatch(html.out, /<script/);
});
