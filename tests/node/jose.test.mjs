// Our events through a stock JOSE library, as examples/jose tells developers to do it.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { checkEvents } from '../../examples/jose/check.mjs';

const bundles = new URL('../vectors/bundles/', import.meta.url);
const read = (name) => readFileSync(new URL(name, bundles), 'utf8');

test('a stock JOSE library accepts every event of a completed envelope', async () => {
  const { checked, wrong } = await checkEvents(read('complete.bundle'));
  assert.deepEqual(wrong, []);
  assert.ok(checked >= 5);
});

test('and names the one event whose signature was changed', async () => {
  const { wrong } = await checkEvents(read('changed-signature.bundle'));
  assert.equal(wrong.length, 1);
});

test('whatever the envelope came to, each of its signatures holds by itself', async () => {
  for (const name of readdirSync(bundles).filter((file) => /^(declined|contested|not-sealed|newer)\.bundle$/.test(file))) {
    assert.deepEqual((await checkEvents(read(name))).wrong, [], name);
  }
});
