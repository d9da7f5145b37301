// countersign eval: forms and exit codes, and CEL's own conformance suite (npm @bufbuild/cel-spec), whose table is
// printed with every skip and its reason. What passes today must keep passing: the floors below only rise.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const root = new URL('../..', import.meta.url).pathname;
const program = join(root, 'build/countersign');
const scratch = mkdtempSync(join(tmpdir(), 'eval-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

function run(args, input = '') {
  const result = spawnSync(program, args, { encoding: 'utf8', input, maxBuffer: 1 << 28 });
  return { code: result.status, out: result.stdout };
}

test('one expression prints one line and its exit code says whether it is a value', () => {
  assert.deepEqual(run(['eval', '1 + 2']), { code: 0, out: '{"value":{"int64Value":"3"},"type":"int"}\n' });
  assert.equal(run(['eval', '1 / 0']).code, 1);
  assert.equal(run(['eval', '1 +']).code, 1);
  assert.equal(run(['eval']).code, 2);
  assert.equal(run(['eval', 'x', '--bindings', join(scratch, 'none.json')]).code, 2);
  const bindings = join(scratch, 'bindings.json');
  writeFileSync(bindings, '{"x":{"decimalValue":"99.95"},"order":{"seats":3}}');
  assert.deepEqual(run(['eval', 'x * order.seats', '--bindings', bindings]), {
    code: 0,
    out: '{"value":{"decimalValue":"299.85"},"type":"decimal"}\n',
  });
});

test('a batch answers every line, whatever stands on it', () => {
  const { code, out } = run(['eval', '--batch'], '{"expr":"1"}\nnonsense\n\n{"expr":"a","schema":{"vars":{"a":"date"}}}');
  assert.equal(code, 0);
  const lines = out.trimEnd().split('\n').map((line) => JSON.parse(line));
  assert.equal(lines.length, 4);
  assert.deepEqual(lines[0], { value: { int64Value: '1' }, type: 'int' });
  assert.equal(lines[1].error.code, 'json.syntax');
  assert.equal(lines[2].error.code, 'json.syntax');
  assert.deepEqual(lines[3], { unknown: ['a'], type: 'date' });
});

test("CEL's extension libraries are there, and templates do without", () => {
  assert.equal(run(['eval', "'%.2f'.format([2.675])"]).out, '{"value":{"stringValue":"2.67"},"type":"string"}\n');
  assert.equal(run(['eval', "{'a': 1}.?b"]).out, '{"value":{"optionalValue":{}},"type":"optional_type"}\n');
  assert.equal(run(['eval', '[optional.of(1)]']).out, '{"value":{"listValue":{"values":[{"optionalValue":{"value":{"int64Value":"1"}}}]}},"type":"list"}\n');
  assert.deepEqual(JSON.parse(run(['eval', '--batch'], '{"expr":"x.trim()","schema":{"vars":{"x":"string"}}}').out), { unknown: ['x'], type: 'string' });
  assert.equal(JSON.parse(run(['eval', "'a'.charAt(9)"]).out).error.code, 'expression.out_of_range');
  assert.equal(JSON.parse(run(['eval', "'a'.shout()"]).out).error.code, 'T401');
  const template = join(scratch, 'extended.md');
  writeFileSync(template, "---\ntemplate: a\nversion: 1\nfields: { n: { type: string, label: N } }\n---\n{{= n.trim() }}\n");
  assert.match(run(['template', 'check', template]).out, /"code":"T401"/);
});

// --- CEL's conformance suite ------------------------------------------------------------------------------------------

const floors = {
  basic: 43, comparisons: 334, conversions: 109, fields: 60, fp_math: 30, integer_math: 64, lists: 39, logic: 30,
  macros: 44, namespace: 3, parse: 193, plumbing: 5, string: 51, timestamps: 70, type_deductions: 26,
  string_ext: 206, math_ext: 199, optionals: 59, macros2: 46, bindings_ext: 5, encoders_ext: 4,
};
const wellKnown = {
  'type.googleapis.com/google.protobuf.Timestamp': 'timestampValue',
  'type.googleapis.com/google.protobuf.Duration': 'durationValue',
};

/** The suite's value in our spelling; undefined where it is a protobuf message or enum. */
function toOurs(value) {
  if (value.enumValue) return undefined;
  if (value.objectValue) {
    const kind = wellKnown[value.objectValue['@type']];
    return kind && { [kind]: value.objectValue.value };
  }
  if (value.listValue) {
    const values = (value.listValue.values ?? []).map(toOurs);
    return values.includes(undefined) ? undefined : { listValue: { values } };
  }
  if (value.mapValue) {
    const entries = (value.mapValue.entries ?? []).map((entry) => ({ key: toOurs(entry.key), value: toOurs(entry.value) }));
    return entries.some((entry) => !entry.key || !entry.value) ? undefined : { mapValue: { entries } };
  }
  return value;
}

/** Values that are equal have equal text: map order, number spelling and zeros do not count. */
function text(value) {
  const [kind, content] = Object.entries(value)[0];
  if (kind === 'listValue') return `[${(content.values ?? []).map(text)}]`;
  if (kind === 'mapValue') return `{${(content.entries ?? []).map((e) => `${text(e.key)}:${text(e.value)}`).sort()}}`;
  if (kind === 'doubleValue') return `double ${Object.is(Number(content), -0) ? '-0' : Number(content)}`;
  if (kind === 'durationValue') return `duration ${Number(content.slice(0, -1))}`;
  return `${kind} ${JSON.stringify(typeof content === 'number' ? String(content) : content)}`;
}

function typeText(type) {
  const primitives = { BOOL: 'bool', INT64: 'int', UINT64: 'uint', DOUBLE: 'double', STRING: 'string', BYTES: 'bytes' };
  if (!type || 'dyn' in type) return 'dyn';
  if (type.primitive) return primitives[type.primitive];
  if (type.wellKnown) return { TIMESTAMP: 'timestamp', DURATION: 'duration' }[type.wellKnown];
  if ('null' in type) return 'null';
  if (type.type) return 'type';
  if (type.listType) return wrap('list', [type.listType.elemType]);
  if (type.mapType) return wrap('map', [type.mapType.keyType, type.mapType.valueType]);
  if (type.typeParam) return type.typeParam;
  if (type.abstractType) return wrap(type.abstractType.name, type.abstractType.parameterTypes ?? []);
  return undefined;
}
function wrap(name, parts) {
  const texts = parts.map(typeText);
  return texts.includes(undefined) ? undefined : `${name}(${texts.join(', ')})`;
}

/** The line for a test, or the reason why it is skipped. */
function toLine(original) {
  const line = { expr: original.expr };
  if (/TestAllTypes|NestedEnum|GlobalEnum|google\.protobuf\.(?!Timestamp|Duration)/.test(original.expr)) return 'protobuf';
  if (original.container) line.container = original.container;
  if (original.disableCheck) line.disableCheck = true;
  if (original.checkOnly) line.checkOnly = true;
  for (const declaration of original.typeEnv ?? []) {
    line.schema ??= { vars: {}, functions: {} };
    if (declaration.function) {
      const overloads = declaration.function.overloads.map((overload) => ({
        args: (overload.params ?? []).map(typeText),
        result: typeText(overload.resultType),
        member: Boolean(overload.isInstanceFunction),
      }));
      if (overloads.some(({ args, result }) => args.includes(undefined) || !result)) return 'protobuf';
      line.schema.functions[declaration.name] = { overloads };
      continue;
    }
    const type = typeText(declaration.ident?.type);
    if (!type) return 'protobuf';
    line.schema.vars[declaration.name] = type;
  }
  for (const [name, binding] of Object.entries(original.bindings ?? {})) {
    const value = binding.value && toOurs(binding.value);
    if (!value) return 'protobuf';
    line.bindings ??= {};
    line.bindings[name] = value;
  }
  if (original.value && !toOurs(original.value)) return 'protobuf';
  return line;
}

function isRight(original, answer) {
  if (original.evalError) return Boolean(answer.error);
  if (original.checkOnly) {
    const wanted = typeText(original.typedResult?.deducedType);
    return wanted !== undefined && answer.type === wanted;
  }
  const wanted = toOurs(original.value ?? original.typedResult?.result ?? { boolValue: true });
  return Boolean(answer.value) && text(answer.value) === text(wanted);
}

const suite = await import('@bufbuild/cel-spec/testdata/conformance.js').catch(() => null);
const skip = suite === null && '@bufbuild/cel-spec is not installed';

test('CEL conformance', { skip }, () => runSuite((expression) => expression, console.log));

// A function of the extension libraries somewhere takes the whole expression out of the engine of templates.
test('CEL conformance, beside a function of the extension libraries', { skip }, () =>
  runSuite((expression) => `cel.bind(beside, 'a'.trim(), ${expression})`, () => {}));

/** Runs it with every expression inside what `around` gives, and holds it to the floors. */
function runSuite(around, log) {
  const cases = [];
  const skips = {};
  const collect = (node, section) => {
    for (const { original } of node.tests ?? []) {
      const line = toLine(original);
      if (typeof line === 'string') skips[`${section}: ${line}`] = (skips[`${section}: ${line}`] ?? 0) + 1;
      else cases.push({ section, original, line });
    }
    for (const child of node.suites ?? []) collect(child, section);
  };
  for (const part of suite.tests.suites) if (part.name in floors) collect(part, part.name);
  const answers = run(['eval', '--batch'], cases.map(({ line }) => `${JSON.stringify({ ...line, expr: around(line.expr) })}\n`).join('')).out.trimEnd().split('\n');
  assert.equal(answers.length, cases.length);
  const passed = {};
  const totals = {};
  cases.forEach(({ section, original }, i) => {
    totals[section] = (totals[section] ?? 0) + 1;
    if (isRight(original, JSON.parse(answers[i]))) passed[section] = (passed[section] ?? 0) + 1;
  });
  for (const section of Object.keys(floors)) log(`  ${section} ${passed[section] ?? 0}/${totals[section] ?? 0}`);
  for (const [reason, count] of Object.entries(skips)) log(`  skipped ${count}: ${reason}`);
  for (const [section, floor] of Object.entries(floors)) {
    assert.ok((passed[section] ?? 0) >= floor, `${section}: ${passed[section] ?? 0} of ${totals[section]}, was ${floor}`);
  }
}
