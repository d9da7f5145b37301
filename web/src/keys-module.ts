// The keys module: Ed25519 keys under a passphrase (FORMAT.md section 13). Fetched only by whoever uses one: a recovery key
// that is written to a file, and signers whose browser has no Ed25519 of its own.
import createKeys from './keys-glue.js';
import { badArgument, fromBase64Url, toBase64Url, type Engine, type Handle } from './engine.js';
import { CountersignError } from './errors.js';
import type { RawModule, RawOptions } from './sign.js';
import type { EnvelopeStore, Json, SigningKey, StretchCost, WasmSource } from './types.js';

/** Of a passcode, in characters as a person counts them. */
const shortest = 8;
/** Where a wrapped key names its public key (FORMAT.md section 13). */
const publicAt = 52;
/** How a wrapped key lies in the store: once more under a key of the browser's own, so that a copy of the records alone is of no use
    for guessing passcodes. */
const atRest = { name: 'AES-GCM', length: 256 } as const;

/** The record `locked/<name>`. `by` is the name of a sealing key in the store, the rest base64url. */
interface SealedKey { readonly by: string; readonly iv: string; readonly sealed: string }

export async function loadKeys(
  source: WasmSource | undefined,
  instantiate: (create: (options: RawOptions) => Promise<RawModule>, source: WasmSource, onPanic: () => void) => Promise<Engine>,
  onPanic: () => void,
): Promise<KeysModule> {
  return new KeysModule(await instantiate(createKeys, source ?? new URL('./keys.wasm', import.meta.url), onPanic));
}

export class KeysModule {
  readonly #engine: Engine;
  /** By name: what one session unlocked is unlocked for all of this page. */
  readonly #locked = new Map<string, LockedKey>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }
  /** The key of a record that `keep` wrote. It does not sign before `unlock`. Errors: `keys.failed` where the record cannot be read. */
  async locked(name: string, record: Json, store: EnvelopeStore): Promise<SigningKey> {
    const kept = record as unknown as SealedKey;
    const known = this.#locked.get(name);
    if (known && known.sealed === kept.sealed) return known;
    const wrapped = await unsealed(name, kept, store);
    const x = wrapped.subarray(publicAt, publicAt + 32);
    const key = new LockedKey(this, kept.sealed, wrapped, toBase64Url(x), this.#engine.text('cs_thumbprint', x));
    this.#locked.set(name, key);
    return key;
  }
  /** A new key of this name under a passcode: durable, and unlocked for this page. */
  async keep(name: string, passcode: string, store: EnvelopeStore, random: (length: number) => Uint8Array): Promise<SigningKey> {
    // A page that came without TLS can be anybody's; browsers give such pages no WebCrypto, and we no keys.
    if (!globalThis.crypto?.subtle) throw new CountersignError('keys.unsupported', 'This page must be served over HTTPS or from localhost');
    if ([...passcode].length < shortest) throw new CountersignError('keys.short_passcode', `A passcode has at least ${shortest} characters`);
    const { key, wrapped } = this.make(passcode, random);
    const record = `locked/${name}`;
    const stream = /[0-9a-f]{32}/.exec(name)?.[0] ?? '0'.repeat(32);
    const first = async (): Promise<SigningKey> => {
      // Another tab may have been first, while somebody typed here: its key may be in the log already.
      const other = await store.record(record);
      if (other !== null) {
        const theirs = await this.locked(name, other, store);
        await theirs.unlock!(passcode);
        return theirs;
      }
      const sealed = await seal(name, wrapped, store, random) as unknown as Json;
      await store.commit({ stream, records: { [record]: sealed } });
      const kept = await this.locked(name, sealed, store) as LockedKey;
      kept.open = key;
      return kept;
    };
    return store.exclusive ? store.exclusive(stream, first) : first();
  }
  make(passphrase: string, random: (length: number) => Uint8Array, cost: StretchCost = { mebibytes: 64, passes: 3 }): { key: SigningKey; wrapped: Uint8Array } {
    const seed = random(32);
    try {
      return { wrapped: this.wrap(seed, passphrase, random(16), random(24), cost), key: this.open(seed) };
    } finally {
      seed.fill(0);
    }
  }
  /** The same characters are the same passphrase, however a keyboard composed them. */
  #phrase(passphrase: string): string {
    if (typeof passphrase !== 'string') throw badArgument('A passphrase is a string');
    return passphrase.normalize('NFC');
  }
  /** The seed stays inside the module; only the wrapped form comes out. */
  wrap(seed: Uint8Array, passphrase: string, salt: Uint8Array, nonce: Uint8Array, { mebibytes, passes }: StretchCost): Uint8Array {
    return this.#engine.bytes('cs_key_wrap', seed, this.#phrase(passphrase), salt, nonce, mebibytes, passes);
  }
  unwrap(wrapped: Uint8Array, passphrase: string): SigningKey {
    return this.#key(this.#engine.json<number>('cs_key_unwrap', wrapped, this.#phrase(passphrase)));
  }
  open(seed: Uint8Array): SigningKey {
    return this.#key(this.#engine.json<number>('cs_key_open', seed));
  }
  #key(number: number): SigningKey {
    const handle = this.#engine.handle(number, 'cs_key_close');
    const raw = this.#engine.bytes('cs_key_public', handle.number);
    return new ModuleKey(this.#engine, handle, toBase64Url(raw), this.#engine.text('cs_thumbprint', raw));
  }
}

