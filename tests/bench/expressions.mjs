// One condition over 10,000 records: this engine (in wasm, and natively) beside other CEL engines and a rule engine of
// JavaScript, in one run, on the same records; an engine that finds another number of records is an error, not a row.
import { evaluate as evaluateCelJs, parse as parseCelJs } from 'cel-js';
import { celEnv, parse as parseBuf, plan } from '@bufbuild/cel';
import { Environment } from '@marcbachmann/cel-js';
import jsonLogic from 'json-logic-js';
import { judge, own, perSecond, table } from './measure.mjs';

const source = 'country == "DE" && value > 50000 && (sla.uptime < 99.9 || term >= 24) && ("vip" in tags) == false';
const rounds = 9;

/** The same numbers as in expression_bench.cc. */
function records() {
  let state = 42;
  const below = (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % bound;
  };
  const countries = ['DE', 'FR', 'ES', 'US'];
  return Array.from({ length: 10_000 }, () => {
    const country = countries[below(4)];
    const value = below(100_000);
    const uptime = Number(`99.${String(100 + below(100)).slice(1)}`);
    const term = below(48);
    return { country, value, sla: { uptime }, term, tags: below(4) === 0 ? ['vip', 'eu'] : ['eu'] };
  });
}

const plain = records();
const exact = plain.map((record) => ({ ...record, value: BigInt(record.value), term: BigInt(record.term) }));
const wasm = own('wasm', 'expression');
const native = own('release', 'expression');

function over(rows, holds) {
  let held = 0;
  const speed = perSecond(rounds, rows.length, () => {
    held = 0;
    for (const row of rows) if (holds(row) === true) held += 1;
  });
  if (held !== wasm.matches) throw new Error(`${held} records instead of ${wasm.matches}`);
  return speed;
}
const parsing = (parse) => perSecond(rounds, 200, () => { for (let i = 0; i < 200; i += 1) parse(); });

const bufEnv = celEnv();
const bufPlan = plan(bufEnv, parseBuf(source));
const typed = new Environment()
  .registerVariable('country', 'string').registerVariable('value', 'int').registerVariable('sla', 'map<string, double>').registerVariable('term', 'int').registerVariable('tags', 'list<string>');
const marc = typed.parse(source);
const marcDynamic = new Environment({ unlistedVariablesAreDyn: true });
const marcFree = marcDynamic.parse(source);
const cst = parseCelJs(source).cst;
const rule = { and: [{ '==': [{ var: 'country' }, 'DE'] }, { '>': [{ var: 'value' }, 50000] }, { or: [{ '<': [{ var: 'sla.uptime' }, 99.9] }, { '>=': [{ var: 'term' }, 24] }] }, { '==': [{ in: ['vip', { var: 'tags' }] }, false] }] };

const M = (speed) => `${(speed / 1e6).toFixed(2)} M/s`;
const k = (speed) => `${(speed / 1e3).toFixed(1)} k/s`;
const rows = [
  ['countersign, wasm, typed', wasm.typed, wasm.parsed],
  ['countersign, wasm, dynamic', wasm.dynamic, null],
  ['countersign, native, typed', native.typed, native.parsed],
  ['countersign, native, dynamic', native.dynamic, null],
  ['@marcbachmann/cel-js 8.0.0, typed', over(exact, (record) => marc(record)), parsing(() => typed.parse(source))],
  ['@marcbachmann/cel-js 8.0.0, dynamic', over(exact, (record) => marcFree(record)), parsing(() => marcDynamic.parse(source))],
  ['@bufbuild/cel 0.6.1', over(exact, (record) => bufPlan(record)), parsing(() => plan(bufEnv, parseBuf(source)))],
  ['json-logic-js 2.0.5', over(plain, (record) => jsonLogic.apply(rule, record)), null],
  ['cel-js 0.8.2', over(plain, (record) => evaluateCelJs(cst, record)), parsing(() => parseCelJs(source))],
];
table(['engine', 'evaluated', 'to ours in wasm', 'parsed (ours: and checked)'],
  rows.map(([name, speed, parsed]) => [name, M(speed), `${(speed / wasm.typed).toFixed(3)}`, parsed === null ? '' : k(parsed)]));
console.log(`\n${wasm.matches} of 10,000 records hold, for every engine. Ours compares uptimes as exact decimals; the others as doubles.`);
judge([
  ['expressions a second, typed (wasm)', wasm.typed / 1e6, 'at least', 15, 'M/s'],
  ['expressions a second, dynamic (wasm)', wasm.dynamic / 1e6, 'at least', 6, 'M/s'],
  ['expressions parsed and checked a second (wasm)', wasm.parsed / 1e3, 'at least', 250, 'k/s'],
  ['the same, natively', native.parsed / 1e3, 'at least', 250, 'k/s'],
]);
