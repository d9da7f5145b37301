// A browser that is killed takes its whole process group with it and nobody else's.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { it } from 'node:test';
import { openBrowser } from './support.mjs';

/** Processes that were started with this profile. */
const running = (profile) => readdirSync('/proc').filter((pid) => {
  if (!/^\d+$/.test(pid)) return false;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(profile);
  } catch {
    return false; // It ended while we looked.
  }
});

it('a killed browser leaves no process behind, and the one beside it lives', { timeout: 60_000 }, async () => {
  const [one, other] = [await openBrowser(), await openBrowser()];
  await (await one.page()).goto('data:text/html,<title>one</title>');
  const page = await other.page();
  await page.goto('data:text/html,<title>other</title>');
  assert.ok(running(one.profile).length > 1, 'a browser is several processes');
  await one.kill();
  assert.deepEqual(running(one.profile), []);
  assert.equal(await page.title(), 'other');
  await other.close();
});
