// A contract of 60 clauses (40 under a condition, 80 printed values): compiling it, printing it whole, and answering one
// keystroke, through the package as a page uses it, beside template engines and CEL engines that only put its text together.
// The peers have no types, no check of the template and no document: what they print is the same text, plain.
import { celEnv, parse as parseBuf, plan } from '@bufbuild/cel';
import { Environment } from '@marcbachmann/cel-js';
import Docxtemplater from 'docxtemplater';
import Handlebars from 'handlebars';
import { Liquid } from 'liquidjs';
import PizZip from 'pizzip';
import { compile, device } from '../web/support.mjs';
import { judge, own, seconds, table } from './measure.mjs';

const source = own('release', 'template', ['--source']);
const given = { country: 'DE', customerName: 'Hansa Robotics GmbH', seats: 120, start: '2027-01-01', unitPrice: ['39.90', 'EUR'], uptime: '99.5', vip: false };

// For the others: what stands before the first clause, then each clause with its condition, by the number of its kind.
const body = source.slice(source.indexOf('---', 4) + 4).replace(/\{\{sign:[^}]*\}\}\n/, '');
const [preamble, ...parts] = body.split(/^# /m);
const clauses = parts.map((part) => {
  const [, title, condition, text] = /^([^{]*)\{#\w+(?: when="([^"]*)")?\}\n\n([^]*)$/.exec(part);
  return { title: title.trim(), condition: condition ?? null, text };
});
const names = [...new Set(clauses.map(({ condition }) => condition).filter(Boolean))];
const inCel = (condition) => condition.replace(/money\('([\d.]+)', 'EUR'\)/, '$1');
const date = (text) => new Intl.DateTimeFormat('en', { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(text));
const money = (amount) => new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' }).format(amount);
const formats = { money: cached(money), number: cached((value) => new Intl.NumberFormat('en').format(value)), date: cached(date) };
// Making a formatter costs the peers more than anything else they do; none of it is measured.
function cached(format) {
  const known = new Map();
  return (value) => known.get(value) ?? (known.set(value, format(value)), known.get(value));
}
const dataFor = (seats) => ({ ...given, seats, unitPrice: 39.9, uptime: 99.5, monthly: seats * 39.9, annual: seats * 39.9 * 12 });
const hold = {
  'seats > 100': (d) => d.seats > 100, 'uptime >= 99.9': (d) => d.uptime >= 99.9, vip: (d) => d.vip,
  "country == 'DE' && seats >= 10": (d) => d.country === 'DE' && d.seats >= 10,
  "annual > money('50000.00', 'EUR')": (d) => d.annual > 50000, "country in ['DE', 'FR', 'ES']": (d) => ['DE', 'FR', 'ES'].includes(d.country),
};
const printed = (text, print) => text.replace(/\{\{= (\w+)(?: \| (\w+))? \}\}/g, (_, name, format) => print(name, format));

function handlebars() {
  for (const [name, format] of Object.entries(formats)) Handlebars.registerHelper(name, format);
  const template = preamble + clauses.map(({ title, condition, text }) => `${condition === null ? '' : `{{#if c${names.indexOf(condition)}}}`}# ${title}\n\n${text}${condition === null ? '' : '{{/if}}'}`).join('');
  const written = printed(template, (name, format) => (format ? `{{{${format} ${name}}}}` : `{{{${name}}}}`));
  const context = (data) => ({ ...data, ...Object.fromEntries(names.map((name, i) => [`c${i}`, hold[name](data)])) });
  const make = () => Handlebars.compile(written);
  const render = make();
  return { compile: () => { make()(context(dataFor(120))); }, render: (seats) => render(context(dataFor(seats))) };
}
function liquid() {
  const engine = new Liquid();
  for (const [name, format] of Object.entries(formats)) engine.registerFilter(name, format);
  const inLiquid = { ...Object.fromEntries(names.map((name) => [name, name.replace(/ && /, ' and ').replace(/'/g, '"')])), "annual > money('50000.00', 'EUR')": 'annual > 50000', "country in ['DE', 'FR', 'ES']": 'eu contains country' };
  const template = preamble + clauses.map(({ title, condition, text }) => `${condition === null ? '' : `{% if ${inLiquid[condition]} %}`}# ${title}\n\n${text}${condition === null ? '' : '{% endif %}'}`).join('');
  const written = printed(template, (name, format) => `{{ ${name}${format ? ` | ${format}` : ''} }}`);
  const parsed = engine.parse(written);
  return { compile: () => { engine.parse(written); }, render: (seats) => engine.renderSync(parsed, { ...dataFor(seats), eu: ['DE', 'FR', 'ES'] }) };
}
/** Conditions and values by a CEL engine, the text put together around them. `make(expression)` answers a function of the data. */
function cel(make, data) {
  const build = () => {
    const pieces = [];
    const push = (text, condition) => {
      let at = 0;
      for (const { 0: tag, 1: name, 2: format, index } of text.matchAll(/\{\{= (\w+)(?: \| (\w+))? \}\}/g)) {
        pieces.push({ condition, text: text.slice(at, index) }, { condition, value: make(name), format: formats[format] ?? String });
        at = index + tag.length;
      }
      pieces.push({ condition, text: text.slice(at) });
    };
    push(preamble, null);
    for (const { title, condition, text } of clauses) push(`# ${title}\n\n${text}`, condition === null ? null : make(inCel(condition)));
    return pieces;
  };
  const pieces = build();
  return {
    compile: build,
    render: (seats) => {
      const scope = data(seats);
      const known = new Map();
      let out = '';
      for (const { condition, text, value, format } of pieces) {
        if (condition !== null) {
          if (!known.has(condition)) known.set(condition, condition(scope));
          if (!known.get(condition)) continue;
        }
        out += value ? format(Number.isNaN(Number(value(scope))) ? value(scope) : typeof value(scope) === 'string' ? value(scope) : Number(value(scope))) : text;
      }
      return out;
    },
  };
}
const celData = (seats) => ({ ...dataFor(seats), seats: BigInt(seats) });
function docx() {
  const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const paragraph = (text) => `<w:p><w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`;
  const lines = (text) => text.split('\n').filter(Boolean).map((line) => paragraph(printed(escape(line), (name, format) => `{${name}${format ? `_${format}` : ''}}`))).join('');
  const content = lines(preamble) + clauses.map(({ title, condition, text }) => (condition === null ? '' : paragraph(`{#c${names.indexOf(condition)}}`)) + paragraph(title) + lines(text) + (condition === null ? '' : paragraph(`{/c${names.indexOf(condition)}}`))).join('');
  const zip = () => {
    const file = new PizZip();
    file.file('[Content_Types].xml', '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>');
    file.file('_rels/.rels', '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>');
    file.file('word/document.xml', `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${content}</w:body></w:document>`);
    return file;
  };
  const context = (data) => ({
    ...data, start_date: formats.date(data.start), monthly_money: formats.money(data.monthly), annual_money: formats.money(data.annual), seats_number: formats.number(data.seats), uptime_number: formats.number(data.uptime),
    ...Object.fromEntries(names.map((name, i) => [`c${i}`, hold[name](data)])),
  });
  const render = (seats) => new Docxtemplater(zip(), { paragraphLoop: true }).render(context(dataFor(seats))).getFullText();
  return { compile: null, render };
}

const engine = await device();
const template = await compile(engine, source);
const assembly = template.assemble(given);
let seats = 101;
const next = () => (seats = seats === 180 ? 101 : seats + 1);
const language = { compileBuf: (expression) => plan(bufEnv, parseBuf(expression)) };
const bufEnv = celEnv();
const marc = new Environment({ unlistedVariablesAreDyn: true });
const peers = {
  '@marcbachmann/cel-js 8.0.0 and joining': cel((expression) => marc.parse(expression), celData),
  '@bufbuild/cel 0.6.1 and joining': cel(language.compileBuf, celData),
  'Handlebars 4.7.10 (precompiled)': handlebars(),
  'LiquidJS 10.30.1': liquid(),
  'docxtemplater 3.71.0 (no zip)': docx(),
};

// The same agreement: the words of the first clause under a condition stand in all of them or in none.
const words = (text) => text.replace(/<[^>]*>/g, ' ').replace(/&#?\w+;|[^\p{L}\p{N}]+/gu, ' ').trim().split(' ').length;
const expected = words(assembly.text());
for (const [name, peer] of Object.entries(peers)) {
  const got = words(String(peer.render(120)));
  if (Math.abs(got - expected) > expected / 10) throw new Error(`${name} printed ${got} words instead of about ${expected}`);
}

const rounds = 201;
const us = (time) => `${(time * 1e6).toFixed(1)} us`;
const compiled = new TextEncoder().encode(source).length;
const whole = seconds(rounds, () => { assembly.set({ seats: next() }); assembly.html(); });
const keystroke = seconds(rounds, () => { assembly.set({ seats: next() }); });
const check = [];
for (let i = -5; i < 15; i += 1) {
  const start = performance.now();
  const { template: one } = await engine.templates.compile(source);
  if (i >= 0) check.push((performance.now() - start) / 1000);
  one.close();
}
check.sort((a, b) => a - b);
const rows = [['countersign, wasm, through the package', us(check[7]), us(whole), us(keystroke), '1.0']];
for (const [name, peer] of Object.entries(peers)) {
  const slow = name.startsWith('docx') ? 9 : rounds;
  const render = seconds(slow, () => { peer.render(next()); });
  rows.push([name, peer.compile ? us(seconds(15, peer.compile)) : '(in the next)', us(render), us(render), (render / whole).toFixed(1)]);
}
table([`engine (a template of ${(compiled / 1000).toFixed(1)} kB)`, 'compile (ours: and check, and open)', 'a value changes, the whole to a string', 'a value changes, what the page needs for it', 'whole, to ours'], rows);
console.log('\nOurs answers a keystroke with patches and prints numbered, escaped HTML; the others print plain text again, whole.');
judge([
  ['60 clauses, a value changes, the whole to a JS string (wasm, through the package)', whole * 1e6, 'at most', 20, 'us'],
  ['60 clauses, a keystroke to patches (wasm, through the package)', keystroke * 1e6, 'at most', 1000, 'us'],
  ['compile, check and open the template (wasm, through the package)', check[7] * 1e6, 'at most', 2000, 'us'],
]);
await engine.close();
