// The contract of `Backend`, line by line: for our adapters and for yours. Runs anywhere; needs no test framework.
import { CountersignError } from '../errors.js';
import type { Backend, Item, Kind, StreamId } from '../types.js';
import { storeIdOf } from './hash.js';

export interface ConformanceResult {
  readonly name: string;
  readonly passed: boolean;
  /** Why not, or why it was left out. */
  readonly note?: string;
  readonly skipped?: boolean;
}
export interface BackendConformanceOptions {
  /** A new, empty stream that the backend accepts items for. */
  stream(): Promise<StreamId>;
  /** Another adapter on the same storage, as a second device would have. Default: the same one. */
  second?: Backend;
  /** Makes the storage forget all but the first `length` items of the stream, as a restore from a backup would. */
  restore?(stream: StreamId, length: number): Promise<void>;
  /** Makes an event item the backend will accept. Default: any bytes (for backends that check nothing but the hash). */
  item?(stream: StreamId, n: number): Promise<Item>;
}

class Unmet extends Error {}

function expect(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Unmet(what);
}

async function refusalOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return '';
  } catch (error) {
    return error instanceof CountersignError ? error.code : `not a CountersignError: ${String(error)}`;
  }
}

export async function makeItem(kind: Kind, bytes: Uint8Array): Promise<Item> {
  return { kind, id: await storeIdOf(bytes), bytes };
}

async function listAll(backend: Backend, stream: StreamId, limit = 500): Promise<{ names: string[]; next: string; pages: number }> {
  const names: string[] = [];
  let cursor: string | null = null;
  for (let pages = 1; ; pages += 1) {
    const page = await backend.list(stream, cursor, limit);
    names.push(...page.items.map(({ kind, id }) => kind + id));
    expect(pages < 10_000, 'the listing ends');
    expect(!page.more || page.next !== cursor, 'a page with more moves the cursor');
    cursor = page.next;
    if (!page.more) return { names, next: page.next, pages };
  }
}

type Case = (backend: Backend, options: BackendConformanceOptions, item: (stream: StreamId, n: number) => Promise<Item>) => Promise<string | undefined>;

