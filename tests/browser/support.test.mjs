// A browser that is killed takes its whole process group with it and nobody else's.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { openBrowser, running } from './support.mjs';

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
