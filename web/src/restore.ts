// Opening a long log from this device's own store. Fetched only where a store has more than one page of an envelope.
//
// A store hands items out by name, in no order, and an event whose parents are not here waits in a room that is bounded:
// so everything is read first and handed over at once, parents first. The store also notes which events this device has
// verified (`admitted/<stream>`: name and note of each, in the order of admission); their signatures are not verified again.
// The core computes each id from the bytes anew, and verifies what has no note or one that does not fit (SECURITY.md).
import { fromBase64Url, fromHex, toBase64Url, toHex, type Engine } from './engine.js';
import type { EnvelopeStore, Item, StoreId, StreamId, StreamItems } from './types.js';

/** So many at once: the module's memory holds them twice for a moment. */
const portion = 500;
/** So many events without a note are worth a new one. */
const worthNoting = 100;

/** Answers the store's version. `known` is filled with what was read. */
export async function restore(engine: Engine, store: EnvelopeStore, stream: StreamId, handle: number, first: StreamItems, known: Set<StoreId>): Promise<number> {
  const record = `admitted/${stream}`;
  await engine.part('extra');
  const events = new Map<StoreId, Item>();
  let page = first;
  for (;;) {
    const blobs = page.items.filter(({ kind }) => kind === 'b');
    for (const item of page.items) {
      known.add(item.id);
      if (item.kind === 'e') events.set(item.id, item);
    }
    give(engine, handle, blobs, '');
    if (page.next === null) break;
    page = await store.read(stream, page.next, portion);
  }
  const noted: [Item, string][] = [];
  const notes = await store.record(record);
  const both = typeof notes === 'string' ? toHex(fromBase64Url(notes)) : '';
  for (let at = 0; at < both.length; at += 128) {
    const id = both.slice(at, at + 64) as StoreId;
    const item = events.get(id);
    if (!item) continue;
    noted.push([item, both.slice(at + 64, at + 128)]);
    events.delete(id);
  }
  for (let at = 0; at < noted.length; at += portion) {
    const some = noted.slice(at, at + portion);
    give(engine, handle, some.map(([item]) => item), some.map(([, note]) => note).join(''));
  }
  give(engine, handle, [...events.values()], '');
  if (events.size >= worthNoting) {
    const verified = toBase64Url(engine.bytes('cs_envelope_verified', handle));
    // Only speed rests on it: without it everything is verified again.
    await store.commit({ stream, records: { [record]: verified }, durability: 'relaxed' }).catch(() => undefined);
  }
  return page.version;
}

/** Items as cs_envelope_restore takes them; `noted`: the notes of the first of them, as hex. */
function give(engine: Engine, handle: number, items: readonly Item[], noted: string): void {
  if (!items.length) return;
  const packed = new Uint8Array(items.reduce((sum, { bytes }) => sum + 5 + bytes.length, 0));
  const view = new DataView(packed.buffer);
  let at = 0;
  for (const { kind, bytes } of items) {
    packed[at] = kind.charCodeAt(0);
    view.setUint32(at + 1, bytes.length, true);
    packed.set(bytes, at + 5);
    at += 5 + bytes.length;
  }
  engine.json('cs_envelope_restore', handle, packed, fromHex(noted));
}
