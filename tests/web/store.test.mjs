// The store's contract, run on the store that needs no browser. (tests/browser runs it on the real one.)
import assert from 'node:assert/strict';
import test from 'node:test';
import { MemoryStore, runStoreConformance } from '../../dist/testing/index.js';

for (const { name, passed, note } of await runStoreConformance(async () => new MemoryStore())) {
  test(`memory: ${name}`, () => assert.ok(passed, note));
}
