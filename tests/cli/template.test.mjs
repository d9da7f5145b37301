// countersign template check, compile, render and json: forms and exit codes that scripts build on.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const root = new URL('../..', import.meta.url).pathname;
const program = join(root, 'build/countersign');
const scratch = mkdtempSync(join(tmpdir(), 'template-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

function run(...args) {
  const result = spawnSync(program, args, { encoding: 'utf8' });
  return { code: result.status, out: result.stdout, err: result.stderr };
}
function file(name, text) {
  const path = join(scratch, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}
const lines = (text) => text.split('\n').filter(Boolean).map((line) => JSON.parse(line));

test('a LegalDown document is checked with the files it names, each problem in its file', () => {
  const main = file('legal/main.lgd', `---
title: Contract
sides:
  - name: sellers
    parties: [{ name: acme, type: legal_entity, legal_name: Acme Ltd }]
  - name: buyers
    parties: [{ name: beta, type: natural_person, legal_name: Beta }]
---
# Scope {#scope}

{{include: parts/more.lgd}}
`);
  file('legal/parts/more.lgd', 'Words.\n\n## More {#more}\n\nSee {{ref: nowhere}}.\n');
  const wrong = run('template', 'check', main);
  assert.equal(wrong.code, 1);
  const [problem] = lines(wrong.out);
  assert.equal(problem.rule, 'ref-broken');
  assert.equal(problem.file, join(scratch, 'legal/parts/more.lgd'));
  assert.equal(problem.span.line, 5);
  file('legal/parts/more.lgd', 'Words.\n\n## More {#more}\n\nSee {{ref: scope}}.\n');
  assert.deepEqual(run('template', 'check', main), { code: 0, out: '', err: '' });
  const made = run('template', 'import', main);
  assert.equal(made.code, 0);
  assert.match(made.out, /\{\{sign: acme-signature, role=acme\}\}/);
  const shown = run('template', 'render', main, '--values', file('legal/none.json', '{}'));
  assert.match(shown.out, /1\.1 More\n\nSee 1\./);
});

test('a LegalDown template is rendered with its own answers set, and final only without questions', () => {
  const main = file('lease/main.lgd', `---
title: Lease
questions:
  pets:
    type: boolean
    default: false
  notice:
    type: duration
sides:
  - name: owners
    parties: [{ name: anna, type: natural_person, legal_name: Anna }]
  - name: tenants
    parties: [{ name: tom, type: natural_person, legal_name: Tom }]
---
# Pets {#pets when=pets}

Welcome.

# Pets {#pets when=!pets}

None.

# Notice

{{placeholder: notice}} end the lease; section {{ref: pets}} stays.
`);
  assert.deepEqual(run('template', 'check', main), { code: 0, out: '', err: '' });
  const render = (answers) => run('template', 'render', main, '--values', file('lease/answers.json', JSON.stringify(answers)));
  assert.match(render({ notice: { value: 30, unit: 'D' } }).out, /1\. Pets\n\nNone\.\n\n2\. Notice\n\n30 days end the lease; section 1 stays\./);
  assert.match(render({ pets: true, notice: 'P6M' }).out, /1\. Pets\n\nWelcome\.\n\n2\. Notice\n\n6 months end/);
  assert.equal(render({ pets: 'perhaps' }).code, 1);
  const final = run('template', 'check', main, '--final');
  assert.equal(final.code, 1);
  assert.deepEqual([...new Set(lines(final.out).map(({ rule }) => rule))].sort(), ['placeholder-unfilled', 'template-construct-present']);
  assert.equal(run('template', 'check', file('lease/ours.md', 'x'), '--final').code, 2);
});

const front = `---
template: order
version: 1
title: Order
roles: { customer: { label: Customer, signs: true } }
fields:
  seats: { type: int, label: Seats }
  price: { type: money, currency: EUR, label: Price }
---
`;
const body = `# Price {#price}

{{= seats }} seats, {{= price * seats | money }}.

Large order. {#large when="seats > 100"}

{{sign: mark, role=customer}}
`;
const good = file('good.md', front + body);
const values = file('values.json', '{"seats":120,"price":["50.00","EUR"]}');

test('the demo templates check without a word', () => {
  const examples = ['saas-upgrade', 'telehealth-consent', 'sla-amendment'].map((name) => join(root, `examples/templates/${name}.md`));
  assert.deepEqual(run('template', 'check', ...examples), { code: 0, out: '', err: '' });
});

test('every problem of every file is a line of JSON, and the exit code is 1', () => {
  const bad = file('bad.md', `${front}{{= saets }}\n\n<b>x</b>\n`);
  const result = run('template', 'check', good, bad);
  assert.equal(result.code, 1);
  const found = lines(result.out).filter(({ severity }) => severity === 'error');
  assert.deepEqual(found.map(({ code, file: name, span }) => [code, name, span.line]), [['T402', bad, 10], ['T257', bad, 12], ['T257', bad, 12]]);
  assert.equal(found[0].hint, "Did you mean 'seats'?");
  assert.deepEqual(found[0].fix, { byte: found[0].span.byte, text: 'seats' });
  assert.equal(found[0].excerpt, '{{= saets }}');
  assert.equal(found[0].caret, 4);
});

test('warnings alone exit 0', () => {
  const result = run('template', 'check', file('warn.md', front + '{{= seats }}\n'));
  assert.equal(result.code, 0);
  assert.deepEqual(lines(result.out).map(({ code, severity }) => [code, severity]), [['T508', 'warning']]);
});

test('a locked clause is compared with the library', () => {
  const library = join(scratch, 'library');
  file('library/a/liability.md', '---\nclause: liability\nstatus: approved\n---\n# Liability\n\nThe fees of one year.\n');
  const locked = (text) => file('locked.md', `${front}{{= seats }} {{= price }}\n\n# Liability {#liability lock}\n\n${text}\n`);
  assert.equal(run('template', 'check', locked('The fees of one year.'), '--library', library).code, 0);
  const differs = run('template', 'check', locked('The fees of two years.'), '--library', library);
  assert.equal(differs.code, 1);
  assert.equal(lines(differs.out)[0].code, 'T801');
});

test('check --fix repairs what is safe, says what it changed, and leaves the rest', () => {
  const source = `${front}{{= saets }} {{= price | mony }}\n\n{{sign: mark, role=customer}}\n\n1. a\n3. b\n9. c\n`;
  const path = file('fix/repair.md', source);
  chmodSync(path, 0o640);
  const dry = run('template', 'check', path, '--fix', '--dry-run');
  assert.equal(readFileSync(path, 'utf8'), source, 'nothing is written');
  const result = run('template', 'check', path, '--fix');
  assert.deepEqual(result, dry, 'and the same is said');
  assert.equal(result.code, 1, 'an error is left');
  const said = lines(result.out);
  assert.deepEqual(said.map(({ changed, code }) => changed ? [changed.code, changed.line, changed.before, changed.after] : [code]),
    [['T402', 10, 'saets', 'seats'], ['T451', 10, 'mony', 'money'], ['T265'], ['T265']]);
  assert.equal(readFileSync(path, 'utf8'), source.replace('saets', 'seats').replace('mony', 'money'));
  assert.equal(statSync(path).mode & 0o777, 0o640);
  assert.deepEqual(readdirSync(join(path, '..')), ['repair.md']);
  const again = run('template', 'check', path, '--fix');
  assert.deepEqual(lines(again.out).map(({ code }) => code), ['T265', 'T265'], 'twice changes nothing more');
  assert.equal(run('template', 'check', good, '--fix').out, '');
});

test('import turns an agreement into a template and lists every change', () => {
  const agreement = file('loan.md', '# Loan\n\n## Amount\n<label>In euros</label>\n\n[Fill in amount]\n\n## Term\n- [x] Until [2030].\n- [ ] For ever.\n\n'
    + '1. The <span class="coverpage_link">Lender</span> lends.\n   a. Once.\n');
  const out = join(scratch, 'loan-template.md');
  const result = run('template', 'import', agreement, '-o', out);
  assert.equal(result.code, 0, result.out + result.err);
  assert.equal(result.err, '');
  const changes = lines(result.out).map(({ changed }) => changed);
  assert.deepEqual(changes.find(({ rule }) => rule === 'term'), { file: agreement, line: 12, message: "'Lender' stays as the name of a term; the cover page says what it is", rule: 'term' });
  assert.deepEqual([...new Set(changes.map(({ rule }) => rule))].sort(), ['choice', 'cover', 'front-matter', 'heading', 'label', 'list', 'placeholder', 'signatures', 'term']);
  assert.equal(run('template', 'check', out).out, '', 'nothing is left to say about it');
  const given = file('loan.json', '{"amount":"1,000 euros","termChoice":"option2","term":"2030","lender":"Anna"}');
  const text = run('template', 'render', out, '--values', given);
  assert.equal(text.code, 0, text.err);
  assert.match(text.out, /1,000 euros/);
  assert.match(text.out, /For ever\./);
  assert.doesNotMatch(text.out, /Until/);
  const printed = run('template', 'import', agreement);
  assert.equal(printed.out, readFileSync(out, 'utf8'), 'without -o the template is printed');
  assert.deepEqual(printed.err, result.out, 'and the changes go to the error stream');
  const struck = file('struck.md', 'It is <s>not</s> due.\n');
  assert.equal(lines(run('template', 'import', struck, '-o', out).out).find(({ code }) => code === 'T257').file, out, 'problems are those of the file that was written');
  assert.equal(lines(run('template', 'import', struck).err).find(({ code }) => code === 'T257').file, '<stdout>');
});

test('import says what it cannot read', () => {
  const path = join(scratch, 'binary.md');
  writeFileSync(path, Buffer.from([0xff, 0xfe, 0x00]));
  const result = run('template', 'import', path, '-o', join(scratch, 'never-written.md'));
  assert.equal(result.code, 1);
  assert.equal(lines(result.out)[0].code, 'T107');
  assert.ok(!readdirSync(scratch).includes('never-written.md'));
});

test('the analysis warns, and a warning is no error', () => {
  const path = file('never.md', `${front}{{= seats }} {{= price }}\n\nx {when="seats > 3 && seats < 4"}\n\n{{sign: mark, role=customer}}\n`);
  const result = run('template', 'check', path);
  assert.equal(result.code, 0);
  assert.deepEqual(lines(result.out).map(({ code, rule, severity }) => [code, rule, severity]), [['T501', 'condition-never-true', 'warning']]);
});

test('render prints text, HTML or the document', () => {
  const text = run('template', 'render', good, '--values', values);
  assert.equal(text.code, 0, text.err);
  assert.equal(text.out, 'Order\n\n1. Price\n\n120 seats, €6,000.00.\n\nLarge order.\n\n[Signature (Customer)]\n');
  const html = run('template', 'render', good, '--values', values, '--as', 'html');
  assert.equal(html.code, 0);
  assert.match(html.out, /^<article class="countersign-document" lang="en"><h1>Order<\/h1>/);
  assert.match(html.out, /&#x20AC;6,000\.00/);
  const json = run('template', 'render', good, '--values', values, '--as', 'json');
  assert.equal(json.code, 0);
  assert.equal(JSON.parse(json.out).format, 'countersign-document/v1');
  assert.equal(run('template', 'render', good, '--values', values, '--as', 'json').out, json.out, 'the same bytes every time');
});

test('what is kept together on paper says so in the HTML and the document, and nowhere in the text', () => {
  const kept = file('kept.md', front + body.replace('seats > 100"}', 'seats > 100" keep}'));
  assert.deepEqual(run('template', 'check', kept), { code: 0, out: '', err: '' });
  const as = (form) => run('template', 'render', kept, '--values', values, '--as', form).out;
  assert.match(as('html'), /<p id="unit-large" data-keep>Large order\.<\/p>/);
  assert.match(as('json'), /\{"paragraph":\{"id":"large","keep":true,"text":\["Large order\."\]\}\}/);
  assert.equal(as('text'), run('template', 'render', good, '--values', values, '--as', 'text').out);
});

test('render exits 3 while a unit waits for an answer, and says for which', () => {
  const result = run('template', 'render', good, '--values', file('part.json', '{"price":["50.00","EUR"]}'));
  assert.equal(result.code, 3);
  assert.match(result.out, /\[Seats\] seats/);
  assert.deepEqual(lines(result.err).filter(({ pending }) => pending), [{ fields: ['seats'], pending: 'price.1' }, { fields: ['seats'], pending: 'large' }]);
});

test('render names a value that is unknown or of the wrong type', () => {
  const unknown = run('template', 'render', good, '--values', file('unknown.json', '{"saets":1}'));
  assert.equal(unknown.code, 1);
  assert.equal(JSON.parse(unknown.out).error.code, 'template.unknown_field');
  const wrong = run('template', 'render', good, '--values', file('wrong.json', '{"price":["50.00","USD"]}'));
  assert.equal(wrong.code, 1);
  assert.equal(JSON.parse(wrong.out).error.path, '/price');
  const both = run('template', 'render', good, '--values', file('both.json', '\ufeff{"price":["50.00","USD"],"saets":1,"seats":7}'));
  assert.equal(both.code, 1);
  assert.deepEqual(lines(both.out).map(({ error }) => [error.code, error.path]), [['values.currency_mix', '/price'], ['template.unknown_field', '/saets']]);
  const broken = run('template', 'render', file('broken.md', '---\n'), '--values', values);
  assert.equal(broken.code, 1);
  assert.equal(lines(broken.out)[0].code, 'T250');
});

test('what stands in a field until somebody changes it is rendered, unless the values say null', () => {
  const path = file('default.md', `${front.slice(0, -4)}  plan: { type: string, label: Plan, default: Team }\n---\n{{= plan }}\n\n{{sign: mark, role=customer}}\n`);
  const shown = (plain) => run('template', 'render', path, '--values', file('default.json', JSON.stringify(plain)));
  assert.match(shown({}).out, /\n\nTeam\n/);
  assert.match(shown({ plan: 'Business' }).out, /\n\nBusiness\n/);
  assert.match(shown({ plan: null }).out, /\n\n\[Plan\]\n/);
});

test('render refuses a text that is not what it looks like', () => {
  const path = file('text.md', `${front.slice(0, -4)}  name: { type: string, label: Name }\n---\n{{= name }}\n\n{{sign: mark, role=customer}}\n`);
  for (const name of ['ACME\0', 'ACME\u202e', 'a\rb']) {
    const result = run('template', 'render', path, '--values', file('text.json', JSON.stringify({ name })));
    assert.equal(result.code, 1, JSON.stringify(name));
    assert.deepEqual(lines(result.out).map(({ error }) => [error.code, error.path]), [['field.bad_text', '/name']]);
  }
  assert.equal(run('template', 'render', path, '--values', file('text.json', JSON.stringify({ name: 'ACME\n\tGmbH' }))).code, 0);
});

test('render refuses values that are no answers, prints the text all the same, and tells errors from warnings', () => {
  const path = file('refused.md', `---
template: t
version: 1
roles: { customer: { label: Customer, signs: true } }
fields:
  n: { type: int, label: N, max: 10 }
  p: { type: string, label: P, options: [A, B] }
validations:
  - { check: "n < 5", message: "Stop.", field: n }
  - { check: "n < 3", message: "Careful.", level: warning }
---
{{= n }} {{= p }} {{sign: mark, role=customer}}
`);
  const given = (plain) => run('template', 'render', path, '--values', file('refused.json', JSON.stringify(plain)));
  const said = (result) => lines(result.err).filter(({ code }) => code !== 'field.required')
    .map(({ field, validation, level, code }) => [field ?? validation, level, code]);
  assert.equal(given({ n: 1, p: 'A' }).code, 0, 'nobody has signed yet');
  assert.deepEqual(said(given({ n: 1, p: 'A' })), []);
  const warned = given({ n: 4, p: 'A' });
  assert.equal(warned.code, 0);
  assert.deepEqual(said(warned), [['v2', 'warning', 'field.check_failed']]);
  const stopped = given({ n: 5, p: 'A' });
  assert.equal(stopped.code, 1);
  assert.deepEqual(said(stopped), [['v1', 'error', 'field.check_failed'], ['v2', 'warning', 'field.check_failed']]);
  const limit = given({ n: 11, p: 'Z' });
  assert.equal(limit.code, 1);
  assert.match(limit.out, /\n11 Z /);
  assert.deepEqual(said(limit).slice(0, 2).map(([name]) => name), ['n', 'p']);
  assert.equal(given({ n: 11 }).code, 1, 'what is refused comes before what is open');
  assert.equal(given({ n: 1 }).code, 3);
});

test('line ends of another system are line ends in the values of render, too', () => {
  const path = file('crlf.md', `${front.slice(0, -4)}  name: { type: string, label: Name }\n---\n{{= name }}\n\n{{sign: mark, role=customer}}\n`);
  const shown = run('template', 'render', path, '--values', file('crlf.json', JSON.stringify({ name: 'Street 1\r\nVienna' })));
  assert.equal(shown.code, 0);
  assert.match(shown.out, /Street 1\nVienna/);
});

test('render tells every problem of a paragraph, each with its expression', () => {
  const path = file('problems.md', `---
template: t
version: 1
fields:
  d: { type: decimal, label: D }
  z: { type: decimal, label: Z }
---
{{= d | number(0) }} {{= d / z }} **{{= d + 1 }}** {{= d / 7 | number(2) }}
`);
  const result = run('template', 'render', path, '--values', file('problems.json', '{"d":"1.5","z":"0"}'));
  assert.equal(result.code, 1);
  assert.deepEqual(lines(result.err).map(({ problem, expression }) => [problem, expression]), [['top.1', 'd'], ['top.1', 'd / z'], ['top.1', 'd / 7']]);
});

test('a placeholder with a hyphen is named where a value has its name', () => {
  const path = file('forum.md', '---\ntemplate: t\nversion: 1\n---\n{{placeholder: forum-city}}\n');
  const result = run('template', 'render', path, '--values', file('forum.json', '{"forum-city":"Graz"}'));
  assert.equal(result.code, 1);
  assert.match(JSON.parse(result.out).error.message, /forum_city/);
});

test('compile writes the bytes that envelopes carry, the same every time', () => {
  const first = run('template', 'compile', good);
  assert.equal(first.code, 0);
  assert.equal(JSON.parse(first.out).format, 'countersign-template/v1');
  assert.equal(run('template', 'compile', good).out, first.out);
  assert.equal(run('template', 'compile', file('broken.md', '---\n')).code, 1);
});

test('json writes canonical bytes, or an error with its code', () => {
  const canonical = run('json', file('a.json', ' { "b" : [1, 2], "a" : "\\u00e9" } '));
  assert.deepEqual(canonical, { code: 0, out: '{"a":"é","b":[1,2]}', err: '' });
  const double = run('json', file('b.json', '{"a":1.5}'));
  assert.equal(double.code, 1);
  assert.equal(JSON.parse(double.out).error.code, 'json.number_not_integer');
  assert.equal(run('json', file('c.json', '{"a":1,"a":2}')).code, 1);
  assert.equal(run('json', file('d.json', '')).code, 1);
});

test('wrong usage and files that are not there exit 2', () => {
  for (const args of [[], ['nonsense'], ['template'], ['template', 'check'], ['template', 'render', good], ['json'], ['json', join(scratch, 'nothing')],
    ['template', 'check', join(scratch, 'nothing')], ['template', 'render', good, '--values', values, '--as', 'pdf'], ['template', 'check', good, '--library', join(scratch, 'nothing')],
    ['template', 'check', good, '--dry-run'], ['template', 'compile', good, '--fix'], ['template', 'import'], ['template', 'import', good, '--fix'], ['template', 'check', good, '-o', 'x']]) {
    const result = run(...args);
    assert.equal(result.code, 2, args.join(' '));
    assert.notEqual(result.err, '');
  }
});

test('reference prints the language reference that the repository holds', () => {
  const { code, out } = run('template', 'reference');
  assert.equal(code, 0);
  assert.equal(out, readFileSync(join(root, 'core/LANGUAGE.md'), 'utf8'));
  assert.equal(run('template', 'reference', 'more').code, 2);
});

test('a clause of the library is included, pinned and refused where it is not approved', () => {
  const clauses = join(root, 'examples/templates/clauses');
  assert.equal(run('template', 'check', join(root, 'examples/templates/saas-upgrade.md'), '--library', clauses).out, '', 'what it locks is what the library approved');
  const text = (variant) => `---\ntemplate: t\nversion: 1\nroles: { customer: { label: Customer, signs: true } }\n---\n{{include: support, variant="'${variant}'"}}\n\n{{sign: s, role=customer}}\n`;
  const path = file('included.md', text('premium'));
  const found = run('template', 'check', path, '--library', clauses, '--fix');
  assert.equal(found.code, 0);
  assert.match(readFileSync(path, 'utf8'), /pin="sha256:[0-9a-f]{64}"/);
  assert.equal(run('template', 'check', path, '--library', clauses).out, '');
  const compiled = JSON.parse(run('template', 'compile', path, '--library', clauses).out);
  assert.equal(compiled.library.length, 2, 'both approved variants are part of the agreement');
  assert.equal(compiled.locks.length, 2);
  const values = file('none.json', '{}');
  assert.match(run('template', 'render', path, '--library', clauses, '--values', values).out, /within one hour/);
  const draft = run('template', 'check', file('draft.md', text('bespoke')), '--library', clauses);
  assert.equal(draft.code, 1);
  assert.ok(lines(draft.out).some(({ code }) => code === 'T802'));
  assert.equal(lines(run('template', 'check', path).out)[0].code, 'T470', 'without the library');
});
