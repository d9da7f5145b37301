// What every adapter checks before it believes a byte: items are self-certifying.
import { CountersignError } from '../errors.js';
import type { Item, StoreId, StreamId } from '../types.js';

const streamPattern = /^[0-9a-f]{32}$/;
const idPattern = /^[0-9a-f]{64}$/;

/** Lowercase hex SHA-256: the store id of these bytes. */
export async function storeIdOf(bytes: Uint8Array): Promise<StoreId> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as BufferSource));
  let text = '';
  for (const byte of digest) text += byte.toString(16).padStart(2, '0');
  return text;
}

/** Names are checked before any path or address is built from them. Errors: `backend.bad_name`. */
export function checkStream(stream: StreamId): void {
  if (!streamPattern.test(stream)) throw new CountersignError('backend.bad_name', `not a stream id: ${String(stream).slice(0, 80)}`, '/stream');
}

export function checkItemName(kind: string, id: StoreId): void {
  if ((kind !== 'e' && kind !== 'b') || !idPattern.test(id)) {
    throw new CountersignError('backend.bad_name', `not an item: ${String(kind).slice(0, 8)}/${String(id).slice(0, 80)}`, '/id');
  }
}

/** True when the bytes are the ones the id names. */
export async function isWhole(item: Item): Promise<boolean> {
  return (await storeIdOf(item.bytes)) === item.id;
}
