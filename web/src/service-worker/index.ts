// Offline from the second visit on: one versioned set of files, each with its integrity hash, installed whole or not at all.
//
// A new set waits until every page of the old one is closed: pages and modules of two versions never meet, and nothing is
// swapped in the middle of a signing. Answers of a backend are never cached; the engine has its own store.

/** Minimal shape of the worker's global, so that this file needs no second TypeScript library. */
interface WorkerScope {
  addEventListener(type: 'install' | 'activate', listener: (event: { waitUntil(work: Promise<unknown>): void }) => void): void;
  addEventListener(type: 'fetch', listener: (event: { request: Request; respondWith(answer: Promise<Response>): void }) => void): void;
  readonly location: { readonly href: string };
  readonly clients: { claim(): Promise<void> };
}

export interface OfflineSet {
  /** Changes whenever any file does. */
  readonly version: string;
  /**
   * Relative to the worker's own address; `integrity` as in SRI. The first HTML file answers navigations to a folder. `lazy`:
   * only some browsers need it (`keys.wasm`), so it is kept from the first time that one asks for it.
   */
  readonly files: readonly { readonly path: string; readonly integrity: string; readonly lazy?: boolean }[];
}

const prefix = 'countersign-offline-';

export function serveOffline(scope: WorkerScope, set: OfflineSet): void {
  const base = new URL('./', scope.location.href);
  const name = `${prefix}${base.pathname}-${set.version}`;
  const addresses = new Map(set.files.map((file) => [new URL(file.path, base).href, file]));
  const request = ({ path, integrity }: OfflineSet['files'][number]): Request => new Request(new URL(path, base), { integrity, cache: 'no-cache', credentials: 'omit' });

  scope.addEventListener('install', (event) => {
    event.waitUntil((async () => {
      const cache = await caches.open(name);
      // `addAll` is all or nothing; a file whose bytes do not have their hash fails the whole set and the old one stays.
      // Who needed a lazy file in the set before needs it in this one, perhaps without a connection.
      const wanted = await Promise.all(set.files.map(async (file) => !file.lazy || Boolean(await caches.match(new URL(file.path, base)))));
      await cache.addAll(set.files.filter((_, i) => wanted[i]).map(request));
    })());
  });

  scope.addEventListener('activate', (event) => {
    event.waitUntil((async () => {
      const mine = `${prefix}${base.pathname}-`;
      for (const old of await caches.keys()) if (old.startsWith(mine) && old !== name) await caches.delete(old);
      await scope.clients.claim();
    })());
  });

  scope.addEventListener('fetch', (event) => {
    const asked = event.request;
    if (asked.method !== 'GET') return;
    const url = new URL(asked.url);
    url.search = '';
    url.hash = '';
    if (url.href.endsWith('/')) url.pathname += 'index.html';
    const file = addresses.get(url.href);
    if (!file) return;
    event.respondWith((async () => {
      const cache = await caches.open(name);
      const kept = await cache.match(url.href);
      if (kept || !file.lazy) return kept ?? fetch(asked);
      const answer = await fetch(request(file));
      if (answer.ok) await cache.put(url.href, answer.clone());
      return answer;
    })());
  });
}
