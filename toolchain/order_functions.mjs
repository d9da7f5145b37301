// Puts a wasm module's functions into the order in which they compress best: each after those it looks most like. What a
// function does and what it is exported as stay; only its number changes, everywhere it is named. Brotli finds a repetition
// near by for fewer bits than one far away: 2 % of sign.wasm.
//
//   node toolchain/order_functions.mjs MODULE.wasm     in place
//
// Reads the binary format of WebAssembly 1.0 with bulk memory, sign extension and saturating conversion (what our flags let
// the compiler write); anything else is refused, never guessed. Format: https://webassembly.github.io/spec/core/binary/.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

export const section = { custom: 0, import: 2, function: 3, global: 6, export: 7, start: 8, element: 9, code: 10 };

export class Reader {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }
  get done() { return this.at >= this.bytes.length; }
  byte() { return this.bytes[this.at++]; }
  number() {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = this.byte();
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  }
  skipNumber() { while (this.byte() >= 128); }
  take(count) { return this.bytes.subarray(this.at, this.at += count); }
}

export function number(value) {
  const bytes = [];
  do {
    bytes.push((value & 127) | (value > 127 ? 128 : 0));
    value >>>= 7;
  } while (value > 0);
  return Uint8Array.from(bytes);
}

const refuse = (what) => { throw new Error(`this module has ${what}, which order_functions.mjs does not know`); };

/** Where the instructions name functions: calls back (start, end) of each such number. The reader stands on the first instruction. */
function findFunctionNumbers(reader, end, found) {
  const named = () => {
    const start = reader.at;
    reader.skipNumber();
    found(start, reader.at);
  };
  while (reader.at < end) {
    const code = reader.byte();
    if (code === 0x10 || code === 0xd2) named();                                    // call, ref.func
    else if (code >= 0x02 && code <= 0x04) reader.skipNumber();                     // block, loop, if: a type
    else if (code === 0x0c || code === 0x0d) reader.skipNumber();                   // br, br_if
    else if (code === 0x0e) for (let left = reader.number(); left >= 0; left -= 1) reader.skipNumber();  // br_table
    else if (code === 0x11) { reader.skipNumber(); reader.skipNumber(); }           // call_indirect
    else if (code >= 0x20 && code <= 0x24) reader.skipNumber();                     // locals, globals
    else if (code >= 0x28 && code <= 0x3e) { reader.skipNumber(); reader.skipNumber(); }  // loads and stores
    else if (code === 0x3f || code === 0x40) reader.at += 1;                        // memory.size, memory.grow
    else if (code === 0x41 || code === 0x42) reader.skipNumber();                   // i32.const, i64.const
    else if (code === 0x43) reader.at += 4;                                         // f32.const
    else if (code === 0x44) reader.at += 8;                                         // f64.const
    else if (code === 0xd0) reader.at += 1;                                         // ref.null
    else if (code === 0xfc) {
      const which = reader.number();
      if (which === 10) reader.at += 2;                                             // memory.copy
      else if (which === 11) reader.at += 1;                                        // memory.fill
      else if (which > 7) refuse(`the instruction fc ${which}`);                    // up to 7: saturating conversion
    } else if (code > 0xc4 || code === 0x1c || (code > 0x05 && code < 0x0b) || (code > 0x11 && code < 0x1a)) refuse(`the instruction ${code.toString(16)}`);
  }
}

export const head = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);  // and version 1
export function sectionsOf(bytes) {
  const reader = new Reader(bytes, head.length);
  const sections = [];
  while (!reader.done) {
    const id = reader.byte();
    sections.push({ id, bytes: reader.take(reader.number()) });
  }
  return sections;
}
export const moduleOf = (sections) => Buffer.concat([head, ...sections.flatMap(({ id, bytes }) => [Uint8Array.of(id), number(bytes.length), bytes])]);

