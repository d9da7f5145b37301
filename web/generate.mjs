// Writes web/src/generated/error-codes.ts and sentences.ts from core/base/error_codes.def, the only list of codes.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const root = new URL('..', import.meta.url);

function writeIfNew(name, text) {
  const folder = new URL('web/src/generated/', root);
  mkdirSync(folder, { recursive: true });
  const target = new URL(name, folder);
  let before = '';
  try {
    before = readFileSync(target, 'utf8');
  } catch {
    // The first time.
  }
  if (before !== text) writeFileSync(target, text);
}

export function generateErrorCodes() {
  const definitions = readFileSync(new URL('core/base/error_codes.def', root), 'utf8');
  const codes = [...definitions.matchAll(/^CS_ERROR(?:_OUTSIDE)?\(\w+,\s*"([a-z0-9_.]+)",\s*"((?:[^"\\]|\\.)*)"\)/gms)];
  const members = codes.map(([, code]) => `  | '${code}'`).join('\n');
  const text =
    '// Made by web/generate.mjs from core/base/error_codes.def. Do not edit.\n' +
    '/** Every code that an error of Countersign may carry. A code never changes its meaning. */\n' +
    `export type ErrorCode =\n${members};\n`;
  // A C++ literal of the list is a JSON literal too: quotes and backslashes are all it escapes.
  const sentences = codes.map(([, code, sentence]) => `  '${code}': ${JSON.stringify(JSON.parse(`"${sentence}"`))},`).join('\n');
  writeIfNew('error-codes.ts', text);
  writeIfNew('sentences.ts', `// Made by web/generate.mjs from core/base/error_codes.def. Do not edit.\nexport const sentences = {\n${sentences}\n} as const;\n`);
  return codes.map(([, code]) => code);
}

if (process.argv[1] && import.meta.url === new URL(`file://${process.argv[1]}`).href) generateErrorCodes();