const cases: Readonly<Record<string, Case>> = {
  'an acknowledged item is readable and listed': async (backend, options, item) => {
    const stream = await options.stream();
    const one = await item(stream, 1);
    const [result] = await backend.put(stream, [one]);
    expect(result?.state === 'stored' && result.id === one.id, 'the first put answers stored');
    const bytes = await backend.get(stream, one.kind, one.id);
    expect(bytes !== null && bytes.length === one.bytes.length && bytes.every((byte, i) => byte === one.bytes[i]), 'the bytes come back equal');
    expect((await listAll(backend, stream)).names.includes(one.kind + one.id), 'it is listed');
    return undefined;
  },
  'a blob of 4 MiB, the largest of the format, comes back equal': async (backend, options) => {
    const stream = await options.stream();
    const large = await makeItem('b', new Uint8Array(4 * 1024 * 1024).map((_, i) => i % 251));
    const [small, result] = await backend.put(stream, [await makeItem('b', new Uint8Array([1, 2, 3])), large]);
    expect(small?.state === 'stored' && result?.state === 'stored' && result.id === large.id, 'it is stored beside a small one');
    const bytes = await backend.get(stream, 'b', large.id);
    expect(bytes !== null && bytes.length === large.bytes.length && (await storeIdOf(bytes)) === large.id, 'the bytes come back equal');
    return undefined;
  },
  'putting twice is one item': async (backend, options, item) => {
    const stream = await options.stream();
    const one = await item(stream, 1);
    await backend.put(stream, [one]);
    const [again] = await backend.put(stream, [one]);
    expect(again?.state === 'present' || again?.state === 'stored', 'the second put succeeds');
    const { names } = await listAll(backend, stream);
    expect(names.filter((name) => name === one.kind + one.id).length === 1, 'it is listed once');
    return undefined;
  },
  'two devices putting the same item at once make one item': async (backend, options, item) => {
    const stream = await options.stream();
    const second = options.second ?? backend;
    const items = await Promise.all([1, 2, 3, 4].map((n) => item(stream, n)));
    await backend.put(stream, [items[0]!]);
    await Promise.all([...items, ...items].map((one, i) => (i % 2 ? backend : second).put(stream, [one])));
    const { names } = await listAll(backend, stream);
    expect(names.length === 4 && new Set(names).size === 4, `four items are listed, not ${names.length}`);
    return undefined;
  },
  'other bytes under an id are rejected or found out': async (backend, options, item) => {
    const stream = await options.stream();
    const one = await item(stream, 1);
    await backend.put(stream, [one]);
    const forged: Item = { kind: one.kind, id: one.id, bytes: new Uint8Array([...one.bytes, 32]) };
    const [result] = await backend.put(stream, [forged]);
    const bytes = await backend.get(stream, one.kind, one.id);
    expect(bytes !== null && (result?.state === 'rejected' || (await storeIdOf(bytes)) === one.id), 'the true bytes remain');
    return undefined;
  },
  'a listing is a feed: no item appears behind a cursor already given out': async (backend, options, item) => {
    const stream = await options.stream();
    await backend.put(stream, [await item(stream, 1), await item(stream, 2)]);
    const before = await listAll(backend, stream);
    const later = await item(stream, 3);
    await (options.second ?? backend).put(stream, [later]);
    const page = await backend.list(stream, before.next, 500);
    expect(page.items.length === 1 && page.items[0]!.id === later.id, 'the new item, and only it, comes after the cursor');
    return undefined;
  },
  'pages are complete, whatever their size': async (backend, options, item) => {
    const stream = await options.stream();
    for (let n = 1; n <= 7; n += 1) await backend.put(stream, [await item(stream, n)]);
    const small = await listAll(backend, stream, 2);
    expect(small.names.length === 7 && new Set(small.names).size === 7, 'seven items by pages of two');
    expect(small.pages >= 3, '`more` is said until the end');
    return undefined;
  },
  'an unknown cursor is a changed epoch, never an empty page': async (backend, options, item) => {
    const stream = await options.stream();
    await backend.put(stream, [await item(stream, 1)]);
    const code = await refusalOf(backend.list(stream, 'another-life.99', 10));
    expect(code === 'backend.epoch_changed', `the code is backend.epoch_changed, not "${code}"`);
    return undefined;
  },
  'after a restore the old cursor is refused and a listing tells what is left': async (backend, options, item) => {
    if (!options.restore) return 'no way to restore this backend from here';
    const stream = await options.stream();
    for (let n = 1; n <= 3; n += 1) await backend.put(stream, [await item(stream, n)]);
    const { next } = await listAll(backend, stream);
    await options.restore(stream, 1);
    expect((await refusalOf(backend.list(stream, next, 10))) === 'backend.epoch_changed', 'the old cursor is refused');
    expect((await listAll(backend, stream)).names.length === 1, 'one item is left');
    return undefined;
  },
  'an absent item is null, not an error': async (backend, options, item) => {
    const stream = await options.stream();
    await backend.put(stream, [await item(stream, 1)]);
    expect((await backend.get(stream, 'b', '0'.repeat(64))) === null, 'null');
    return undefined;
  },
  'a range of an item is that part of it': async (backend, options, item) => {
    const stream = await options.stream();
    const one = await item(stream, 1);
    await backend.put(stream, [one]);
    const part = await backend.get(stream, one.kind, one.id, [2, 5]);
    expect(part !== null && part.length === 3 && part.every((byte, i) => byte === one.bytes[i + 2]), 'bytes 2 to 4');
    return undefined;
  },
  'streams do not see each other': async (backend, options, item) => {
    const [a, b] = [await options.stream(), await options.stream()];
    const one = await item(a, 1);
    await backend.put(a, [one]);
    await backend.put(b, [await item(b, 2)]);
    expect((await backend.get(b, one.kind, one.id)) === null, 'not readable from the other stream');
    expect(!(await listAll(backend, b)).names.includes(one.kind + one.id), 'not listed there');
    return undefined;
  },
  'names that are not hexadecimal are refused before any path is built': async (backend, options) => {
    const stream = await options.stream();
    for (const id of ['../../etc/passwd', 'A'.repeat(64), 'a'.repeat(63), '', `${'a'.repeat(64)}/x`]) {
      const code = await refusalOf(backend.get(stream, 'e', id));
      expect(code === 'backend.bad_name', `"${id.slice(0, 20)}" answers backend.bad_name, not "${code}"`);
    }
    expect((await refusalOf(backend.list('../x', null, 1))) === 'backend.bad_name', 'a stream name too');
    return undefined;
  },
  'bytes of every value and a large blob come back whole': async (backend, options, item) => {
    const stream = await options.stream();
    await backend.put(stream, [await item(stream, 1)]);
    const bytes = new Uint8Array(900_000);
    for (let i = 0; i < bytes.length; i += 1) bytes[i] = (i * 31 + (i >> 8)) & 255;
    const blob = await makeItem('b', bytes);
    const [result] = await backend.put(stream, [blob]);
    expect(result?.state === 'stored', `the blob is stored (${result?.problem?.title ?? ''})`);
    const back = await backend.get(stream, 'b', blob.id);
    expect(back !== null && (await storeIdOf(back)) === blob.id, 'and whole');
    return undefined;
  },
  'caps tell an epoch, limits and what an acknowledgement means': async (backend) => {
    const caps = await backend.caps();
    expect(typeof caps.epoch === 'string' && caps.limits.event >= 98_304 && caps.limits.page > 0, 'limits of at least the format');
    expect(['fsync', 'replicated', 'memory', 'unknown'].includes(caps.durableAck), 'durableAck is a known word');
    return undefined;
  },
};

/** Runs every case; never throws. A backend conforms when no result has `passed: false`. */
export async function runBackendConformance(backend: Backend, options: BackendConformanceOptions): Promise<readonly ConformanceResult[]> {
  const item = options.item ?? ((stream: StreamId, n: number) => makeItem('b', new TextEncoder().encode(`{"n":${n},"stream":"${stream}"}`)));
  const results: ConformanceResult[] = [];
  for (const [name, run] of Object.entries(cases)) {
    try {
      const note = await run(backend, options, item);
      results.push(note === undefined ? { name, passed: true } : { name, passed: true, skipped: true, note });
    } catch (error) {
      results.push({ name, passed: false, note: error instanceof Error ? error.message : String(error) });
    }
  }
  return results;
}
