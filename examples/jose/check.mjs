// Checks the signature of every event in a bundle with a stock JOSE library: node examples/jose/check.mjs agreement.countersign
import { readFileSync } from 'node:fs';
import { calculateJwkThumbprint, compactVerify, decodeJwt, importJWK } from 'jose';

/** @returns {Promise<{ checked: number, wrong: string[] }>} `wrong`: why an event does not hold, one line each. */
export async function checkEvents(bundle) {
  const events = bundle.split('\n').filter((line) => line.startsWith('event ')).map((line) => line.slice('event '.length));
  const keys = await announcedKeys(events);
  const wrong = [];
  for (const [place, event] of events.entries()) {
    try {
      // The three lines: the key by its thumbprint, the signature, the payload.
      const key = ({ kid }) => keys.get(kid) ?? Promise.reject(new Error('no event announces this key'));
      const { payload } = await compactVerify(event, key, { algorithms: ['EdDSA'] });
      JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
    } catch (error) {
      wrong.push(`event ${place + 1}: ${error.message}`);
    }
  }
  return { checked: events.length, wrong };
}

/** A body announces a key as {"x": …} (RFC 8037), the services' keys as a list per role; `kid` is the thumbprint of RFC 7638. */
async function announcedKeys(events) {
  const found = new Map();
  const add = async (x) => {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x };
    found.set(await calculateJwkThumbprint(jwk), await importJWK(jwk, 'EdDSA'));
  };
  for (const { body } of events.map((event) => decodeJwt(event))) {
    for (const { x } of Object.values(body).filter((member) => typeof member?.x === 'string')) await add(x);
    for (const x of Object.values(body.services ?? {}).flat()) await add(x);
  }
  return found;
}

if (import.meta.url === new URL(process.argv[1] ?? '', 'file:').href) {
  const { checked, wrong } = await checkEvents(readFileSync(process.argv[2], 'utf8'));
  for (const line of wrong) console.log(line);
  console.log(`${checked - wrong.length} of ${checked} signatures hold`);
  process.exitCode = wrong.length === 0 ? 0 : 1;
}
