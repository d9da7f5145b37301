// What every store checks, whoever wrote it.
import { badArgument, toHex } from './engine.js';
import { CountersignError } from './errors.js';
import type { Batch, Item, StoreId } from './types.js';

/** Errors: `input.bad_argument` for names that are none. */
export function checkBatch(batch: Batch): void {
  if (!/^[0-9a-f]{32}$/.test(batch.stream)) throw badArgument('Not a stream id', null, '/stream');
  for (const key of Object.keys(batch.records ?? {})) {
    if (key.length > 200 || !/^[a-z]+\//.test(key)) throw badArgument(`Not the key of a record: ${key.slice(0, 80)}`, null, '/records');
  }
}

/** Hashes every item again: what enters a store under a name has that name. Errors: `store.wrong_hash`. */
export async function storeIdsOf(items: readonly Item[]): Promise<StoreId[]> {
  return Promise.all(items.map(async (item) => {
    const id = toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', item.bytes as BufferSource)));
    if (id !== item.id) throw new CountersignError('store.wrong_hash', `The bytes are not those of ${item.id}`, '/items');
    return id;
  }));
}
