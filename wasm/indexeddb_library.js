// The local store on IndexedDB, as an Emscripten JavaScript library. It holds no rule of the domain.
//
// Why not emscripten_idb_*: that reports success from a request, while only the transaction's `complete` says that the
// write stands; at quota the browser rolls back after the request succeeded. Here one call is one transaction, resolved
// on `complete` and rejected on `abort` with the reason as a code. C++ packs a whole batch and hands it over once; the
// bytes are copied before the transaction opens, and nothing else is awaited inside it. Reads are paged getAll, never
// cursors (in WebKit a cursor over 14,000 rows takes 4 s, getAll 50 ms).
//
// Object stores: items (key [stream, kind, id], value bytes), heads (small mutable records, key text, value JSON text),
// outbox (key [stream, id], value {n, kind}), keys (CryptoKeyPair by name), meta (versions and counters).
addToLibrary({
  $countersignStore: {
    version: 1,
    stores: ['items', 'heads', 'outbox', 'keys', 'meta'],
    open: [],

    fail: function (code, message) {
      var error = new Error(message || code);
      error.code = code;
      return error;
    },
    // What the browser says, as one of our codes.
    reason: function (error) {
      var name = error && error.name;
      var text = (error && error.message) || String(name);
      if (error && error.code && typeof error.code === 'string') return error;
      if (name === 'QuotaExceededError') return countersignStore.fail('store.quota', text);
      if (name === 'VersionError') return countersignStore.fail('store.newer_version', text);
      return countersignStore.fail('store.unavailable', text);
    },

    // A connection that closes when another tab needs a newer layout, and is opened again when the browser lost it.
    connect: function (base) {
      if (base.db) return Promise.resolve(base.db);
      if (base.opening) return base.opening;
      base.opening = new Promise(function (resolve, reject) {
        var factory = globalThis.indexedDB;
        if (!factory) return reject(countersignStore.fail('store.unavailable', 'this place has no IndexedDB'));
        var request;
        try {
          request = factory.open(base.name, countersignStore.version);
        } catch (error) {
          return reject(countersignStore.reason(error));
        }
        var settled = false;
        request.onupgradeneeded = function () {
          countersignStore.stores.forEach(function (name) {
            if (!request.result.objectStoreNames.contains(name)) request.result.createObjectStore(name);
          });
        };
        request.onblocked = function () {
          settled = true;
          reject(countersignStore.fail('store.blocked'));
        };
        request.onerror = function () {
          settled = true;
          reject(countersignStore.reason(request.error));
        };
        request.onsuccess = function () {
          var db = request.result;
          if (settled || base.closed) {
            db.close();
            return reject(countersignStore.fail('store.closed'));
          }
          db.onversionchange = function () {
            db.close();
            if (base.db === db) base.db = null;
          };
          db.onclose = function () {
            if (base.db === db) base.db = null;
          };
          base.db = db;
          resolve(db);
        };
      });
      var forget = function () { base.opening = null; };
      base.opening.then(forget, forget);
      return base.opening;
    },

    // Runs `work(stores, set)` in one transaction; resolves on complete with what `set` was given. A dead connection is
    // opened again once.
    transact: function (base, names, mode, durability, work, again) {
      if (base.closed) return Promise.reject(countersignStore.fail('store.closed'));
      return countersignStore.connect(base).then(function (db) {
        return new Promise(function (resolve, reject) {
          var tx, answer, refusal;
          try {
            tx = db.transaction(names, mode, durability ? { durability: durability } : undefined);
          } catch (error) {
            base.db = null;
            try { db.close(); } catch (_) { /* already closed */ }
            return reject(again ? countersignStore.reason(error) : 'again');
          }
          tx.oncomplete = function () { resolve(answer); };
          tx.onabort = function () {
            if (refusal) return reject(refusal);
            var error = tx.error;
            // "Connection to Indexed Database server lost" and its kin: the handle is dead, the data is not.
            if (!again && error && (error.name === 'UnknownError' || error.name === 'InvalidStateError')) {
              base.db = null;
              try { db.close(); } catch (_) { /* already closed */ }
              return reject('again');
            }
            reject(countersignStore.reason(error));
          };
          var stores = {};
          names.forEach(function (name) { stores[name] = tx.objectStore(name); });
          var refuse = function (error) {
            refusal = error;
            try { tx.abort(); } catch (_) { /* aborted already */ }
          };
          try {
            work(stores, function (value) { answer = value; }, refuse);
          } catch (error) {
            refuse(countersignStore.reason(error));
          }
        });
      }).catch(function (error) {
        if (error !== 'again') throw error;
        return countersignStore.transact(base, names, mode, durability, work, true);
      });
    },

    // One packed batch: uint32 length of a JSON head, the head, then the items' bytes one after the other.
    commit: function (base, packed) {
      var length = new DataView(packed.buffer, packed.byteOffset).getUint32(0, true);
      var head = JSON.parse(new TextDecoder().decode(packed.subarray(4, 4 + length)));
      var at = 4 + length;
      var items = head.items.map(function (item) {
        // A copy of its own: a view would store the whole batch with every item.
        var bytes = packed.slice(at, at + item.size);
        at += item.size;
        return { kind: item.kind, id: item.id, bytes: bytes };
      });
      var stream = head.stream;
      var names = ['items', 'heads', 'outbox', 'meta'];
      return countersignStore.transact(base, names, 'readwrite', head.durability, function (stores, set, refuse) {
        stores.meta.get('version/' + stream).onsuccess = function (event) {
          var version = event.target.result || 0;
          if (head.version !== undefined && head.version !== version) {
            return refuse(countersignStore.fail('store.conflict'));
          }
          if (items.length || head.version !== undefined) stores.meta.put(version + 1, 'version/' + stream);
          items.forEach(function (item) { stores.items.put(item.bytes, [stream, item.kind, item.id]); });
          head.dequeue.forEach(function (id) { stores.outbox['delete']([stream, id]); });
          Object.keys(head.records).forEach(function (key) {
            var value = head.records[key];
            if (value === null) stores.heads['delete'](key);
            else stores.heads.put(value, key);
          });
          if (!head.enqueue.length) return;
          stores.meta.get('outbox').onsuccess = function (counter) {
            var n = counter.target.result || 0;
            head.enqueue.forEach(function (row) { stores.outbox.put({ n: ++n, kind: row.kind }, [stream, row.id]); });
            stores.meta.put(n, 'outbox');
          };
        };
      });
    },

    // Keys are text or arrays of text; everything behind a prefix array sorts between [p] and [p, []].
    read: function (base, stream, from, limit) {
      var low = from ? JSON.parse(from) : [stream];
      return countersignStore.transact(base, ['items', 'meta'], 'readonly', null, function (stores, set) {
        var range = IDBKeyRange.bound(low, [stream, []], !!from, false);
        var page = { keys: [], values: [], version: 0 };
        set(page);
        stores.items.getAllKeys(range, limit).onsuccess = function (event) { page.keys = event.target.result; };
        stores.items.getAll(range, limit).onsuccess = function (event) { page.values = event.target.result; };
        stores.meta.get('version/' + stream).onsuccess = function (event) { page.version = event.target.result || 0; };
      }).then(function (page) {
        return {
          items: page.keys.map(function (key, i) { return { kind: key[1], id: key[2], bytes: page.values[i] }; }),
          next: page.keys.length === limit ? JSON.stringify(page.keys[limit - 1]) : null,
          version: page.version,
        };
      });
    },
    get: function (base, name, key) {
      return countersignStore.transact(base, [name], 'readonly', null, function (stores, set) {
        stores[name].get(key).onsuccess = function (event) { set(event.target.result); };
      });
    },
    put: function (base, name, key, value) {
      return countersignStore.transact(base, [name], 'readwrite', 'strict', function (stores) {
        stores[name].put(value, key);
      });
    },
    removeItem: function (base, stream, kind, id) {
      return countersignStore.transact(base, ['items'], 'readwrite', 'strict', function (stores) {
        stores.items['delete']([stream, kind, id]);
      });
    },
    // Text keys that begin with `prefix`, with their values.
    texts: function (base, name, prefix, from, limit) {
      return countersignStore.transact(base, [name], 'readonly', null, function (stores, set) {
        var range = IDBKeyRange.bound(from || prefix, prefix + '\uffff', !!from, false);
        var page = { keys: [], values: [] };
        set(page);
        stores[name].getAllKeys(range, limit).onsuccess = function (event) { page.keys = event.target.result; };
        stores[name].getAll(range, limit).onsuccess = function (event) { page.values = event.target.result; };
      });
    },
    outbox: function (base, stream) {
      return countersignStore.transact(base, ['outbox'], 'readonly', null, function (stores, set) {
        var range = stream ? IDBKeyRange.bound([stream], [stream, []]) : undefined;
        var rows = { keys: [], values: [] };
        set(rows);
        stores.outbox.getAllKeys(range).onsuccess = function (event) { rows.keys = event.target.result; };
        stores.outbox.getAll(range).onsuccess = function (event) { rows.values = event.target.result; };
      }).then(function (rows) {
        return rows.keys
          .map(function (key, i) { return { stream: key[0], id: key[1], kind: rows.values[i].kind, n: rows.values[i].n }; })
          .sort(function (a, b) { return a.n - b.n; });
      });
    },
    forget: function (base, stream) {
      return countersignStore.transact(base, ['items', 'heads', 'outbox', 'meta'], 'readwrite', 'strict', function (stores) {
        stores.items['delete'](IDBKeyRange.bound([stream], [stream, []]));
        stores.outbox['delete'](IDBKeyRange.bound([stream], [stream, []]));
        stores.meta['delete']('version/' + stream);
        stores.heads.getAllKeys().onsuccess = function (event) {
          event.target.result.forEach(function (key) {
            if (key.indexOf('/' + stream) >= 0) stores.heads['delete'](key);
          });
        };
      });
    },
    close: function (base) {
      base.closed = true;
      if (base.db) base.db.close();
      base.db = null;
    },
  },

  // C++ -> IndexedDB: one packed batch, one transaction. `ticket` names the promise that waits in JavaScript.
  countersign_store_commit__deps: ['$countersignStore'],
  countersign_store_commit: function (base, ticket, data, size) {
    var packed = HEAPU8.slice(data, data + size);
    var waiting = Module['storeTickets'].get(ticket);
    Module['storeTickets'].delete(ticket);
    countersignStore.commit(countersignStore.open[base], packed).then(waiting.resolve, waiting.reject);
  },
});
