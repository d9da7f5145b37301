// The portal's deadlines: every period that a template may name, by the calendar.
import assert from 'node:assert/strict';
import test from 'node:test';
import { deadlineAfter } from '../../examples/portal/deadline.js';

const after = (period, now) => deadlineAfter(period, new Date(now)).deadlineAt;

test('days, weeks, months and years lead to the deadline that a calendar shows', () => {
  assert.equal(after('P30D', '2026-11-22T12:00:00.500Z'), '2026-12-22T12:00:00Z');
  assert.equal(after('P2W', '2026-12-24T08:15:00Z'), '2027-01-07T08:15:00Z');
  assert.equal(after('P1M', '2026-11-22T12:00:00Z'), '2026-12-22T12:00:00Z');
  assert.equal(after('P1Y2M10D', '2026-11-22T12:00:00Z'), '2028-02-01T12:00:00Z');
});

test('a month after its last days is the last day of the next one', () => {
  assert.equal(after('P1M', '2027-01-31T12:00:00Z'), '2027-02-28T12:00:00Z');
  assert.equal(after('P1M', '2028-01-31T12:00:00Z'), '2028-02-29T12:00:00Z');
  assert.equal(after('P1Y', '2028-02-29T12:00:00Z'), '2029-02-28T12:00:00Z');
  assert.equal(after('P1M1D', '2027-01-31T12:00:00Z'), '2027-03-01T12:00:00Z');
});

test('a template that never expires has no deadline, and what is no period is refused', () => {
  assert.deepEqual(deadlineAfter(null), {});
  for (const period of ['', 'P', 'P1', 'PT1H', '-P1D', 'P1D1M', 'soon']) assert.throws(() => deadlineAfter(period), /cannot read/, period);
});
