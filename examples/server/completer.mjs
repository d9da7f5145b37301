// The completer: nobody has to be awake for an envelope to finish. When all signatures that the routing asks for count,
// the server's own key seals, if the genesis named that key. It decides nothing: `can` is the core's rule.
import { webcrypto } from 'node:crypto';

/** The service key of this server, made once and kept in its database. */
export async function serviceKey(countersign, store) {
  let pkcs8 = store.meta('completerKey', '');
  if (!pkcs8) {
    const pair = await webcrypto.subtle.generateKey({ name: 'Ed25519' }, true, ['sign', 'verify']);
    pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', pair.privateKey)).toString('base64');
    store.setMeta('completerKey', pkcs8);
  }
  return countersign.keys.fromPkcs8(new Uint8Array(Buffer.from(pkcs8, 'base64')));
}

export function makeCompleter({ countersign, key, report }) {
  const running = new Map(); // stream -> promise; one attempt at a time, and one more when something came in between

  async function attempt(stream) {
    // Before its first event is here an envelope cannot be opened, and nothing is to be sealed.
    if ((await countersign.receive(stream, [])).envelope === null) return;
    const session = await countersign.open(stream, { as: 'service', role: 'completer', key });
    try {
      if (session.can({ do: 'complete' }) === null) await session.dispatch({ do: 'complete' });
    } finally {
      await session.close();
    }
  }

  return {
    consider(stream) {
      const before = running.get(stream) ?? Promise.resolve();
      const mine = before.then(() => attempt(stream)).catch((error) => report(stream, error));
      running.set(stream, mine);
      void mine.then(() => {
        if (running.get(stream) === mine) running.delete(stream);
      });
    },
    async idle() {
      await Promise.all(running.values());
    },
  };
}
