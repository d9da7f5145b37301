// From an address, bytes or a module to a compiled WebAssembly.Module, with the mistakes that packaging makes named.
import { CountersignError } from './errors.js';
import type { WasmSource } from './types.js';

const compiled = new Map<unknown, Promise<WebAssembly.Module>>();

function notFound(address: string, what: string): CountersignError {
  return new CountersignError('engine.wasm_not_found',
    `${address} ${what}; serve the .wasm file there, or pass init({ wasm }) its address, its bytes or the module (in Node: the bytes, or a file: address)`);
}

/** Compiles once per source. A failed attempt may be repeated. Errors: `engine.wasm_not_found`, `engine.wasm_unsupported`. */
export function compileWasm(source: WasmSource): Promise<WebAssembly.Module> {
  const key = source instanceof URL ? source.href : source;
  const known = compiled.get(key);
  if (known) return known;
  const attempt = compile(source);
  compiled.set(key, attempt);
  attempt.catch(() => compiled.delete(key));
  return attempt;
}

async function compile(source: WasmSource): Promise<WebAssembly.Module> {
  if (typeof WebAssembly !== 'object') throw new CountersignError('engine.wasm_unsupported', 'This browser has no WebAssembly');
  if (source instanceof WebAssembly.Module) return source;
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) return fromBytes(source as BufferSource, 'The given bytes');
  let response: Response;
  let address: string;
  if (typeof source === 'string' || source instanceof URL) {
    address = String(source);
    // Node's fetch reads no files. Asked for by name, so that no bundler looks for it.
    const files = address.startsWith('file:') && (globalThis as { process?: { getBuiltinModule?(name: string): { readFile(file: URL): Promise<Uint8Array<ArrayBuffer>> } } }).process?.getBuiltinModule?.('node:fs/promises');
    if (files) return fromBytes(await files.readFile(new URL(address)).catch(() => { throw notFound(address, 'cannot be read'); }), address);
    try {
      response = await fetch(source);
    } catch (error) {
      throw new CountersignError('engine.wasm_not_found', `${notFound(address, 'cannot be fetched').message}`, '', undefined, error);
    }
  } else {
    response = await source;
    address = response.url || 'The given response';
  }
  const type = response.headers.get('content-type') ?? '';
  if (!response.ok) throw notFound(address, `answers ${response.status}`);
  if (type.startsWith('application/wasm') && WebAssembly.compileStreaming) {
    try {
      return await WebAssembly.compileStreaming(response.clone());
    } catch {
      // Told apart below, from the bytes.
    }
  }
  return fromBytes(await response.arrayBuffer(), address, type);
}

async function fromBytes(bytes: BufferSource, address: string, type = ''): Promise<WebAssembly.Module> {
  const head = ArrayBuffer.isView(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, Math.min(4, bytes.byteLength)) : new Uint8Array(bytes, 0, Math.min(4, bytes.byteLength));
  if (head[0] !== 0 || head[1] !== 0x61 || head[2] !== 0x73 || head[3] !== 0x6d) {
    throw notFound(address, type.startsWith('text/html') || head[0] === 0x3c ? 'answers with a web page (HTML) in place of the module' : 'is not a wasm module');
  }
  try {
    return await WebAssembly.compile(bytes);
  } catch (error) {
    throw new CountersignError('engine.wasm_unsupported', 'This browser cannot compile the module', '', undefined, error);
  }
}
