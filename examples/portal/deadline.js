/**
 * The template says for how long it can be signed ("P30D", "P1M"); the day it is sent, the agent's clock says from when. A month
 * later is the same day of the next month, or that month's last. An error for what is no period: a deadline that was meant is
 * never left out in silence.
 */
export function deadlineAfter(period, now = new Date()) {
  if (period === null || period === undefined) return {};
  const parts = /^P(?=\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?$/.exec(period);
  if (!parts) throw new Error(`The template expires after “${period}”, which this page cannot read.`);
  const [years, months, weeks, days] = parts.slice(1).map((part) => Number(part ?? 0));
  const [year, month] = [now.getUTCFullYear() + years, now.getUTCMonth() + months];
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const at = new Date(now);
  at.setUTCFullYear(year, month, Math.min(now.getUTCDate(), last) + 7 * weeks + days);
  return { deadlineAt: at.toISOString().replace(/\.[0-9]+Z$/, 'Z') };
}
