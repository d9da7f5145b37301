// A long log: admitting its events with all rules, its state, one more act, memory; and the signatures alone, by the
// libraries that others would use, on the same events. Ours includes the strict reader, hashes, causality and the rules.
import { webcrypto } from 'node:crypto';
import * as noble from '@noble/ed25519';
import { compactVerify, importJWK } from 'jose';
import sodium from 'libsodium-wrappers';
import { median, own, table } from './measure.mjs';

const wasm = own('wasm', 'log').curve;
const native = own('release', 'log').curve;
const ms = (value) => `${value.toFixed(1)} ms`;
const us = (value) => `${value.toFixed(0)} us`;
table(['events', 'wasm: admitted', 'an event', 'state', 'one more act (target 500 us, without its signature)', 'memory', 'native: admitted', 'an event', 'state', 'one more act'],
  wasm.map((row, i) => [row.events, ms(row.admitMs), us((row.admitMs * 1000) / row.events), ms(row.stateMs), us(row.appendUs), `${(row.heapKb / 1024).toFixed(0)} MiB`,
    ms(native[i].admitMs), us((native[i].admitMs * 1000) / row.events), ms(native[i].stateMs), us(native[i].appendUs)]));
console.log('\nTargets: 10,000 events in 1,700 ms in wasm and 800 ms natively; 200 events in 50 ms; 20,000 events in 64 MiB; the cost of an event flat. Memory holds the writer\'s ledger and items beside the reader\'s.\n');

const [x, ...events] = own('release', 'log', ['--events', '1000']).trim().split('\n');
const raw = Buffer.from(x, 'base64url');
const parts = events.map((jws) => ({ jws, input: Buffer.from(jws.slice(0, jws.lastIndexOf('.'))), signature: Buffer.from(jws.slice(jws.lastIndexOf('.') + 1), 'base64url') }));
await sodium.ready;
const key = await webcrypto.subtle.importKey('raw', raw, 'Ed25519', false, ['verify']);
const jwk = await importJWK({ kty: 'OKP', crv: 'Ed25519', x }, 'EdDSA');
async function each(rounds, some, verify) {
  const times = [];
  for (let i = -1; i < rounds; i += 1) {
    const start = performance.now();
    for (const part of some) if (!(await verify(part))) throw new Error('a good signature was refused');
    if (i >= 0) times.push(((performance.now() - start) * 1000) / some.length);
  }
  return median(times);
}
const ours = (wasm[2].admitMs * 1000) / wasm[2].events;
const peers = [
  ['libsodium.js 0.8.4 (signature only)', await each(3, parts, ({ input, signature }) => sodium.crypto_sign_verify_detached(signature, input, raw))],
  ['WebCrypto of Node (signature only)', await each(3, parts, ({ input, signature }) => webcrypto.subtle.verify('Ed25519', key, signature, input))],
  ['jose 6.2.17 compactVerify', await each(3, parts, async ({ jws }) => (await compactVerify(jws, jwk)).payload)],
  ['@noble/ed25519 3.2.0 (signature only)', await each(3, parts.slice(0, 200), ({ input, signature }) => noble.verifyAsync(signature, input, raw))],
];
table(['1,000 events', 'an event', 'to ours'], [
  ['countersign, wasm, all rules', us(ours), '1.00'], ['countersign, native, all rules', us((native[2].admitMs * 1000) / native[2].events), ((native[2].admitMs * 1000) / native[2].events / ours).toFixed(2)],
  ...peers.map(([name, time]) => [name, us(time), (time / ours).toFixed(2)]),
]);
