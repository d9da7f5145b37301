// The embedded database: one SQLite file in WAL mode, through node:sqlite (Node 24).
//
// It is two things at once: an `EnvelopeStore`, so that the same engine that signs in browsers judges every event here,
// and the ordered feed behind the HTTP protocol. An item gets its number inside the transaction that inserts it, under
// SQLite's single writer, so nothing ever appears behind a cursor already given out.
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { CountersignError } from 'countersign';

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA foreign_keys = ON;
  PRAGMA busy_timeout = 5000;
  CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS streams (id TEXT PRIMARY KEY, next INTEGER NOT NULL, bytes INTEGER NOT NULL, version INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS grants (stream TEXT NOT NULL REFERENCES streams, token TEXT NOT NULL, scope TEXT NOT NULL, recipient TEXT, PRIMARY KEY (stream, token)) STRICT;
  CREATE TABLE IF NOT EXISTS items (stream TEXT NOT NULL REFERENCES streams, seq INTEGER NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, size INTEGER NOT NULL, bytes BLOB NOT NULL,
    PRIMARY KEY (stream, seq)) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS items_by_id ON items (stream, kind, id);
  CREATE TABLE IF NOT EXISTS records (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
`;

const formatVersion = '1';

function sha256Hex(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

/** What every store checks of a batch, whoever wrote it. */
function checkBatch({ stream, items = [], records = {} }) {
  if (!/^[0-9a-f]{32}$/.test(stream)) throw new CountersignError('input.bad_argument', 'not a stream id', '/stream');
  for (const key of Object.keys(records)) if (key.length > 200 || !/^[a-z]+\//.test(key)) throw new CountersignError('input.bad_argument', `not the key of a record: ${key.slice(0, 80)}`, '/records');
  for (const { id, bytes } of items) if (sha256Hex(bytes) !== id) throw new CountersignError('store.wrong_hash', `the bytes are not those of ${id}`, '/items');
}

/** SQLite's refusals in the words of the store's contract. */
function asStoreError(error) {
  if (error instanceof CountersignError) return error;
  const full = error?.errcode === 13; // SQLITE_FULL
  return new CountersignError(full ? 'store.quota' : 'store.unavailable', String(error?.message ?? error), '', undefined, error);
}

export class SqliteStore {
  kind = 'host';
  #db;
  #statements = new Map();
  #watchers = new Set();
  #queues = new Map();
  #epoch;
  #cursorKey;

  constructor(path) {
    this.#db = new DatabaseSync(path);
    this.#db.exec(schema);
    const found = this.meta('format', formatVersion);
    if (found !== formatVersion) throw new CountersignError('store.newer_version', `the database has format ${found}; this server writes ${formatVersion}`);
    this.#epoch = this.meta('epoch', randomBytes(12).toString('hex'));
    this.#cursorKey = Buffer.from(this.meta('cursorKey', randomBytes(32).toString('hex')), 'hex');
  }

  get epoch() {
    return this.#epoch;
  }

  /** To be called after a restore from a backup: every client lists from the start and offers again what it has. */
  beginEpoch() {
    this.#epoch = randomBytes(12).toString('hex');
    this.setMeta('epoch', this.#epoch);
  }

  /** A value made once. */
  meta(key, initial) {
    const row = this.#one('SELECT value FROM meta WHERE key = ?', key);
    if (row) return row.value;
    this.#run('INSERT INTO meta VALUES (?, ?)', key, initial);
    return initial;
  }

  setMeta(key, value) {
    this.#run('INSERT OR REPLACE INTO meta VALUES (?, ?)', key, value);
  }

  // --------------------------------------------------------------------------------------------- the feed

  has(stream) {
    return this.#one('SELECT id FROM streams WHERE id = ?', stream) !== undefined;
  }

  /** True when it is new. Grants of an existing stream are added to. */
  create(stream, grants) {
    return this.#transaction(() => {
      const fresh = !this.has(stream);
      this.#run('INSERT OR IGNORE INTO streams VALUES (?, 1, 0, 0)', stream);
      for (const { tokenHash, scope, recipient } of grants) this.#run('INSERT OR REPLACE INTO grants VALUES (?, ?, ?, ?)', stream, tokenHash, scope, recipient ?? null);
      return fresh;
    });
  }

  /** What a token may do with the stream: 'admin', 'append', 'read', or null. The database holds only hashes of tokens. */
  scopeOf(stream, token) {
    if (!token) return null;
    return this.#one('SELECT scope FROM grants WHERE stream = ? AND token = ?', stream, sha256Hex(token))?.scope ?? null;
  }

  hasGrant(stream, tokenHash, scope) {
    return this.#one('SELECT 1 FROM grants WHERE stream = ? AND token = ? AND scope = ?', stream, tokenHash, scope) !== undefined;
  }

  sizeOf(stream) {
    const row = this.#one('SELECT next, bytes FROM streams WHERE id = ?', stream);
    return row ? { items: row.next - 1, bytes: row.bytes } : { items: 0, bytes: 0 };
  }

  /** A page of the feed after `cursor`; null for a cursor that is not of this epoch, or ahead of the feed. */
  page(stream, cursor, limit, inlineBytes) {
    const { next } = this.#one('SELECT next FROM streams WHERE id = ?', stream);
    const after = cursor === null ? 0 : this.#readCursor(stream, cursor);
    if (after === null || after >= next) return null;
    const rows = this.#all('SELECT seq, kind, id, size FROM items WHERE stream = ? AND seq > ? ORDER BY seq LIMIT ?', stream, after, limit);
    let budget = inlineBytes;
    const items = rows.map(({ kind, id, size }) => {
      budget -= size;
      const inlined = budget >= 0 ? this.bytesOf(stream, kind, id) : null;
      return { kind, id, size, ...(inlined ? { bytes: Buffer.from(inlined).toString('base64') } : {}) };
    });
    const last = rows.length ? rows.at(-1).seq : after;
    return { epoch: this.#epoch, next: this.#writeCursor(stream, last), more: last < next - 1, items };
  }

  bytesOf(stream, kind, id) {
    return this.#one('SELECT bytes FROM items WHERE stream = ? AND kind = ? AND id = ?', stream, kind, id)?.bytes ?? null;
  }

  // A cursor carries a MAC, so that nobody scans the feed by guessing numbers.
  #writeCursor(stream, seq) {
    return `${this.#epoch}.${seq}.${this.#mac(stream, seq)}`;
  }

  #readCursor(stream, cursor) {
    const [epoch, seq, mac] = cursor.split('.');
    if (epoch !== this.#epoch || !/^[0-9]{1,15}$/.test(seq ?? '')) return null;
    const expected = Buffer.from(this.#mac(stream, Number(seq)));
    const given = Buffer.from(mac ?? '');
    return given.length === expected.length && timingSafeEqual(given, expected) ? Number(seq) : null;
  }

  #mac(stream, seq) {
    return createHmac('sha256', this.#cursorKey).update(`${this.#epoch}.${stream}.${seq}`).digest('base64url').slice(0, 16);
  }

  // ------------------------------------------------------------------------------------------- EnvelopeStore

  async commit(batch) {
    checkBatch(batch);
    const { stream, items = [], records = {}, version } = batch;
    let added = 0;
    try {
      this.#transaction(() => {
        const row = this.#one('SELECT next, version FROM streams WHERE id = ?', stream) ?? { next: 1, version: 0 };
        if (version !== undefined && version !== row.version) throw new CountersignError('store.conflict', 'the stream was written to in the meantime');
        // A record alone (a summary, a draft) is no news of the stream: whoever acts on it next need not look again.
        const moves = items.length > 0 || version !== undefined;
        if (moves) this.#run('INSERT OR IGNORE INTO streams VALUES (?, 1, 0, 0)', stream);
        let seq = row.next;
        let bytes = 0;
        for (const item of items) {
          const { changes } = this.#run('INSERT OR IGNORE INTO items VALUES (?, ?, ?, ?, ?, ?)', stream, seq, item.kind, item.id, item.bytes.length, item.bytes);
          if (changes) {
            seq += 1;
            added += 1;
            bytes += item.bytes.length;
          }
        }
        if (moves) this.#run('UPDATE streams SET next = ?, bytes = bytes + ?, version = version + 1 WHERE id = ?', seq, bytes, stream);
        for (const [key, value] of Object.entries(records)) {
          if (value === null) this.#run('DELETE FROM records WHERE key = ?', key);
          else this.#run('INSERT OR REPLACE INTO records VALUES (?, ?)', key, JSON.stringify(value));
        }
      });
    } catch (error) {
      throw asStoreError(error);
    }
    if (added) for (const changed of this.#watchers) changed(stream);
  }

  async read(stream, from, limit) {
    const after = from === null ? 0 : Number(from);
    const rows = this.#all('SELECT seq, kind, id, bytes FROM items WHERE stream = ? AND seq > ? ORDER BY seq LIMIT ?', stream, after, limit);
    const items = [];
    const damaged = [];
    for (const { kind, id, bytes } of rows) {
      if (sha256Hex(bytes) === id) items.push({ kind, id, bytes: new Uint8Array(bytes) });
      else damaged.push(id);
    }
    const version = this.#one('SELECT version FROM streams WHERE id = ?', stream)?.version ?? 0;
    return { items, next: rows.length === limit ? String(rows.at(-1).seq) : null, version, damaged };
  }

  async get(stream, kind, id) {
    const bytes = this.bytesOf(stream, kind, id);
    return bytes ? new Uint8Array(bytes) : null;
  }

  async streams(from, limit) {
    const rows = this.#all('SELECT id FROM streams WHERE id > ? ORDER BY id LIMIT ?', from ?? '', limit);
    return { streams: rows.map(({ id }) => id), next: rows.length === limit ? rows.at(-1).id : null };
  }

  async record(key) {
    const row = this.#one('SELECT value FROM records WHERE key = ?', key);
    return row ? JSON.parse(row.value) : null;
  }

  async records(prefix, from, limit) {
    const rows = this.#all('SELECT key, value FROM records WHERE key > ? AND substr(key, 1, ?) = ? ORDER BY key LIMIT ?', from ?? '', prefix.length, prefix, limit);
    return { records: Object.fromEntries(rows.map(({ key, value }) => [key, JSON.parse(value)])), next: rows.length === limit ? rows.at(-1).key : null };
  }

  /** A server sends nothing: clients come for what they lack. */
  async outbox() {
    return [];
  }

  async forget(stream) {
    this.#transaction(() => {
      for (const table of ['items', 'grants']) this.#run(`DELETE FROM ${table} WHERE stream = ?`, stream);
      this.#run('DELETE FROM streams WHERE id = ?', stream);
      this.#run("DELETE FROM records WHERE instr(key, '/' || ?) > 0", stream);
    });
  }

  async putKey() {
    throw new CountersignError('keys.unsupported', 'a server keeps its keys itself');
  }

  async getKey() {
    return null;
  }

  /** One writer per stream at a time: later work waits for earlier. */
  exclusive(stream, work) {
    const before = this.#queues.get(stream) ?? Promise.resolve();
    const mine = before.then(work, work);
    const settled = mine.then(() => {}, () => {});
    this.#queues.set(stream, settled);
    void settled.then(() => {
      if (this.#queues.get(stream) === settled) this.#queues.delete(stream);
    });
    return mine;
  }

  watch(changed) {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  }

  async close() {
    if (this.#db.isOpen) this.#db.close();
  }

  // ------------------------------------------------------------------------------------------------ SQLite

  #check() {
    if (!this.#db.isOpen) throw new CountersignError('store.closed', 'the store was closed');
  }
  #prepare(sql) {
    this.#check();
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, (statement = this.#db.prepare(sql)));
    return statement;
  }
  #run(sql, ...values) {
    return this.#prepare(sql).run(...values);
  }
  #one(sql, ...values) {
    return this.#prepare(sql).get(...values);
  }
  #all(sql, ...values) {
    return this.#prepare(sql).all(...values);
  }
  #transaction(work) {
    this.#check();
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#db.exec('COMMIT');
      return result;
    } catch (error) {
      this.#db.exec('ROLLBACK');
      throw error;
    }
  }
}
