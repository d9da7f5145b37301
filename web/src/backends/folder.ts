// A folder as a backend (Node): a network share, a synced folder, a USB stick. Needs nothing but rename and link.
//
//   <root>/<stream>/epoch            16 random bytes as hex, made once
//   <root>/<stream>/items/<kind>-<id>   the bytes; complete from the moment the name exists
//   <root>/<stream>/feed/<20 digits>    one numbered slot per item: "<kind><id>"; a slot is claimed by link(2), which
//                                       fails when the name exists, so two writers never share a number
import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CountersignError } from '../errors.js';
import type { Backend, BackendCaps, Cursor, FeedPage, Item, Kind, PutResult, StoreId, StreamId } from '../types.js';
import { checkItemName, checkStream, isWhole } from './hash.js';

const slotPattern = /^[0-9]{20}$/;
const maxPage = 500;

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException | null)?.code ?? '';
}

/** What the disk said, in the words of the contract. */
function refused(error: unknown): never {
  const code = codeOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') throw new CountersignError('backend.quota', 'the folder is full', '', undefined, error);
  if (error instanceof CountersignError) throw error;
  throw new CountersignError('backend.unreachable', `the folder cannot be used: ${code || String(error)}`, '', undefined, error);
}

export class FolderBackend implements Backend {
  readonly #root: string;
  /** Slots already read, per stream: names in order. A slot never changes once it exists. */
  readonly #slots = new Map<StreamId, string[]>();

  constructor(root: string) {
    this.#root = root;
  }

  async caps(): Promise<BackendCaps> {
    return {
      epoch: '', ordered: true, conditionalCreate: true, batch: true, reconcile: false, erase: false,
      verifiesHash: true, verifiesSignatures: false, durableAck: 'fsync',
      limits: { event: 98_304, chunk: 4 * 1024 * 1024, page: maxPage, streamBytes: Number.MAX_SAFE_INTEGER, writesPerMin: 0 },
    };
  }

  async put(stream: StreamId, items: readonly Item[]): Promise<readonly PutResult[]> {
    checkStream(stream);
    for (const item of items) checkItemName(item.kind, item.id);
    try {
      await this.#prepare(stream);
      const listed = new Set(await this.#read(stream));
      const results: PutResult[] = [];
      for (const item of items) results.push(await this.#putOne(stream, item, listed));
      return results;
    } catch (error) {
      return refused(error);
    }
  }

  async get(stream: StreamId, kind: Kind, id: StoreId, range?: readonly [number, number]): Promise<Uint8Array | null> {
    checkStream(stream);
    checkItemName(kind, id);
    try {
      const bytes = new Uint8Array(await readFile(this.#item(stream, kind, id)));
      return range ? bytes.slice(range[0], range[1]) : bytes;
    } catch (error) {
      return codeOf(error) === 'ENOENT' ? null : refused(error);
    }
  }

  async list(stream: StreamId, cursor: Cursor | null, limit: number): Promise<FeedPage> {
    checkStream(stream);
    try {
      const epoch = await this.#epoch(stream);
      if (epoch === null) {
        if (cursor !== null) throw new CountersignError('backend.epoch_changed', 'the stream is not in this folder');
        return { epoch: 'empty', next: 'empty.0', more: false, items: [] };
      }
      const names = await this.#read(stream);
      const start = cursor === null ? 0 : this.#position(cursor, epoch, names.length);
      const end = Math.min(names.length, start + Math.max(1, Math.min(limit, maxPage)));
      const items = [];
      for (const name of names.slice(start, end)) {
        const kind = name[0] as Kind;
        const id = name.slice(1);
        const size = await stat(this.#item(stream, kind, id)).then((found) => found.size, () => 0);
        items.push({ kind, id, size });
      }
      return { epoch, next: `${epoch}.${end}`, more: end < names.length, items };
    } catch (error) {
      return refused(error);
    }
  }

  #item(stream: StreamId, kind: Kind, id: StoreId): string {
    return join(this.#root, stream, 'items', `${kind}-${id}`);
  }

  #position(cursor: Cursor, epoch: string, length: number): number {
    const dot = cursor.lastIndexOf('.');
    const position = Number(cursor.slice(dot + 1));
    if (cursor === 'empty.0') return 0;
    if (cursor.slice(0, dot) !== epoch || !Number.isInteger(position) || position < 0 || position > length) {
      throw new CountersignError('backend.epoch_changed', 'the cursor is of another life of the folder');
    }
    return position;
  }

  async #epoch(stream: StreamId): Promise<string | null> {
    try {
      return await readFile(join(this.#root, stream, 'epoch'), 'utf8');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      throw error;
    }
  }

  async #prepare(stream: StreamId): Promise<void> {
    const folder = join(this.#root, stream);
    await mkdir(join(folder, 'items'), { recursive: true });
    await mkdir(join(folder, 'feed'), { recursive: true });
    if ((await this.#epoch(stream)) === null) await this.#publish(Buffer.from(randomBytes(16).toString('hex')), join(folder, 'epoch'), 'once');
  }

  /** All slots of the stream, as "<kind><id>", in order up to the first gap. */
  async #read(stream: StreamId): Promise<string[]> {
    const folder = join(this.#root, stream, 'feed');
    const present = new Set((await readdir(folder)).filter((name) => slotPattern.test(name)));
    const known = this.#slots.get(stream) ?? [];
    // A list of its own for every reading: two that run at once must not fill one. Fewer slots: an older copy was restored.
    const names = present.size < known.length ? [] : known.slice();
    for (let next = names.length; present.has(String(next).padStart(20, '0')); next = names.length) {
      names.push((await readFile(join(folder, String(next).padStart(20, '0')), 'utf8')).trim());
    }
    this.#slots.set(stream, names);
    return names;
  }

  async #putOne(stream: StreamId, item: Item, listed: Set<string>): Promise<PutResult> {
    if (!(await isWhole(item))) {
      return { id: item.id, state: 'rejected', problem: { type: 'digest-mismatch', title: 'The bytes are not the ones the id names', retryable: false } };
    }
    const name = item.kind + item.id;
    if (listed.has(name)) return { id: item.id, state: 'present' };
    // A crash between the two steps leaves an unlisted item; the next put of the same bytes lists it.
    await this.#publish(item.bytes, this.#item(stream, item.kind, item.id), 'replace');
    for (;;) {
      const names = await this.#read(stream);
      if (names.includes(name)) return { id: item.id, state: 'present' };
      const slot = join(this.#root, stream, 'feed', String(names.length).padStart(20, '0'));
      if (await this.#publish(Buffer.from(name), slot, 'once')) break;
    }
    listed.add(name);
    return { id: item.id, state: 'stored' };
  }

  /** Complete bytes under `path`, or nothing. `once`: false when the name was taken. */
  async #publish(bytes: Uint8Array, path: string, how: 'once' | 'replace'): Promise<boolean> {
    const draft = `${path}.${randomBytes(8).toString('hex')}.part`;
    const file = await open(draft, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    if (how === 'replace') {
      await rename(draft, path);
      return true;
    }
    try {
      await link(draft, path);
      return true;
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      throw error;
    } finally {
      await rm(draft, { force: true });
    }
  }
}