/** Calls back with the kind of each import; of a table or memory (1, 2) also where its limits stand, and the largest of them. */
export function walkImports(reader, found) {
  for (let left = reader.number(); left > 0; left -= 1) {
    reader.take(reader.number());
    reader.take(reader.number());
    const kind = reader.byte();
    if (kind === 0) reader.skipNumber();
    else if (kind === 3) reader.at += 2;
    else if (kind !== 1 && kind !== 2) refuse(`an import of kind ${kind}`);
    if (kind !== 1 && kind !== 2) { found(kind); continue; }
    if (kind === 1) reader.at += 1;
    const limits = reader.at;
    const bounded = reader.byte() & 1;
    reader.skipNumber();
    const largest = reader.at;
    if (bounded) reader.skipNumber();
    found(kind, limits, largest, reader.at);
  }
}

/**
 * The module's sections, and its functions: type, body, where the body names other functions, and which. `exported` and
 * `inTable` are numbers of functions; `nameOf` what the names that a linker kept call one ("" without them).
 */
export function parse(bytes) {
  const sections = sectionsOf(bytes);
  const of = (id) => new Reader(sections.find((one) => one.id === id)?.bytes ?? new Uint8Array([0]));
  if (sections.some((one) => one.id === section.start)) refuse('a start function');

  let imported = 0;
  walkImports(of(section.import), (kind) => { if (kind === 0) imported += 1; });
  const types = of(section.function);
  const code = of(section.code);
  const functions = Array.from({ length: types.number() }, () => ({ type: types.number() }));
  code.number();
  for (const one of functions) {
    one.body = code.take(code.number());
    one.names = [];
    const body = new Reader(one.body);
    for (let groups = body.number(); groups > 0; groups -= 1) { body.skipNumber(); body.at += 1; }
    findFunctionNumbers(body, one.body.length, (start, end) => one.names.push([start, end]));
    one.calls = one.names.map(([start]) => new Reader(one.body, start).number());
  }
  const numbers = (source, walk) => {
    const found = new Set();
    walk(new Reader(source), (start) => found.add(new Reader(source, start).number()));
    return found;
  };
  const bytesOf = (id) => of(id).bytes;
  return {
    sections, imported, functions, exported: numbers(bytesOf(section.export), walkExports), inTable: numbers(bytesOf(section.element), walkTable), nameOf: readNames(sections),
  };
}

/** The custom section "name": a linker's names of functions. */
function readNames(sections) {
  const names = new Map();
  const text = (reader) => Buffer.from(reader.take(reader.number())).toString();
  for (const { id, bytes } of sections) {
    const reader = new Reader(bytes);
    if (id !== section.custom || text(reader) !== 'name') continue;
    while (!reader.done) {
      const kind = reader.byte();
      const part = new Reader(reader.take(reader.number()));
      if (kind === 1) for (let left = part.number(); left > 0; left -= 1) names.set(part.number(), text(part));
    }
  }
  return (number) => names.get(number) ?? '';
}

/** An initialiser: instructions up to their end. */
function walkConstant(reader, found) {
  while (reader.bytes[reader.at] !== 0x0b) findFunctionNumbers(reader, reader.at + 1, found);
  reader.at += 1;
}
function walkExports(reader, found) {
  for (let left = reader.number(); left > 0; left -= 1) {
    reader.take(reader.number());
    const kind = reader.byte();
    const start = reader.at;
    reader.skipNumber();
    if (kind === 0) found(start, reader.at);
  }
}
function walkGlobals(reader, found) {
  for (let left = reader.number(); left > 0; left -= 1) {
    reader.at += 2;
    walkConstant(reader, found);
  }
}
function walkTable(reader, found) {
  for (let left = reader.number(); left > 0; left -= 1) {
    const kind = reader.number();
    if (kind !== 0 && kind !== 4 && kind !== 6) refuse(`a table segment of the kind ${kind}`);
    if (kind === 6) reader.skipNumber();                                              // which table
    walkConstant(reader, found);
    if (kind === 6) reader.at += 1;                                                   // of functions
    for (let items = reader.number(); items > 0; items -= 1) {
      if (kind === 0) {
        const start = reader.at;
        reader.skipNumber();
        found(start, reader.at);
      } else walkConstant(reader, found);                                             // ref.func or ref.null
    }
  }
}

const hot = 64;  // stay in front as the compiler put them, most called first: their numbers take one byte
const gram = 4;  // bytes that count as one likeness: an instruction and its number, with the next one's
const common = 200;  // what more functions share says nothing about any two of them

