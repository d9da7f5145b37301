// Single events as the trail tells them, for whoever listens to them by name. Loaded with the first of these listeners, as the
// trail's own part of the engine is.
import type { EventId, TrailEntry, TrailPage } from './types.js';

/** Entries of these events, newest page first: what arrived last stands near the end. */
export async function entriesOf(log: { trail(offset: number, limit: number): Promise<TrailPage> }, events: readonly EventId[]): Promise<TrailEntry[]> {
  const wanted = new Set(events);
  const found: TrailEntry[] = [];
  if (!wanted.size) return found;
  const { total } = await log.trail(0, 0);
  for (let end = total; end > 0 && found.length < wanted.size; end -= 200) {
    const start = Math.max(0, end - 200);
    found.unshift(...(await log.trail(start, end - start)).entries.filter((entry) => wanted.has(entry.event)));
  }
  return found;
}
