// Calls into a wasm module: arguments in, one payload out, refusals as errors, traps as a dead engine. wasm/boundary.h
// is the other side. Holds no state of the domain.
import { CountersignError, CountersignPanic } from './errors.js';
import type { RawModule } from './sign.js';
import type { ErrorCode, Item, Kind, Sentences, StoreId } from './types.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** A lone surrogate, as JSON.stringify escapes it (pairs stay as they are). */
const loneSurrogate = /(?:^|[^\\])(?:\\\\)*\\ud[89a-f][0-9a-f]{2}/;

/** As UTF-8 a lone surrogate would silently become another text, and a signer would sign what the page did not show. */
const malformed = (): CountersignError => new CountersignError('input.malformed_text', 'A text holds a lone surrogate; it is not well-formed Unicode');

/** A caller's mistake: nothing was done. */
export const badArgument = (what: string, cause?: unknown, path = ''): CountersignError => new CountersignError('input.bad_argument', what, path, undefined, cause);
const wrongType = 'Bytes are a Uint8Array, texts strings';

/** JSON for the boundary. Errors: `input.malformed_text`, `input.bad_argument`. */
export function stringify(value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw badArgument('Not plain data', error);
  }
  if (text === undefined) throw badArgument('Not plain data');
  if (loneSurrogate.test(text)) throw malformed();
  return text;
}

/** What is handed out never changes. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) deepFreeze(member);
  }
  return value;
}

export type Argument = number | string | Uint8Array;
/** What the sign module leaves to files of their own: acting on an envelope, and what few pages ask for (wasm/parts.json). */
export type Part = 'acts' | 'extra';
export type PartLoader = (part: Part) => Promise<unknown>;

