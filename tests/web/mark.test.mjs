// What the pad lets a finger draw, the core takes: a long signature is not drawn first and refused then.
import assert from 'node:assert/strict';
import test from 'node:test';
import { boxHeight, boxWidth, maxPoints, maxStrokes, StrokeBuilder } from '../../web/src/elements/ink.ts';
import { carry, codeOf, device, prepared } from './support.mjs';

/** `count` strokes with `points` points among them, drawn on the pad's own builder. */
function drawn(count, points) {
  const strokes = [];
  for (let i = 0; i < count; i += 1) {
    const stroke = new StrokeBuilder(0, strokes);
    const wanted = Math.floor(points / count) + (i < points % count ? 1 : 0);
    for (let n = 0; n < wanted; n += 1) stroke.add((7 * n) % boxWidth, (3 * n) % boxHeight, 5 * n);
    if (stroke.points.length) strokes.push(stroke.points);
  }
  return strokes;
}

test('the largest mark that the pad draws is adopted, and one stroke or one point more is not', async () => {
  const [portal, phone] = await Promise.all([device(), device()]);
  const { session: owner } = await prepared(portal);
  await owner.dispatch({ do: 'send' });
  await carry(portal, phone, owner.state.stream);
  const session = await phone.join((await owner.links()).customer);
  await session.ceremony.act({ do: 'start' });
  const adopt = (strokes) => codeOf(session.ceremony.act({ do: 'adoptMark', mark: { kind: 'drawn', strokes } }));
  const pointsOf = (strokes) => strokes.reduce((sum, stroke) => sum + stroke.length, 0);

  const many = drawn(maxStrokes, maxPoints);
  assert.deepEqual([many.length, pointsOf(many)], [maxStrokes, maxPoints]);
  assert.equal(await adopt(many), 'no refusal');
  const long = drawn(2, 2 * maxPoints);
  assert.equal(pointsOf(long), maxPoints, 'the pad takes no more, in however many strokes');
  assert.equal(await adopt(long), 'no refusal');

  assert.equal(await adopt([...long, [[1, 1, 0]]]), 'ceremony.bad_mark');
  assert.equal(await adopt(Array.from({ length: maxStrokes + 1 }, (_, i) => [[i, 1, 0]])), 'ceremony.bad_mark');
  await portal.close();
  await phone.close();
});
