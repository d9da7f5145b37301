// What a stranger may hand to the program: files that are not there, empty, binary, too large, in another encoding; options
// that do not exist; values of other types. Each is answered with what, where and a stable code, and the exit code that
// README.md names.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, openSync, closeSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const root = new URL('../..', import.meta.url).pathname;
const program = join(root, 'build/countersign');
const scratch = mkdtempSync(join(tmpdir(), 'odd-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

function run(...args) {
  const result = spawnSync(program, args, { encoding: 'utf8', input: '', maxBuffer: 1 << 28 });
  return { code: result.status, out: result.stdout, err: result.stderr };
}
function batch(input) {
  const result = spawnSync(program, ['eval', '--batch'], { encoding: 'utf8', input, maxBuffer: 1 << 28 });
  assert.equal(result.status, 0);
  return lines(result.stdout);
}
function file(name, bytes) {
  writeFileSync(join(scratch, name), bytes);
  return join(scratch, name);
}
const lines = (text) => text.split('\n').filter(Boolean).map((line) => JSON.parse(line));
const errorOf = (result) => JSON.parse(result.out).error;

const source = readFileSync(join(root, 'examples/templates/sla-amendment.md'), 'utf8');
const template = file('t.md', `---
template: t
version: 1
title: T
fields:
  n: { type: int, label: N, min: 1, max: 9 }
  m: { type: money, currency: EUR, label: M, required: false }
  d: { type: date, label: D, required: false }
  p: { type: period, label: P, required: false }
  x: { type: decimal, label: X, required: false }
  l: { type: list(string), label: L, required: false, options: [red, blue] }
---
N {{= n }}.
`);
const empty = file('empty', '');
const absent = join(scratch, 'absent');
const binary = file('binary', Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 167) % 256)));
const bom = file('bom.json', '\ufeff{"n":1}');
const huge = file('huge', 'x'.repeat((8 << 20) + 1));

test('a file that cannot be read is named, with the reason and a code, and the exit code is 2', () => {
  for (const [path, reason] of [[absent, /No such file/], [scratch, /folder/]]) {
    for (const args of [['json', path], ['template', 'check', path], ['template', 'compile', path], ['verify', path, '--json'],
      ['template', 'render', path, '--values', bom], ['template', 'render', template, '--values', path], ['eval', '1', '--bindings', path]]) {
      const result = run(...args);
      assert.equal(result.code, 2, args.join(' '));
      const error = errorOf(result);
      assert.equal(error.code, 'input.unreadable');
      assert.equal(error.file, path);
      assert.match(error.message, reason);
      assert.match(result.err, /\(input\.unreadable\)/);
      assert.ok(result.err.includes(path));
    }
  }
  for (const args of [['template', 'import', absent], ['verify', absent]]) {
    const result = run(...args);
    assert.deepEqual([result.code, result.out], [2, ''], 'what goes to standard output is a template, or a report');
    assert.match(result.err, /absent: .*No such file.* \(input\.unreadable\)/);
  }
  const library = run('template', 'check', template, '--library', absent);
  assert.deepEqual([library.code, errorOf(library).code, errorOf(library).file], [2, 'input.unreadable', absent]);
});

test('of several files the others are checked although one cannot be read', () => {
  const bad = file('bad.md', '---\ntemplate: bad\nversion: 1\ntitle: Bad\n---\n{{= nothing }}\n');
  const result = run('template', 'check', absent, bad, template);
  assert.equal(result.code, 2, 'not everything was checked');
  const told = lines(result.out);
  assert.equal(told[0].error.code, 'input.unreadable');
  assert.ok(told.some(({ code, file: name }) => code === 'T402' && name === bad));
});

test('a folder of clauses that holds a link to nowhere, or to itself, is read all the same', () => {
  const folder = join(scratch, 'clauses');
  mkdirSync(folder);
  symlinkSync(folder, join(folder, 'loop'));
  symlinkSync(absent, join(folder, 'nowhere.md'));
  assert.equal(run('template', 'check', join(root, 'examples/templates/telehealth-consent.md'), '--library', folder).code, 0);
});

