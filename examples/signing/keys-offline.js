// For browsers without Ed25519 keys of their own: fetched by them only.
/** Asked for once more when a service worker listens, which keeps it from then on: unlocking needs no connection either. */
export async function keepOffline(keysWasm) {
  const workers = navigator.serviceWorker;
  if (!workers) return;
  if (!workers.controller) await new Promise((done) => { workers.addEventListener('controllerchange', done, { once: true }); });
  await fetch(keysWasm);
}
