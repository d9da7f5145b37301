// The keys module: Ed25519 keys under a passphrase (FORMAT.md section 13). Fetched only by whoever uses one.
import createKeys from './keys-glue.js';
import { toBase64Url, type Engine, type Handle } from './engine.js';
import type { RawModule, RawOptions } from './sign.js';
import type { SigningKey, StretchCost, WasmSource } from './types.js';

export async function loadKeys(
  source: WasmSource | undefined,
  instantiate: (create: (options: RawOptions) => Promise<RawModule>, source: WasmSource, onPanic: () => void) => Promise<Engine>,
): Promise<KeysModule> {
  return new KeysModule(await instantiate(createKeys, source ?? new URL('./keys.wasm', import.meta.url), () => undefined));
}

export class KeysModule {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }
  /** The seed stays inside the module; only the wrapped form comes out. */
  wrap(seed: Uint8Array, passphrase: string, salt: Uint8Array, nonce: Uint8Array, { mebibytes, passes }: StretchCost): Uint8Array {
    return this.#engine.bytes('cs_key_wrap', seed, passphrase.normalize('NFC'), salt, nonce, mebibytes, passes);
  }
  unwrap(wrapped: Uint8Array, passphrase: string): SigningKey {
    return this.#key(this.#engine.json<number>('cs_key_unwrap', wrapped, passphrase.normalize('NFC')));
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
