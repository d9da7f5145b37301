// Device keys: non-extractable WebCrypto Ed25519 pairs in the store, one per (envelope, recipient) on each device. Where the
// browser has no Ed25519, seeds under a passcode stand in for them (keys-module.ts, fetched only then).
import { fromBase64Url, toBase64Url, type Engine } from './engine.js';
import { CountersignError } from './errors.js';
import type { KeysModule } from './keys-module.js';
import type { DeviceKeys, EnvelopeStore, RecipientId, SigningKey, StreamId, StretchCost } from './types.js';

const algorithm = { name: 'Ed25519' } as const;
/** PKCS #8 of an Ed25519 seed (RFC 8410), without the seed. */
const pkcs8Head = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

export function subtle(): SubtleCrypto {
  const found = globalThis.crypto?.subtle;
  if (!found) throw new CountersignError('keys.unsupported', 'This page has no WebCrypto: it must be served over HTTPS or from localhost');
  return found;
}
/** Browsers say NotSupportedError (and others) for an algorithm they lack. */
async function supported<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CountersignError) throw error;
    throw new CountersignError('keys.unsupported', 'This browser has no Ed25519 keys', '', undefined, error);
  }
}

class WebKey implements SigningKey {
  readonly x: string;
  readonly id: string;
  /** In the store; absent where the key is not kept there. */
  readonly name: string | undefined;
  readonly #key: CryptoKey;

  constructor(x: string, id: string, key: CryptoKey, name?: string) {
    this.x = x;
    this.id = id;
    this.name = name;
    this.#key = key;
  }
  async sign(bytes: Uint8Array): Promise<Uint8Array> {
    try {
      return new Uint8Array(await subtle().sign(algorithm, this.#key, bytes as BufferSource));
    } catch (error) {
      throw new CountersignError('keys.failed', 'The device key did not sign', '', undefined, error);
    }
  }
}

/** A key from its 32-byte seed. It stays in this page; nothing of it is stored. */
export async function keyFromSeed(engine: Engine, seed: Uint8Array, module: () => Promise<KeysModule>): Promise<SigningKey> {
  return keyFromPkcs8(engine, Uint8Array.from([...pkcs8Head, ...seed])).catch(async (error: CountersignError) => {
    if (error.code !== 'keys.unsupported') throw error;
    return (await module()).open(seed);
  });
}

async function keyFromPkcs8(engine: Engine, pkcs8: Uint8Array): Promise<SigningKey> {
  return supported(async () => {
    const key = await subtle().importKey('pkcs8', pkcs8 as BufferSource, algorithm, true, ['sign']);
    const { x } = await subtle().exportKey('jwk', key);
    return new WebKey(x!, engine.text('cs_thumbprint', fromBase64Url(x!)), key);
  });
}

export class StoredKeys implements DeviceKeys {
  readonly #engine: Engine;
  readonly #store: EnvelopeStore;
  readonly #module: () => Promise<KeysModule>;
  readonly #random: (length: number) => Uint8Array;
  readonly #making = new Map<string, Promise<SigningKey>>();
  #supported: Promise<boolean> | null = null;

  constructor(engine: Engine, store: EnvelopeStore, module: () => Promise<KeysModule>, random: (length: number) => Uint8Array) {
    this.#engine = engine;
    this.#store = store;
    this.#module = module;
    this.#random = random;
  }

  supported(): Promise<boolean> {
    this.#supported ??= supported(() => subtle().generateKey(algorithm, false, ['sign', 'verify'])).then(() => true, () => false);
    return this.#supported;
  }
  async find(name: string): Promise<SigningKey | null> {
    const pair = await this.#store.getKey(name);
    if (pair) return this.#wrap(pair as CryptoKeyPair, name);
    const sealed = await this.#store.record(`locked/${name}`);
    return sealed ? (await this.#module()).locked(name, sealed, this.#store) : null;
  }
  device(name: string, passcode?: string): Promise<SigningKey> {
    const making = this.#making.get(name) ?? this.#make(name, passcode);
    this.#making.set(name, making);
    void making.catch(() => undefined).then(() => this.#making.delete(name));
    return making;
  }
  recipient(stream: StreamId, recipient: RecipientId): Promise<SigningKey> {
    return this.device(`recipient/${stream}/${recipient}`);
  }
  fromPkcs8(pkcs8: Uint8Array): Promise<SigningKey> {
    return keyFromPkcs8(this.#engine, pkcs8);
  }

  async makeLocked(passphrase: string, cost?: StretchCost): Promise<{ key: SigningKey; wrapped: Uint8Array }> {
    return (await this.#module()).make(passphrase, this.#random, cost);
  }
  async unlock(wrapped: Uint8Array, passphrase: string): Promise<SigningKey> {
    return (await this.#module()).unwrap(wrapped, passphrase);
  }

  async #make(name: string, passcode?: string): Promise<SigningKey> {
    const known = await this.find(name);
    if (known) {
      if (passcode !== undefined) await known.unlock?.(passcode);
      return known;
    }
    if (passcode !== undefined && !(await this.supported())) return (await this.#module()).keep(name, passcode, this.#store, this.#random);
    const pair = await supported(() => subtle().generateKey(algorithm, false, ['sign', 'verify'])) as CryptoKeyPair;
    await this.#store.putKey(name, pair);
    return this.#wrap(pair, name);
  }
  async #wrap(pair: CryptoKeyPair, name: string): Promise<SigningKey> {
    const raw = await supported(async () => new Uint8Array(await subtle().exportKey('raw', pair.publicKey)));
    return new WebKey(toBase64Url(raw), this.#engine.text('cs_thumbprint', raw), pair.privateKey, name);
  }
}