test('an empty, binary, foreign or too large file is an error with a code, never a guess', () => {
  const codes = (...args) => {
    const result = run(...args);
    return [result.code, ...lines(result.out).map((line) => line.error?.code ?? line.code)];
  };
  assert.deepEqual(codes('json', empty), [1, 'json.syntax']);
  assert.deepEqual(codes('json', binary), [1, 'text.not_utf8']);
  assert.deepEqual(codes('json', bom), [1, 'json.syntax']);
  assert.deepEqual(codes('json', huge), [1, 'json.too_large']);
  assert.deepEqual(codes('json', file('utf16', Buffer.from('\ufeff{}', 'utf16le'))), [1, 'text.not_utf8']);
  assert.deepEqual(codes('template', 'check', empty), [1, 'T250']);
  assert.deepEqual(codes('template', 'check', binary), [1, 'T107']);
  assert.deepEqual(codes('template', 'check', huge), [1, 'T750']);
  for (const path of [empty, binary, huge, bom]) {
    assert.deepEqual(codes('verify', path, '--json'), [2, 'bundle.bad_header'], path);
    const told = run('verify', path);
    assert.deepEqual([told.code, told.out], [2, '']);
    assert.match(told.err, /\(bundle\.bad_header\)/);
  }
});

test('a template with a byte order mark, or with the line ends of another system, is the same template', () => {
  const compiled = run('template', 'compile', file('lf.md', source)).out;
  assert.ok(compiled.length > 1000);
  for (const other of [file('bom.md', `\ufeff${source}`), file('crlf.md', source.replaceAll('\n', '\r\n'))]) {
    const result = run('template', 'compile', other);
    assert.equal(result.code, 0);
    const without = (text) => { const { source: _, ...rest } = JSON.parse(text); return rest.units.map(({ lock, ...unit }) => ({ ...unit, lock: lock?.content })); };
    assert.deepEqual(without(result.out), without(compiled));
  }
  assert.equal(run('json', file('crlf.json', '{"a":1}\r\n')).out, '{"a":1}');
});

test('values that do not fit are named by file and path', () => {
  const refused = (text) => {
    const path = file('v.json', text);
    const result = run('template', 'render', template, '--values', path);
    assert.equal(result.code, 1, text);
    const error = errorOf(result);
    assert.equal(error.file, path);
    return [error.code, error.path];
  };
  assert.deepEqual(refused('{"n":"1"}'), ['values.wrong_type', '/n']);
  assert.deepEqual(refused('{"n":1.0}'), ['json.number_not_integer', '/n']);
  assert.deepEqual(refused('{"n":99999999999999999999}'), ['json.number_not_integer', '/n']);
  assert.deepEqual(refused('{"n":1,"m":"50.00"}'), ['values.bad_money', '/m']);
  assert.deepEqual(refused('{"n":1,"m":["50.00","USD"]}'), ['values.currency_mix', '/m']);
  assert.deepEqual(refused('{"n":1,"d":"2026-02-30"}'), ['values.bad_date', '/d']);
  assert.deepEqual(refused('{"n":1,"p":"1Y"}'), ['values.bad_period', '/p']);
  assert.deepEqual(refused('{"n":1,"x":1}'), ['values.wrong_type', '/x']);
  assert.deepEqual(refused('{"n":1,"zz":2}'), ['template.unknown_field', '/zz']);
  assert.deepEqual(refused('{"n":1,"l":["red",3]}'), ['values.wrong_type', '/l/1']);
  assert.equal(refused('{"n":1,"n":2}')[0], 'json.duplicate_name');
  assert.equal(refused('[]')[0], 'schema.wrong_type');
  assert.equal(refused('')[0], 'json.syntax');
  assert.equal(refused('{"n":1}{"n":2}')[0], 'json.syntax');
});

test('what is missing is waited for, what a field forbids is said beside the text', () => {
  const render = (values) => run('template', 'render', template, '--values', file('w.json', values));
  for (const values of ['{}', '{"n":null}']) {
    const result = render(values);
    assert.equal(result.code, 3);
    assert.deepEqual(lines(result.err)[0], { fields: ['n'], pending: 'top.1' });
  }
  assert.deepEqual(lines(render('{"n":99,"l":["green"]}').err).map(({ field, code }) => [field, code]), [['n', 'field.too_large'], ['l', 'field.not_an_option']]);
  assert.equal(render('{"n":9,"l":["red","blue"]}').err, '', 'each item of a list is an option');
});

