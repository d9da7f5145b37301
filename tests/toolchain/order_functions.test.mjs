// toolchain/order_functions.mjs changes where functions stand, and nothing else that anyone can see.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { brotliCompressSync } from 'node:zlib';
import { order, reorder } from '../../toolchain/order_functions.mjs';

const vector = (...items) => [items.length, ...items.flat()];
const section = (id, bytes) => [id, bytes.length, ...bytes];
const name = (text) => vector(...Buffer.from(text));
const body = (...code) => [code.length + 2, 0, ...code, 0x0b];  // no locals

// (import "a" "tell" (func)) and three functions that answer with what the others answer, directly and through the table.
const small = Uint8Array.from([
  0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
  ...section(1, vector([0x60, 0, 0], [0x60, 0, 1, 0x7f])),
  ...section(2, vector([...name('a'), ...name('tell'), 0, 0])),
  ...section(3, vector(1, 1, 1, 0)),
  ...section(4, vector([0x70, 0, 2])),
  ...section(7, vector([...name('seven'), 0, 1], [...name('sum'), 0, 2], [...name('through'), 0, 3], [...name('table'), 1, 0], [...name('call'), 0, 4])),
  ...section(9, vector([0, 0x41, 0, 0x0b, ...vector(1, 2)])),
  ...section(10, vector(
    body(0x41, 7),                                       // seven
    body(0x10, 1, 0x41, 1, 0x6a),                        // seven() + 1
    body(0x41, 1, 0x11, 1, 0, 0x10, 1, 0x6a),            // table[1]() + seven()
    body(0x10, 0),                                       // tell()
  )),
]);

async function answers(bytes) {
  let told = 0;
  const { instance } = await WebAssembly.instantiate(bytes, { a: { tell: () => { told += 1; } } });
  const { seven, sum, through, table, call } = instance.exports;
  call();
  return [seven(), sum(), through(), table.get(0)(), table.get(1)(), told];
}

test('in any order, exports, the table and calls reach the functions that they reached', async () => {
  const expected = [7, 8, 15, 7, 8, 1];
  assert.deepEqual(await answers(small), expected);
  for (const places of [[3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1]]) {
    assert.deepEqual(await answers(reorder(small, () => places)), expected);
  }
});

test('every function keeps its place in the order exactly once, and the order is always the same', () => {
  const bodies = Array.from({ length: 150 }, (_, at) => Uint8Array.from({ length: 5 + (at * 37) % 60 }, (__, byte) => (at % 7) * byte));
  const places = order(bodies);
  assert.deepEqual([...places].sort((a, b) => a - b), [...bodies.keys()]);
  assert.deepEqual(order(bodies), places);
  assert.deepEqual(order([]), []);
});

test('what it does not know is refused and not guessed', () => {
  const unknown = Uint8Array.from(small);
  unknown[unknown.lastIndexOf(0x6a)] = 0xfd;  // an instruction on vectors
  assert.throws(() => reorder(unknown), /the instruction fd/);
});

const built = new URL('../../build/modules/out/sign.wasm', import.meta.url);
test('the signing module is in that order already, and another order compresses worse', { skip: existsSync(built) ? false : 'build/modules is not there' }, () => {
  const bytes = readFileSync(built);
  const scattered = reorder(bytes, (bodies) => [...bodies.keys()].sort((a, b) => (a * 7919) % bodies.length - (b * 7919) % bodies.length));
  assert.ok(brotliCompressSync(bytes).length < brotliCompressSync(scattered).length);
});