export class Engine {
  readonly module: RawModule;
  readonly #sentences: Sentences;
  #panic: CountersignPanic | null = null;
  #onPanic: (() => void) | null = null;
  #closed = false;
  readonly #load: PartLoader | null;
  readonly #parts = new Map<Part, Promise<unknown>>();
  readonly #there = new Set<Part>();
  /** Forgotten handles are closed some day; `close()` is the rule, this is the net. */
  readonly #net = typeof FinalizationRegistry === 'undefined' ? null
    : new FinalizationRegistry<() => void>((close) => { if (!this.#panic && !this.#closed) close(); });

  /** Without `load` the module is whole: every part is there. */
  constructor(module: RawModule, onPanic?: () => void, sentences: Sentences = {}, load: PartLoader | null = null) {
    this.module = module;
    this.#load = load;
    this.#sentences = sentences;
    this.#onPanic = onPanic ?? null;
  }

  /** Resolves when the part can be called; asked again after a failure, it is fetched again. Errors: as `compileWasm`. */
  async part(part: Part): Promise<void> {
    if (this.has(part)) return;
    const loading = this.#parts.get(part) ?? this.#load!(part);
    this.#parts.set(part, loading);
    try {
      await Promise.all([loading, part === 'extra' && this.part('acts')]); // what both need is in acts
      this.#there.add(part);
    } catch (error) {
      this.#parts.delete(part);
      throw error;
    }
  }
  has(part: Part): boolean {
    return !this.#load || this.#there.has(part);
  }

  get alive(): boolean {
    return !this.#panic && !this.#closed;
  }

  /** JSON payload, parsed and frozen. */
  json<T>(name: string, ...args: Argument[]): T {
    return this.#read(name, args, (bytes) => deepFreeze(JSON.parse(decoder.decode(bytes)) as T));
  }
  text(name: string, ...args: Argument[]): string {
    return this.#read(name, args, (bytes) => decoder.decode(bytes));
  }
  /** A copy: growth of the memory detaches views. */
  bytes(name: string, ...args: Argument[]): Uint8Array {
    return this.#read(name, args, (bytes) => bytes.slice());
  }

  /** An object of the module that must be closed: `name` closes it. */
  handle(number: number, close: string): Handle {
    const handle = new Handle(number, () => {
      this.#net?.unregister(handle);
      if (!this.#panic && !this.#closed) this.#raw(close, [number]);
    });
    this.#net?.register(handle, () => this.#raw(close, [number]), handle);
    return handle;
  }

  close(): void {
    this.#closed = true;
  }

  #raw(name: string, args: readonly Argument[]): number {
    if (this.#panic) throw new CountersignPanic(this.#panic.message, this.#panic.cause);
    if (this.#closed) throw new CountersignError('engine.closed', 'The engine was closed');
    const call = (this.module[`_${name}` as `_cs_${string}`] ?? this.module[name as `cs_${string}`]) as ((...args: readonly Argument[]) => number) | undefined;
    if (!call) throw new CountersignPanic(`The wasm module has no ${name}: glue and module are of different versions`);
    // A number in the place of a text takes one place where two are expected, and would move all that follow.
    if (args.length < call.length) throw badArgument(wrongType);
    try {
      return call(...args);
    } catch (error) {
      if ((error as Error).name === 'BindingError') throw badArgument(wrongType, error); // embind says so before it calls
      this.#panic = new CountersignPanic(`The engine stopped in ${name}; call init() again, nothing is lost`, error);
      this.#onPanic?.();
      throw this.#panic;
    }
  }

  #read<T>(name: string, args: readonly Argument[], take: (payload: Uint8Array) => T): T {
    for (const one of args) {
      if (typeof one === 'string') {
        if (/\p{Cs}/u.test(one)) throw malformed();
      } else if (typeof one !== 'number' && !(one instanceof Uint8Array)) throw badArgument(wrongType);
    }
    // What is bound with embind takes texts and bytes itself.
    const status = this.#raw(name, name in this.module ? args : this.#placed(args));
    const start = this.#raw('cs_result', []);
    const size = this.#raw('cs_result_size', []);
    const payload = this.module.HEAPU8.subarray(start, start + size);
    try {
      if (status === 0) return take(payload);
      const { code, detail, path } = JSON.parse(decoder.decode(payload)) as { code: ErrorCode; detail: string; path: string };
      const sentence = this.#sentences[code] ?? code;
      throw new CountersignError(code, detail ? `${sentence}: ${detail}` : sentence, path);
    } finally {
      if (size > 65536 || args.some((one) => typeof one !== 'number' && one.length > 65536)) this.#raw('cs_release', []);
    }
  }

  /** Texts and bytes copied into the module's room for arguments; a pointer and a length for each. */
  #placed(args: readonly Argument[]): number[] {
    const parts = args.map((argument) => (typeof argument === 'string' ? encoder.encode(argument) : argument));
    let at = this.#raw('cs_reserve', [parts.reduce((total: number, part) => total + (typeof part === 'number' ? 0 : part.length), 0)]);
    const heap = this.module.HEAPU8;
    return parts.flatMap((part) => {
      if (typeof part === 'number') return part;
      heap.set(part, at);
      at += part.length;
      return [at - part.length, part.length];
    });
  }
}

/** Closing twice is no mistake; using it after is. */
export class Handle {
  #number: number;
  #close: (() => void) | null;

  constructor(number: number, close: () => void) {
    this.#number = number;
    this.#close = close;
  }
  get number(): number {
    if (!this.#close) throw new CountersignError('engine.closed', 'This object was closed');
    return this.#number;
  }
  get closed(): boolean {
    return !this.#close;
  }
  close(): void {
    const close = this.#close;
    this.#close = null;
    close?.();
  }
}

/** Items out of "uint32 length, JSON head, bytes", as the module packs them. */
export function unpack(packed: Uint8Array): Item[] {
  let at = 4 + new DataView(packed.buffer, packed.byteOffset).getUint32(0, true);
  const head = JSON.parse(decoder.decode(packed.subarray(4, at))) as { kind: Kind; id: StoreId; size: number }[];
  return head.map(({ kind, id, size }) => ({ kind, id, bytes: packed.slice(at, (at += size)) }));
}

export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}
export function fromHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}
export function toBase64Url(bytes: Uint8Array): string {
  let binary = '';
  for (let i = 0; i < bytes.length; i += 8192) binary += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
export function fromBase64Url(text: string): Uint8Array {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