test('wrong usage says what is wrong, with a code, and the exit code is 2', () => {
  for (const [args, words] of [
    [['template', 'check', '--libary', 'x', template], /--libary is no option of template check/],
    [['template', 'check', template, '--values', bom], /--values is no option of template check/],
    [['template', 'check', template, '--library'], /--library needs a value/],
    [['template', 'check'], /which files/],
    [['template', 'render', template], /--values FILE/],
    [['template', 'render', template, '--values', bom, '--as', 'pdf'], /text, html or json/],
    [['template', 'render', template, template, '--values', bom], /one template/],
    [['template', 'render', template, '--values', bom, '--values', bom], /--values is there twice/],
    [['template', 'frob'], /check, compile/], [['template'], /check, compile/],
    [['verify'], /which bundle/], [['verify', bom, bom], /one bundle/], [['verify', bom, '--xml'], /--xml is no option/],
    [['json'], /one file/], [['json', bom, bom], /one file/],
    [['eval'], /which expression/], [['eval', '1', '2'], /one expression/], [['eval', '1', '--bindigns', bom], /--bindigns is no option/],
    [['eval', '1', '--bindings'], /needs a file/], [['eval', '--batch', bom], /nothing beside/],
    [[], /which command/], [['frob'], /frob is no command/],
  ]) {
    const result = run(...args);
    assert.deepEqual([result.code, result.out], [2, ''], args.join(' '));
    assert.match(result.err.split('\n')[0], words);
    assert.match(result.err, /\(input\.bad_argument\)\nusage: /);
  }
  const help = run('--help');
  assert.equal(help.code, 0);
  assert.match(help.out, /^usage: countersign template check/);
});

test('an answer that did not arrive is no answer: a full disk gives 2', { skip: !existsSync('/dev/full') && 'no /dev/full here' }, () => {
  const full = openSync('/dev/full', 'w');
  const result = spawnSync(program, ['json', file('small.json', '[1]')], { encoding: 'utf8', stdio: ['ignore', full, 'pipe'] });
  closeSync(full);
  assert.equal(result.status, 2);
  assert.ok(result.stderr.includes('(output.unwritable)'), result.stderr);
});

test('a batch answers each line by itself, whatever the others are', () => {
  const codes = (input) => batch(input).map(({ error }) => error?.code);
  assert.deepEqual(codes('{"expr":"1"}\r\n\r\n{"expr":"2"}\r\n'), [undefined, 'json.syntax', undefined]);
  assert.deepEqual(codes('\ufeff{"expr":"1"}\n{"expr":"1"}\n'), ['json.syntax', undefined]);
  assert.deepEqual(codes('[]\n7\n{}\n{"expr":1}\n'), ['schema.wrong_type', 'schema.wrong_type', 'schema.missing_member', 'schema.wrong_type']);
  assert.deepEqual(codes(`{"expr":"${'1+'.repeat(600000)}1"}\n${'['.repeat(200000)}\n{"expr":"3"}`), ['json.too_large', 'json.too_deep', undefined]);
  assert.deepEqual(batch('{"expr":"1","schema":7}')[0].error, { code: 'schema.wrong_type', message: 'A member has the wrong type: an object', path: '/schema' });
  const mismatch = batch('{"expr":"a","schema":{"vars":{"a":"int"}},"bindings":{"a":"x"}}')[0].error;
  assert.deepEqual([mismatch.code, mismatch.path], ['values.wrong_type', '/bindings/a']);
  assert.deepEqual(batch('{"expr":"a + 1.5","schema":{"vars":{"a":"decimal"}},"bindings":{"a":"9.95"}}'), [{ value: { decimalValue: '11.45' }, type: 'decimal' }]);
  assert.deepEqual(batch(''), []);
  const many = Object.fromEntries(Array.from({ length: 60000 }, (_, i) => [`a${i}`, 1]));
  assert.deepEqual(codes(`${JSON.stringify({ expr: 'a1', bindings: many })}\n{"expr":"1"}\n`), ['json.too_many_items', undefined], 'and at once');
});

test('bindings are a JSON object, and an empty file is none', () => {
  const told = (path) => { const result = run('eval', 'n', '--bindings', path); return [result.code, JSON.parse(result.out).error?.code]; };
  assert.deepEqual(told(empty), [1, 'json.syntax']);
  assert.deepEqual(told(bom), [1, 'json.syntax']);
  assert.deepEqual(told(binary), [1, 'text.not_utf8']);
  assert.deepEqual(told(huge), [1, 'json.too_large']);
  assert.equal(run('eval', '--bindings', file('n.json', '{"n":2}'), '-n').out, '{"value":{"int64Value":"-2"},"type":"int"}\n');
  assert.equal(run('eval', '--5').code, 0, 'two minus signs and a number are an expression');
});
