// Ink is strokes, never pixels: points in a box 1000 wide, redrawn at any size. No DOM here, so that it can be tested.
import type { Strokes } from '../types.js';

export const boxWidth = 1000;
export const boxHeight = 400;
/** A mark's, as the core takes it (core/ceremony/draft.h); tests/web/mark.test.mjs holds the two together. Points are of all strokes. */
export const maxStrokes = 400;
export const maxPoints = 4000;

export type Point = readonly [number, number, number];

/** A smooth path through the points: quadratic curves whose control points are the points and whose ends lie between. */
export function pathOf(stroke: readonly Point[]): string {
  const first = stroke[0];
  if (!first) return '';
  if (stroke.length === 1) return `M${first[0]} ${first[1]}h.1`;
  let path = `M${first[0]} ${first[1]}`;
  for (let i = 1; i < stroke.length - 1; i += 1) {
    const [x, y] = stroke[i]!;
    const [nextX, nextY] = stroke[i + 1]!;
    path += `Q${x} ${y} ${(x + nextX) / 2} ${(y + nextY) / 2}`;
  }
  const last = stroke[stroke.length - 1]!;
  return `${path}L${last[0]} ${last[1]}`;
}

export function pathsOf(strokes: Strokes): string {
  return strokes.map(pathOf).join('');
}

/** Too little to be a mark: nothing, or no more than a dot. A warning, never a refusal of a name in some script. */
export function isDot(strokes: Strokes): boolean {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const stroke of strokes) {
    for (const [x, y] of stroke) {
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  return !(right - left > 40 || bottom - top > 40);
}

/** Collects one stroke; keeps a point only when it moved, so that a resting finger adds nothing. */
export class StrokeBuilder {
  readonly points: Point[] = [];
  readonly #start: number;
  readonly #room: number;

  /** Another stroke of these. */
  constructor(start: number, before: Strokes) {
    this.#start = start;
    this.#room = before.reduce((room, stroke) => room - stroke.length, maxPoints);
  }

  add(x: number, y: number, time: number): boolean {
    const point: Point = [clamp(x, boxWidth), clamp(y, boxHeight), Math.max(0, Math.round(time - this.#start))];
    const last = this.points[this.points.length - 1];
    if (last && Math.abs(last[0] - point[0]) + Math.abs(last[1] - point[1]) < 2) return false;
    if (this.points.length >= this.#room) return false;
    this.points.push(point);
    return true;
  }
}

function clamp(value: number, most: number): number {
  return Math.max(0, Math.min(most, Math.round(value)));
}
