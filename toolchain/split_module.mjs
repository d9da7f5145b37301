// Divides a linked wasm module into what a page needs at first and parts that follow it: the functions of the source files
// that wasm/parts.json names for each part, and whatever only they call. Nothing is there twice: all share one memory and one
// table, in which a part that is instantiated puts its functions where the first module calls them. Before that such a call
// traps, so nobody may make one: this program fails where a function of a part is called from outside it and is not listed as
// one of the `gates` (whose callers make sure first that the part is there; why is said beside each). Later parts may call
// earlier ones: who asks for a later one gets the earlier ones too.
//
//   node toolchain/split_module.mjs MODULE.wasm OBJECTS_DIR OUT_DIR EMSCRIPTEN_DIR     linked with --profiling-funcs, --no-demangle
//
// Writes OUT_DIR/MODULE.wasm and OUT_DIR/MODULE-PART.wasm, functions ordered (order_functions.mjs), each with the same custom
// section "build", so that a page never joins parts of two builds. Binaryen's wasm-split does the dividing.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Reader, moduleOf, parse, section, sectionsOf, smallest, walkImports } from './order_functions.mjs';

/** "countersign::ceremony::ReadRaw" as the beginning of its symbols (Itanium C++ ABI, 5.1): of a function or a const member. */
const mangled = (qualified) => {
  const parts = qualified.split('::').map((part) => `${part.length}${part}`).join('');
  return [`_ZN${parts}E`, `_ZNK${parts}E`];
};
/** Names as the linker changes them when it makes a local function global: f -> f.123, f.llvm.456. */
const plain = (name) => name.replace(/(?:\.llvm)?\.\d+$/, '');

/**
 * Which part each function moves to: the number of the part by the function's place; what is not in it stays. `functions` are
 * {name, callers: Set of places, exported, inTable}, `owned` for each part the names that its files define. A part also gets what is
 * called from it and from later parts alone: instances of templates, helpers.
 */
export function partsOf(functions, owned) {
  const part = new Map();
  functions.forEach((one, place) => {
    const number = owned.findIndex((names) => names.has(plain(one.name)));
    if (number >= 0) part.set(place, number);
  });
  for (let grew = true; grew;) {
    grew = false;
    functions.forEach((one, place) => {
      if (part.has(place) || one.exported || one.inTable || one.callers.size === 0) return;
      const callers = [...one.callers].map((caller) => part.get(caller));
      if (callers.includes(undefined)) return;
      part.set(place, Math.min(...callers));
      grew = true;
    });
  }
  return part;
}

/** Calls into a part from what may be there before it, but for its gates: [caller, callee]. Exports are the host's to guard. */
export function strayCalls(functions, part, isGate) {
  const stray = [];
  for (const [place, number] of part) {
    const { name, callers } = functions[place];
    if (isGate(name)) continue;
    for (const caller of callers) if (!(part.get(caller) >= number)) stray.push([functions[caller].name, name]);
  }
  return stray;
}

function read(file) {
  const module = parse(readFileSync(file));
  const functions = module.functions.map((_, place) => ({
    name: module.nameOf(module.imported + place), callers: new Set(), exported: module.exported.has(module.imported + place), inTable: module.inTable.has(module.imported + place),
  }));
  module.functions.forEach((one, caller) => one.calls.forEach((callee) => functions[callee - module.imported]?.callers.add(caller)));
  return functions;
}

