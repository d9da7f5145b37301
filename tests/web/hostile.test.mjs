// The hostile kit in wasm: the verifier of the package says of every case what the native one has to say, with a compiler
// and without.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { device } from './support.mjs';

const kit = new URL('../hostile/', import.meta.url);
const { cases } = JSON.parse(readFileSync(new URL('manifest.json', kit), 'utf8'));
const good = linesOf(readFileSync(new URL('base/good.bundle', kit)));

function linesOf(bytes) {
  const lines = [];
  for (let at = 0; ;) {
    const end = bytes.indexOf(10, at);
    lines.push(bytes.subarray(at, end < 0 ? bytes.length : end));
    if (end < 0) return lines;
    at = end + 1;
  }
}

/** A line that is exactly @N stands for line N of base/good.bundle. */
function expand(bytes) {
  const lines = linesOf(bytes).map((line) => {
    const number = line.length < 8 && line.toString('latin1').match(/^@(\d+)$/);
    return number ? good[Number(number[1]) - 1] : line;
  });
  return new Uint8Array(Buffer.concat(lines.flatMap((line, i) => (i ? [Buffer.from('\n'), line] : [line]))));
}

async function reportOf(countersign, file, recompile) {
  try {
    return await countersign.verify(expand(readFileSync(new URL(`cases/${file}`, kit))), { recompile });
  } catch (error) {
    return { verdict: 'unreadable', exitCode: 2, reasons: [{ code: error.code, severity: 'invalid' }], recipients: [] };
  }
}

for (const recompile of [false, true]) {
  test(`every hostile case has its verdict in wasm, ${recompile ? 'with' : 'without'} a compiler`, async () => {
    const countersign = await device();
    const wrong = [];
    for (const { file, verdict, exitCode, code, status, counts, needs } of cases) {
      if (needs === 'compiler' && !recompile) continue;
      const report = await reportOf(countersign, file, recompile);
      const codes = report.reasons.map((reason) => reason.code);
      const counting = report.recipients.filter((one) => one.signature?.counts).map((one) => one.id);
      const fits = report.verdict === verdict && report.exitCode === exitCode
        && (code === null ? report.reasons.every((reason) => reason.severity === 'notice') : codes.includes(code))
        && (status === undefined || report.envelope?.status === status)
        && (counts === undefined || counts.join() === counting.join());
      if (!fits) wrong.push(`${file}: ${report.verdict} ${report.envelope?.status} ${counting} ${codes}`);
    }
    assert.deepEqual(wrong, []);
  });
}
