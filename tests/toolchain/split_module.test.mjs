// toolchain/split_module.mjs: a page never calls what is not there yet.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { partsOf, strayCalls } from '../../toolchain/split_module.mjs';

/** Functions by name with the names of their callers. */
function functionsOf(calls, { exported = [], inTable = [] } = {}) {
  const names = Object.keys(calls);
  return names.map((name) => ({ name, callers: new Set(calls[name].map((caller) => names.indexOf(caller))), exported: exported.includes(name), inTable: inTable.includes(name) }));
}
const named = (functions, part) => Object.fromEntries([...part].map(([place, number]) => [functions[place].name, number]));

test('what only a part calls moves with it, and what two parts call moves to the earlier one', () => {
  const functions = functionsOf({
    main: [], act: ['main'], trail: [], ofAct: ['act'], deeper: ['ofAct'], ofTrail: ['trail'], ofBoth: ['act', 'trail'], ofAll: ['act', 'main'],
  }, { exported: ['main', 'act', 'trail'] });
  assert.deepEqual(named(functions, partsOf(functions, [new Set(['act']), new Set(['trail'])])), { act: 0, trail: 1, ofAct: 0, deeper: 0, ofTrail: 1, ofBoth: 0 });
});

test('what stands in the table, is exported or is called by nobody stays, unless its file is the part\'s', () => {
  const functions = functionsOf({ act: [], handler: ['act'], entry: ['act'], orphan: [], own: [] }, { exported: ['entry'], inTable: ['handler', 'own'] });
  assert.deepEqual(named(functions, partsOf(functions, [new Set(['act', 'own'])])), { act: 0, own: 0 });
});

test('a name that the linker numbered is the name of its file', () => {
  const functions = functionsOf({ 'f.123': [], 'f.llvm.99': [], g: [] });
  assert.deepEqual(named(functions, partsOf(functions, [new Set(['f'])])), { 'f.123': 0, 'f.llvm.99': 0 });
});

test('a call into a part from before it is told, but for its gates; a later part may call an earlier one', () => {
  const functions = functionsOf({ main: [], read: ['main'], act: ['main', 'trail'], trail: ['act'], trace: [] }, { exported: ['main', 'trace'] });
  const part = partsOf(functions, [new Set(['read', 'act']), new Set(['trail'])]);
  assert.deepEqual(strayCalls(functions, part, () => false), [['main', 'read'], ['main', 'act'], ['act', 'trail']]);
  assert.deepEqual(strayCalls(functions, part, (name) => name === 'read'), [['main', 'act'], ['act', 'trail']]);
});

const out = new URL('../../build/modules/out/', import.meta.url);
test('the parts of the signing module bring no memory and no table of their own, and are of one build', { skip: existsSync(new URL('sign-acts.wasm', out)) ? false : 'build/modules is not there' }, () => {
  const modules = ['sign', 'sign-acts', 'sign-extra'].map((name) => new WebAssembly.Module(readFileSync(new URL(`${name}.wasm`, out))));
  const builds = modules.map((module) => WebAssembly.Module.customSections(module, 'build').map((bytes) => Buffer.from(bytes).toString('hex')).join());
  assert.equal(builds[0].length, 16);
  assert.deepEqual(builds, [builds[0], builds[0], builds[0]]);
  const given = new Set(WebAssembly.Module.exports(modules[0]).map(({ name }) => name));
  for (const part of modules.slice(1)) {
    assert.deepEqual(WebAssembly.Module.exports(part), []);
    for (const { module, name } of WebAssembly.Module.imports(part)) assert.ok(module === '' && given.has(name), `${module}.${name}`);
  }
});
