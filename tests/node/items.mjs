import { createHash } from 'node:crypto';

/** An item as stores and backends carry it. */
export function makeItem(kind, text) {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  return { kind, id: createHash('sha256').update(bytes).digest('hex'), bytes };
}