/** The old places of the functions in their new order; `nearby`: to how many before it a function is likened. */
export function order(bodies, nearby = 5) {
  return [...chain(bodies.slice(0, hot), nearby), ...chain(bodies.slice(hot), nearby).map((place) => place + hot)];
}

/** Greedy, from the longest: after each function the one most like those before it, for its size. */
function chain(bodies, nearby) {
  if (bodies.length === 0) return [];
  const grams = bodies.map((body) => {
    const own = new Set();
    for (let at = 0; at + gram <= body.length; at += 1) own.add(body[at] | body[at + 1] << 8 | body[at + 2] << 16 | body[at + 3] << 24);
    return own;
  });
  const holders = new Map();
  grams.forEach((own, place) => own.forEach((one) => { if (!holders.has(one)) holders.set(one, []); holders.get(one).push(place); }));
  for (const [one, places] of holders) if (places.length < 2 || places.length >= common) holders.delete(one);
  const telling = grams.map((own) => [...own].filter((one) => holders.has(one)));

  const left = new Set(bodies.keys());
  const longest = () => [...left].reduce((best, place) => (bodies[place].length > bodies[best].length ? place : best));
  const result = [];
  const put = (place) => { left.delete(place); result.push(place); };
  put(longest());
  while (left.size > 0) {
    const likeness = new Map();
    result.slice(-nearby).reverse().forEach((near, distance) => {
      for (const one of telling[near]) {
        const weight = Math.log(bodies.length / holders.get(one).length) / (distance + 1);
        for (const place of holders.get(one)) if (left.has(place)) likeness.set(place, (likeness.get(place) ?? 0) + weight);
      }
    });
    let best = -1;
    let most = 0;
    for (const [place, sum] of likeness) {
      const relative = sum / (30 + telling[place].length);
      if (relative > most || (relative === most && place < best)) { best = place; most = relative; }
    }
    put(best < 0 ? longest() : best);
  }
  return result;
}

/** The same module with its functions in the order that `choose(bodies)` gives. */
export function reorder(bytes, choose = order) {
  const { sections, imported, functions } = parse(bytes);
  const places = choose(functions.map((one) => one.body));
  const renumbered = new Map(places.map((old, place) => [imported + old, imported + place]));
  const renumber = (old) => number(renumbered.get(old) ?? old);

  /** A section whose numbers of functions `walk` finds. */
  const patch = (source, walk) => {
    const out = [];
    let kept = 0;
    const found = (start, end) => {
      out.push(source.subarray(kept, start), renumber(new Reader(source, start).number()));
      kept = end;
    };
    walk(new Reader(source), found);
    return Buffer.concat([...out, source.subarray(kept)]);
  };
  const rewrite = {
    [section.function]: () => Buffer.concat([number(functions.length), ...places.map((old) => number(functions[old].type))]),
    [section.code]: () => Buffer.concat([number(functions.length), ...places.flatMap((old) => {
      const { body, names } = functions[old];
      const changed = patch(body, (_, found) => names.forEach(([start, end]) => found(start, end)));
      return [number(changed.length), changed];
    })]),
    [section.export]: (source) => patch(source, walkExports),
    [section.global]: (source) => patch(source, walkGlobals),
    [section.element]: (source) => patch(source, walkTable),
  };
  // Custom: names of functions by number, where a build for debugging has them.
  const result = moduleOf(sections.filter(({ id }) => id !== section.custom).map(({ id, bytes: source }) => ({ id, bytes: rewrite[id]?.(source) ?? source })));
  if (!WebAssembly.validate(result)) throw new Error('the reordered module is not valid');
  return result;
}

/** The smallest of several orders: which one it is changes with every change of the code, by a tenth of a percent. */
export function smallest(bytes) {
  const weigh = (module) => brotliCompressSync(module, { params: { [constants.BROTLI_PARAM_LGWIN]: 22, [constants.BROTLI_PARAM_SIZE_HINT]: module.length } }).length;
  const tried = [3, 5, 6].map((nearby) => reorder(bytes, (bodies) => order(bodies, nearby)));
  return tried.map((module) => ({ module, weight: weigh(module) })).reduce((best, one) => (one.weight < best.weight ? one : best)).module;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const file of process.argv.slice(2)) writeFileSync(file, smallest(readFileSync(file)));
}