/** Which source files define each function, from the objects: "core/x/y.cc" of core/x/CMakeFiles/TARGET.dir/y.cc.o. */
function definitions(objects, nm) {
  const files = readdirSync(objects, { recursive: true }).filter((file) => /(?:^|\/)CMakeFiles\/[^/]+\.dir\/.*\.cc\.o$/.test(file));
  const told = execFileSync(nm, ['--defined-only', ...files], { cwd: objects, encoding: 'utf8', maxBuffer: 1 << 28 });
  const definers = new Map();
  let source = '';
  for (const line of told.split('\n')) {
    if (line.endsWith(':')) source = line.slice(0, -':'.length).replace(/CMakeFiles\/[^/]+\.dir\//, '').replace(/\.o$/, '');
    const symbol = / [TtWw] (\S+)$/.exec(line)?.[1];
    if (symbol) definers.set(symbol, (definers.get(symbol) ?? new Set()).add(source));
  }
  return definers;
}

/** A part made before others has the table's size of that moment as the largest that it takes; here it takes any. */
export function takingAnyTable(bytes) {
  return moduleOf(sectionsOf(bytes).map(({ id, bytes: content }) => {
    let open = content;
    if (id === section.import) {
      walkImports(new Reader(content), (kind, limits, largest, end) => {
        if (kind === 1) open = Buffer.concat([content.subarray(0, limits), Buffer.from([0]), content.subarray(limits + 1, largest), content.subarray(end)]);
      });
    }
    return { id, bytes: open };
  }));
}

/** Binaryen spells what is not a plain character of a name as \\hh. */
const escaped = (name) => name.replace(/[^A-Za-z0-9!#$%&'*+\-./:<=>?@^_`|~]/g, (character) => `\\${character.charCodeAt(0).toString(16).padStart(2, '0')}`);

function split(file, objects, out, emscripten) {
  const name = basename(file, '.wasm');
  const root = new URL('..', import.meta.url).pathname;
  const { parts, gates } = JSON.parse(readFileSync(join(root, 'wasm/parts.json'), 'utf8'))[name];
  const tool = (variable) => execFileSync(join(emscripten, 'em-config'), [variable], { encoding: 'utf8' }).trim();
  const functions = read(file);
  const open = gates.map((gate) => ({ name: gate.function, symbols: mangled(gate.function) }));
  const isGate = (symbol) => open.some(({ symbols }) => symbols.some((begin) => symbol.startsWith(begin)));
  const defined = definitions(objects, join(tool('LLVM_ROOT'), 'llvm-nm'));
  const all = new Set([...defined.values()].flatMap((sources) => [...sources]));
  for (const source of Object.values(parts).flat()) if (!all.has(source)) throw new Error(`${source} of wasm/parts.json was not compiled`);
  // What others define as well (instances of templates, small helpers of the same name) moves only where nobody else calls it.
  const owned = Object.values(parts).map((sources) => new Set([...defined].filter(([, by]) => [...by].every((source) => sources.includes(source))).map(([symbol]) => symbol)));
  const part = partsOf(functions, owned);
  const stray = strayCalls(functions, part, isGate);
  if (stray.length) {
    throw new Error(`${name}: these calls reach a part that may not be there yet; move the caller, or list what it calls among the gates in wasm/parts.json and say who makes sure:\n${stray.map(([caller, callee]) => `  ${caller} -> ${callee}`).join('\n')}`);
  }
  for (const { name: gate, symbols } of open) {
    const places = [...part.keys()].filter((place) => symbols.some((begin) => functions[place].name.startsWith(begin)));
    if (!places.some((place) => [...functions[place].callers].some((caller) => !(part.get(caller) >= part.get(place))))) throw new Error(`${gate}, a gate in wasm/parts.json, is none of ${name}: nothing that may be there before its part calls it`);
  }
  const manifest = Object.keys(parts).map((title, number) => [title, ...[...part].filter(([, one]) => one === number).map(([place]) => escaped(functions[place].name))].join('\n'));

  const work = mkdtempSync(join(tmpdir(), 'countersign-split-'));
  try {
    writeFileSync(join(work, 'manifest'), `${manifest.join('\n\n')}\n`);
    const features = ['bulk-memory', 'nontrapping-float-to-int', 'sign-ext', 'mutable-globals'].map((feature) => `--enable-${feature}`);
    execFileSync(join(tool('BINARYEN_ROOT'), 'bin/wasm-split'), ['--multi-split', file, `--manifest=${join(work, 'manifest')}`, `--out-prefix=${join(work, `${name}-`)}`, '-o', join(work, `${name}.wasm`), ...features], { stdio: ['ignore', 'inherit', 'inherit'] });
    // Locals once more, in an order that compresses better (0.3 % of sign.wasm).
    for (const one of readdirSync(work).filter((each) => each.endsWith('.wasm'))) {
      execFileSync(join(tool('BINARYEN_ROOT'), 'bin/wasm-opt'), [join(work, one), '-o', join(work, one), '--strip-debug', '--simplify-locals-notee-nostructure', '--vacuum', '--coalesce-locals', '--reorder-locals',
        '--enable-reference-types', ...features], { stdio: ['ignore', 'inherit', 'inherit'] });
    }
    const made = readdirSync(work).filter((one) => one.endsWith('.wasm')).sort().map((one) => ({ one, module: smallest(takingAnyTable(readFileSync(join(work, one)))) }));
    const build = createHash('sha256');
    for (const { module } of made) build.update(module);
    const told = { id: section.custom, bytes: Buffer.concat([Buffer.from([5]), Buffer.from('build'), build.digest().subarray(0, 8)]) };
    for (const { one, module } of made) writeFileSync(join(out, one), moduleOf([...sectionsOf(module), told]));
  } finally {
    rmSync(work, { recursive: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) split(...process.argv.slice(2));
