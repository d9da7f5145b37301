// The house's own checks are tested on small houses made for the purpose: each rule broken once is named once.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';

const root = new URL('../..', import.meta.url).pathname;
const houses = [];
after(() => houses.forEach((house) => rmSync(house, { recursive: true, force: true })));

function build(files) {
  const house = mkdtempSync(join(tmpdir(), 'house-'));
  houses.push(house);
  cpSync(join(root, 'toolchain'), join(house, 'toolchain'), { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(house, name)), { recursive: true });
    writeFileSync(join(house, name), text);
  }
  return house;
}

function check(script, house, ...options) {
  const result = spawnSync('python3', [join(house, 'toolchain', script), ...options], { encoding: 'utf8' });
  return { status: result.status, output: result.stdout + result.stderr };
}

test('a room may include what stands below it, through others too', () => {
  const house = build({ 'core/template/a.cc': '#include "base/result.h"\n#include "json/value.h"\n' });
  assert.equal(check('check_layers.py', house).status, 0);
});

const broken = {
  'a room above': ['core/json/a.cc', '#include "log/event.h"\n', /json may not include log/],
  'a sideways room': ['core/log/a.cc', '#include "template/template.h"\n', /log may not include template/],
  'an unknown room': ['core/helpers/a.cc', '\n', /the room helpers is not in/],
  'iostream in core': ['core/base/a.cc', '#include <iostream>\n', /<iostream> has no place/],
  'a clock in core': ['core/base/a.cc', 'auto t = std::chrono::steady_clock::now();\nint x = clock_gettime(0, 0);\n', /clock_gettime\(\) has no place/],
  'nlohmann outside json': ['core/log/a.cc', '#include <nlohmann/json.hpp>\n', /only core\/json/],
  'nlohmann in a header': ['core/json/a.h', '#include <nlohmann/json.hpp>\n', /only core\/json/],
  'sodium outside crypto': ['core/log/a.cc', '#include <sodium.h>\n', /only core\/crypto/],
  'Emscripten in core': ['core/base/a.cc', '#include <emscripten.h>\n', /only wasm\/ knows/],
  'IndexedDB in web': ['web/src/store.ts', 'indexedDB.open("x");\n', /names indexedDB/],
  'a private import': ['examples/portal/a.mjs', "import { init } from '../../web/src/index.js';\n", /sees the package only by its name/],
  'a private dynamic import': ['examples/portal/a.mjs', "await import('../../dist/index.js');\n", /sees the package only by its name/],
  'CMake beyond the plan': ['core/json/CMakeLists.txt', 'countersign_room(json SOURCES a.cc DEPENDS base log)\n', /json may not depend on log/],
};
for (const [name, [file, text, expected]] of Object.entries(broken)) {
  test(`the layer check refuses ${name}`, () => {
    const { status, output } = check('check_layers.py', build({ [file]: text }));
    assert.equal(status, 1);
    assert.match(output, expected);
  });
}

test('a comment may name what code may not', () => {
  const house = build({ 'core/base/a.cc': '// #include <iostream> would cost; getenv() too\n' });
  assert.equal(check('check_layers.py', house).status, 0);
});

test('an example imports the package by its name, Node and its own files', () => {
  const text = "import 'countersign/elements/define';\nimport fs from 'node:fs';\nimport './own.js';\nimport '../shared/own.js';\n";
  assert.equal(check('check_layers.py', build({ 'examples/portal/a.mjs': text })).status, 0);
});

test('the picture in ARCHITECTURE.md must be the current plan, and --write makes it so', () => {
  const house = build({ 'ARCHITECTURE.md': '# Map\n\n<!-- layers -->\nold\n<!-- /layers -->\n\nafter\n' });
  assert.match(check('check_layers.py', house).output, /shows another plan/);
  check('check_layers.py', house, '--write');
  assert.equal(check('check_layers.py', house).status, 0);
  assert.match(readFileSync(join(house, 'ARCHITECTURE.md'), 'utf8'), /envelope +<- log document expression[^]*after/);
});

const codes = 'CS_ERROR(kTextNotUtf8, "text.not_utf8", "x")\nCS_ERROR(kTextTooLong, "text.too_long", "x")\n';

test('a code that no test names is refused', () => {
  const { status, output } = check('check_codes.py', build({
    'core/base/error_codes.def': codes, 'tests/unit/a_test.cc': 'ErrorCode::kTextNotUtf8' }));
  assert.equal(status, 1);
  assert.match(output, /no test names text\.too_long/);
  assert.doesNotMatch(output, /text\.not_utf8/);
});

test('a code that a test names by its text or enumerator is accepted', () => {
  const house = build({ 'core/base/error_codes.def': codes,
    'tests/unit/a_test.cc': 'ErrorCode::kTextNotUtf8', 'tests/vectors/a.json': '{"code":"text.too_long"}' });
  assert.equal(check('check_codes.py', house).status, 0);
});

test('a code of the outside that what signs gives is refused', () => {
  const house = build({ 'core/base/error_codes.def': codes + 'CS_ERROR_OUTSIDE(kPageLost, "page.lost", "x")\n',
    'core/log/a.cc': 'return ErrorCode::kPageLost;', 'core/evidence/a.cc': 'return ErrorCode::kPageLost;',
    'tests/a_test.cc': 'kTextNotUtf8 kTextTooLong kPageLost' });
  const { status, output } = check('check_codes.py', house);
  assert.equal(status, 1);
  assert.match(output, /core\/log\/a\.cc gives kPageLost/);
  assert.doesNotMatch(output, /evidence/);
});

test('a code listed twice is refused', () => {
  const house = build({ 'core/base/error_codes.def': codes + 'CS_ERROR(kOther, "text.too_long", "x")\n',
    'tests/a_test.cc': 'kTextNotUtf8 kTextTooLong kOther' });
  assert.match(check('check_codes.py', house).output, /listed twice: text\.too_long/);
});

test('./run alone lists its verbs, and refuses one that it does not have', () => {
  const alone = spawnSync(join(root, 'run'), { encoding: 'utf8' });
  assert.equal(alone.status, 0);
  for (const verb of ['setup', 'demo', 'test', 'test-long', 'bench', 'cli', 'clean']) assert.match(alone.stdout, new RegExp(`^  ${verb} `, 'm'));
  const unknown = spawnSync(join(root, 'run'), ['fly'], { encoding: 'utf8' });
  assert.equal(unknown.status, 1);
  assert.match(unknown.stderr, /there is no verb "fly"/);
});