class ModuleKey implements SigningKey {
  readonly x: string;
  readonly id: string;
  readonly #engine: Engine;
  readonly #handle: Handle;

  constructor(engine: Engine, handle: Handle, x: string, id: string) {
    this.#engine = engine;
    this.#handle = handle;
    this.x = x;
    this.id = id;
  }
  async sign(bytes: Uint8Array): Promise<Uint8Array> {
    return this.#engine.bytes('cs_key_sign', this.#handle.number, bytes);
  }
}

/** A stored key whose seed is under a passcode. Who it is, anybody may know; it signs once it is unlocked, until the page is closed. */
class LockedKey implements SigningKey {
  open: SigningKey | null = null;
  readonly #module: KeysModule;

  constructor(module: KeysModule, readonly sealed: string, readonly wrapped: Uint8Array, readonly x: string, readonly id: string) {
    this.#module = module;
  }
  get locked(): boolean {
    return this.open === null;
  }
  async unlock(passcode: string): Promise<void> {
    this.open ??= this.#module.unwrap(this.wrapped, passcode);
  }
  async sign(bytes: Uint8Array): Promise<Uint8Array> {
    if (!this.open) throw new CountersignError('keys.locked', 'The device key is locked; its passcode opens it');
    return this.open.sign(bytes);
  }
}

async function seal(name: string, wrapped: Uint8Array, store: EnvelopeStore, random: (length: number) => Uint8Array): Promise<SealedKey> {
  // A sealing key for each: two tabs at the same moment cannot take each other's away.
  const by = `sealing/${toBase64Url(random(16))}`;
  const key = await crypto.subtle.generateKey(atRest, false, ['encrypt', 'decrypt']);
  await store.putKey(by, key);
  const iv = random(12);
  const sealed = await crypto.subtle.encrypt({ name: atRest.name, iv, additionalData: new TextEncoder().encode(name) } as AesGcmParams, key, wrapped as BufferSource);
  return { by, iv: toBase64Url(iv), sealed: toBase64Url(new Uint8Array(sealed)) };
}

async function unsealed(name: string, record: SealedKey, store: EnvelopeStore): Promise<Uint8Array> {
  try {
    const key = await store.getKey(record.by) as CryptoKey;
    const given = { name: atRest.name, iv: fromBase64Url(record.iv), additionalData: new TextEncoder().encode(name) } as AesGcmParams;
    return new Uint8Array(await crypto.subtle.decrypt(given, key, fromBase64Url(record.sealed) as BufferSource));
  } catch (error) {
    throw new CountersignError('keys.failed', 'The key that this device keeps for the envelope cannot be read; open your link on another device', '', undefined, error);
  }
}
