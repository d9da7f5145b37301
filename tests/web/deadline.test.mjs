// Until when an agreement can be signed: the template's period, counted by the core from the moment its sender sends it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { codeOf, compile, device, source } from './support.mjs';

const expiring = (period) => source.replace('computed:', `workflow: { expires: ${period} }\ncomputed:`);

test('a template says until when it can be signed, by the calendar', async () => {
  const engine = await device();
  const after = async (period, at) => (await compile(engine, expiring(period))).deadline(new Date(at));
  assert.equal(await after('P30D', '2026-11-22T12:00:00.500Z'), '2026-12-22T12:00:00Z');
  assert.equal(await after('P1M', '2027-01-31T12:00:00Z'), '2027-02-28T12:00:00Z', 'the last day of the next month');
  assert.equal(await after('P1Y2M10D', '2026-11-22T23:59:59Z'), '2028-02-01T23:59:59Z');
  assert.equal((await compile(engine)).deadline(new Date('2026-11-22T12:00:00Z')), null);
  assert.equal(await codeOf(async () => after('P1D', Number.NaN)), 'values.bad_timestamp');
  assert.equal(await codeOf(async () => after('P1D', 8.64e15)), 'values.bad_timestamp', 'a year that no timestamp can have');
  await engine.close();
});
