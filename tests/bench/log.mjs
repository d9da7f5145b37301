// A long log: admitting its events with all rules, opening it again, its state, one more act, memory; and the signatures alone, by the
// libraries that others would use, on the same events. Ours includes the strict reader, hashes, causality and the rules.
import { webcrypto } from 'node:crypto';
import * as noble from '@noble/ed25519';
import { compactVerify, importJWK } from 'jose';
import sodium from 'libsodium-wrappers';
import { median, own, table } from './measure.mjs';

const sizes = [100, 200, 1000, 5000, 10_000, 19_900];
const median3 = (measure) => { const rows = [measure(), measure(), measure()]; return rows.sort((p, q) => p.admitMs - q.admitMs)[1]; };
const rows = sizes.map((events) => {
  const input = own('release', 'log', ['--items', String(events)]);
  const read = (preset, how) => median3(() => {
    const answer = JSON.parse(own(preset, 'log', [how], input));
    if (answer.events !== events) throw new Error(`bench_log (${preset}) read ${answer.events} events of ${events}`);
    return answer;
  });
  return { wasm: read('wasm', '--admit'), native: read('release', '--admit'), wasmAgain: read('wasm', '--reopen'), nativeAgain: read('release', '--reopen') };
});
const at = (events) => rows[sizes.indexOf(events)];
const ms = (value) => `${value.toFixed(1)} ms`;
const us = (value) => `${value.toFixed(0)} us`;
const each1 = ({ events, admitMs }) => us((admitMs * 1000) / events);
table(['events', 'wasm: verified', 'an event', 'opened again', 'state', 'one more act', 'memory', 'native: verified', 'an event', 'opened again', 'state', 'one more act'],
  rows.map(({ wasm, native, wasmAgain, nativeAgain }) => [wasm.events, ms(wasm.admitMs), each1(wasm), ms(wasmAgain.admitMs), ms(wasm.stateMs), us(wasm.appendUs), `${(wasm.heapKb / 1024).toFixed(0)} MiB`,
    ms(native.admitMs), each1(native), ms(nativeAgain.admitMs), ms(native.stateMs), us(native.appendUs)]));
const flat = Math.max(...rows.map(({ wasm }) => wasm.admitMs / wasm.events)) / Math.min(...rows.map(({ wasm }) => wasm.admitMs / wasm.events));
console.log('\nTime is the process\'s own natively and the clock\'s in wasm, of the median of three runs; the ledger is the only thing in memory but for one line of input.\n');
table(['target', 'figure', ''], [
  ['10,000 events with all rules in wasm, 1,700 ms', at(10_000).wasm.admitMs, 1700, ms], ['the same natively, 800 ms', at(10_000).native.admitMs, 800, ms],
  ['10,000 events opened again in wasm, 300 ms', at(10_000).wasmAgain.admitMs + at(10_000).wasmAgain.stateMs, 300, ms],
  ['200 events in wasm, 50 ms', at(200).wasm.admitMs, 50, ms], ['one more act among 10,000 in wasm, without its signature, 500 us', at(10_000).wasm.appendUs, 500, us],
  ['the dearest event by the cheapest, 100 to 20,000, 1.5', flat, 1.5, (value) => value.toFixed(2)], ['20,000 events in wasm, 64 MiB', at(19_900).wasm.heapKb / 1024, 64, (value) => `${value.toFixed(0)} MiB`],
].map(([name, figure, target, say]) => [name, say(figure), figure <= target ? 'met' : 'missed']));
console.log('');

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
const ours = (at(1000).wasm.admitMs * 1000) / at(1000).wasm.events;
const native = (at(1000).native.admitMs * 1000) / at(1000).native.events;
const peers = [
  ['libsodium.js 0.8.4 (signature only)', await each(3, parts, ({ input, signature }) => sodium.crypto_sign_verify_detached(signature, input, raw))],
  ['WebCrypto of Node (signature only)', await each(3, parts, ({ input, signature }) => webcrypto.subtle.verify('Ed25519', key, signature, input))],
  ['jose 6.2.17 compactVerify', await each(3, parts, async ({ jws }) => (await compactVerify(jws, jwk)).payload)],
  ['@noble/ed25519 3.2.0 (signature only)', await each(3, parts.slice(0, 200), ({ input, signature }) => noble.verifyAsync(signature, input, raw))],
];
table(['1,000 events', 'an event', 'to ours'], [
  ['countersign, wasm, all rules', us(ours), '1.00'], ['countersign, native, all rules', us(native), (native / ours).toFixed(2)],
  ...peers.map(([name, time]) => [name, us(time), (time / ours).toFixed(2)]),
]);
