// The HTTP backend: the protocol of the reference server, over fetch, from any origin.
//
// Every answer is distrusted in the same way: a body that is not the protocol's (a captive portal's page, a proxy's
// error) counts as no answer at all; redirects to another origin are not followed, so a token never leaves for one.
import { badArgument, fromBase64Url } from '../engine.js';
import { CountersignError } from '../errors.js';
import type { ErrorCode } from '../types.js';
import type { Backend, BackendCaps, Cursor, FeedPage, Item, Json, Kind, Problem, PutResult, StoreId, StreamAccess, StreamId } from '../types.js';
import { checkItemName, checkStream, storeIdOf } from './hash.js';

export interface HttpBackendOptions {
  /** Base address, for example "https://sign.example.com"; "" for the page's own origin. */
  url: string;
  /** The bearer token of a stream, and for its sender whom to let in: a `StreamAccess`, as the store's record `access/<stream>` holds it. */
  access(stream: StreamId): Promise<StreamAccess | Json | null>;
  /** Bearer token of an account that may create streams; senders only. */
  account?: () => Promise<string | null>;
  fetch?: typeof fetch;
  /** Longest wait for one answer, ms. */
  timeout?: number;
}

const jsonType = /^application\/(problem\+)?json\b/;
const maxBatchItems = 64;
const maxBatchBytes = 1024 * 1024;
const maxAnswerBytes = 8 * 1024 * 1024;
/** Bytes a millisecond: what is waited for of a large item on a bad connection. */
const slowest = 16;
const largestBlob = 4 * 1024 * 1024;

const codes: Readonly<Record<number, ErrorCode>> = {
  400: 'backend.refused', 401: 'backend.unauthorized', 403: 'backend.unauthorized', 404: 'backend.gone',
  409: 'backend.epoch_changed', 410: 'backend.gone', 412: 'backend.refused', 413: 'backend.too_large', 422: 'backend.refused',
  429: 'backend.overload', 503: 'backend.overload', 507: 'backend.quota',
};

/** `Retry-After` in ms: seconds, an HTTP date, or 0 for anything else. */
export function retryAfterOf(header: string | null, now: number): number {
  if (header === null) return 0;
  if (/^[0-9]{1,9}$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? 0 : Math.max(0, date - now);
}

export class HttpBackend implements Backend {
  readonly #options: HttpBackendOptions;
  readonly #base: string;
  /** Streams that this page made, or made sure of. */
  readonly #made = new Set<StreamId>();
  /** First pages on their way. */
  readonly #ahead = new Map<StreamId, Promise<FeedPage>>();

  constructor(options: HttpBackendOptions) {
    if (typeof options?.url !== 'string' || typeof options.access !== 'function') throw badArgument('An HttpBackend needs {url, access}');
    this.#options = options;
    this.#base = options.url.replace(/\/+$/, '');
  }

  async caps(): Promise<BackendCaps> {
    return (await this.#json(await this.#send('GET', '/v1/caps', null))) as BackendCaps;
  }

  async put(stream: StreamId, items: readonly Item[]): Promise<readonly PutResult[]> {
    checkStream(stream);
    for (const item of items) checkItemName(item.kind, item.id);
    // The sender's first put makes the stream; whoever was let in finds it there.
    if (!this.#made.has(stream) && (await this.#create(stream))) this.#made.add(stream);
    const results: PutResult[] = [];
    for (let start = 0; start < items.length; ) {
      let end = start;
      let size = 0;
      while (end < items.length && end - start < maxBatchItems) {
        size += 37 + items[end]!.bytes.length;
        if (size > maxBatchBytes && end > start) break;
        end += 1;
      }
      const part = items.slice(start, end);
      results.push(...(size > maxBatchBytes ? [await this.#putOne(stream, part[0]!)] : await this.#putBatch(stream, part)));
      start = end;
    }
    return results;
  }

  async get(stream: StreamId, kind: Kind, id: StoreId, range?: readonly [number, number]): Promise<Uint8Array | null> {
    checkStream(stream);
    checkItemName(kind, id);
    const headers: Record<string, string> = range ? { range: `bytes=${range[0]}-${range[1] - 1}` } : {};
    const answer = await this.#send('GET', `/v1/s/${stream}/${kind}/${id}`, await this.#token(stream), undefined, headers, [404, 416]);
    if (answer.status === 404) {
      if ((await this.#problem(answer)).type === 'no-such-item') return null;
      throw new CountersignError('backend.gone', 'the backend does not have this stream');
    }
    if (answer.status === 416) return new Uint8Array(); // nothing of the item is there
    if (answer.headers.get('content-type') !== 'application/octet-stream') throw this.#noAnswer('an item came with another content type');
    return this.#bytes(answer);
  }

  /**
   * Asks for the beginning of a stream at once, for a page that knows its link before its engine is there: the next
   * `list` from the beginning takes this answer, or its failure.
   */
  ahead(stream: StreamId, limit = 200): void {
    const page = this.list(stream, null, limit);
    page.catch(() => undefined);
    this.#ahead.set(stream, page);
  }

  async list(stream: StreamId, cursor: Cursor | null, limit: number): Promise<FeedPage> {
    checkStream(stream);
    const ahead = cursor === null && this.#ahead.get(stream);
    if (ahead) {
      this.#ahead.delete(stream);
      return ahead;
    }
    const query = new URLSearchParams({ limit: String(limit), inline: '65536' });
    if (cursor !== null) query.set('since', cursor);
    const page = (await this.#json(await this.#send('GET', `/v1/s/${stream}/log?${query}`, await this.#token(stream)))) as {
      epoch: string; next: string; more: boolean; items: { kind: Kind; id: StoreId; size: number; bytes?: string }[];
    };
    if (typeof page.epoch !== 'string' || typeof page.next !== 'string' || typeof page.more !== 'boolean' || !Array.isArray(page.items)) {
      throw this.#noAnswer('a page of another shape');
    }
    return {
      epoch: page.epoch,
      next: page.next,
      more: page.more,
      items: page.items.map(({ kind, id, size, bytes }) => {
        checkItemName(kind, id);
        return { kind, id, size, ...(bytes === undefined ? {} : { bytes: fromBase64(bytes) }) };
      }),
    };
  }

  watch(stream: StreamId, cursor: Cursor, hint: () => void): () => void {
    checkStream(stream);
    const stop = new AbortController();
    void this.#listen(stream, cursor, hint, stop.signal);
    return () => stop.abort();
  }

  /** Reads the event stream through fetch (EventSource cannot carry a token). Ends silently: hints may be silent. */
  async #listen(stream: StreamId, cursor: Cursor, hint: () => void, signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; failures += 1) {
      try {
        const token = await this.#token(stream);
        const answer = await (this.#options.fetch ?? fetch)(`${this.#base}/v1/s/${stream}/watch?since=${encodeURIComponent(cursor)}`, {
          headers: token === null ? {} : { authorization: `Bearer ${token}` }, cache: 'no-store', credentials: 'omit', redirect: 'error', signal,
        });
        if (answer.ok && answer.body && answer.headers.get('content-type')?.startsWith('text/event-stream')) {
          failures = 0;
          const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
          for (let part = await reader.read(); !part.done; part = await reader.read()) if (part.value.includes('event: hint')) hint();
        }
      } catch {
        // The network's business; the engine polls by itself.
      }
      await new Promise<void>((done) => {
        const timer = setTimeout(done, Math.min(60_000, 1000 * 2 ** Math.min(failures, 6)) * (0.5 + Math.random() / 2));
        signal.addEventListener('abort', () => { clearTimeout(timer); done(); }, { once: true });
      });
    }
  }

  async #create(stream: StreamId): Promise<boolean> {
    const access = await this.#access(stream);
    if (!access?.grants) return false; // not ours to make
    const account = (await this.#options.account?.()) ?? null;
    if (account === null) return false;
    const grants = [
      { tokenHash: await storeIdOf(new TextEncoder().encode(access.token)), scope: 'admin' },
      ...access.grants.map(({ recipient, tokenHash }) => ({ tokenHash, scope: 'append', recipient })),
    ];
    await this.#send('PUT', `/v1/s/${stream}`, account, JSON.stringify({ grants }), { 'content-type': 'application/json' });
    return true;
  }

  async #putBatch(stream: StreamId, items: readonly Item[]): Promise<readonly PutResult[]> {
    const total = items.reduce((sum, item) => sum + 37 + item.bytes.length, 0);
    const body = new Uint8Array(total);
    const view = new DataView(body.buffer);
    let at = 0;
    for (const { kind, id, bytes } of items) {
      body[at] = kind.charCodeAt(0);
      for (let i = 0; i < 32; i += 1) body[at + 1 + i] = Number.parseInt(id.slice(2 * i, 2 * i + 2), 16);
      view.setUint32(at + 33, bytes.length);
      body.set(bytes, at + 37);
      at += 37 + bytes.length;
    }
    const answer = (await this.#json(
      await this.#send('POST', `/v1/s/${stream}/batch`, await this.#token(stream), body, { 'content-type': 'application/octet-stream' }),
    )) as { results: PutResult[] };
    if (!Array.isArray(answer.results)) throw this.#noAnswer('an answer of another shape');
    return answer.results;
  }

  /** An item that no batch has room for. */
  async #putOne(stream: StreamId, { kind, id, bytes }: Item): Promise<PutResult> {
    const answer = await this.#send('PUT', `/v1/s/${stream}/${kind}/${id}`, await this.#token(stream), bytes, { 'content-type': 'application/octet-stream' }, [413, 422]);
    if (answer.ok) return (await this.#json(answer)) as PutResult;
    return { id, state: 'rejected', problem: await this.#problem(answer) };
  }

  async #token(stream: StreamId): Promise<string | null> {
    return (await this.#access(stream))?.token ?? null;
  }

  #access(stream: StreamId): Promise<StreamAccess | null> {
    return this.#options.access(stream) as Promise<StreamAccess | null>;
  }

  async #send(method: string, path: string, token: string | null, body?: string | Uint8Array, headers: Record<string, string> = {}, accept: readonly number[] = []): Promise<Response> {
    let answer: Response;
    try {
      answer = await (this.#options.fetch ?? fetch)(this.#base + path, {
        method,
        headers: token === null ? headers : { ...headers, authorization: `Bearer ${token}` },
        ...(body === undefined ? {} : { body: body as BodyInit }),
        cache: 'no-store', credentials: 'omit', redirect: 'error', referrerPolicy: 'no-referrer',
        signal: AbortSignal.timeout((this.#options.timeout ?? 30_000) + Math.ceil((typeof body === 'object' ? body.length : path.includes('/b/') ? largestBlob : 0) / slowest)),
      });
    } catch (error) {
      throw new CountersignError('backend.unreachable', 'the backend cannot be reached', '', undefined, error);
    }
    if (answer.ok || accept.includes(answer.status)) return answer;
    const problem = await this.#problem(answer);
    const code = problem.type === '' && answer.status < 500 && answer.status !== 429 ? undefined : codes[answer.status];
    const retryAfterMs = Math.max(retryAfterOf(answer.headers.get('retry-after'), Date.now()), problem.retryAfterMs ?? 0);
    // What a server or a gateway says of itself with a number from 500 is no missing connection.
    throw new CountersignError(code ?? (answer.status >= 500 ? 'backend.failed' : 'backend.unreachable'), `${answer.status} ${problem.title}`, '', { status: answer.status, problem, retryAfterMs });
  }

  /** The problem document of a refusal; an empty type when the answer is not the protocol's. */
  async #problem(answer: Response): Promise<Problem> {
    if (!jsonType.test(answer.headers.get('content-type') ?? '')) return { type: '', title: 'not an answer of this protocol', retryable: true };
    try {
      const problem = JSON.parse(new TextDecoder().decode(await this.#bytes(answer))) as Partial<Problem> & { retry_after_ms?: number };
      return {
        type: String(problem.type ?? '').replace(/^.*[/:]/, ''), title: String(problem.title ?? ''), retryable: problem.retryable === true,
        ...(typeof problem.limit === 'number' ? { limit: problem.limit } : {}),
        ...(typeof problem.retry_after_ms === 'number' ? { retryAfterMs: problem.retry_after_ms } : {}),
      };
    } catch {
      return { type: '', title: 'not an answer of this protocol', retryable: true };
    }
  }

  async #json(answer: Response): Promise<unknown> {
    if (!jsonType.test(answer.headers.get('content-type') ?? '')) throw this.#noAnswer('something between here and the backend answered with another page');
    try {
      return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(await this.#bytes(answer)));
    } catch (error) {
      if (error instanceof CountersignError) throw error;
      throw this.#noAnswer('the answer is not JSON');
    }
  }

  /** The body, cut off at a bound before it fills the memory of a phone. */
  async #bytes(answer: Response): Promise<Uint8Array> {
    const reader = answer.body?.getReader();
    if (!reader) return new Uint8Array();
    const parts: Uint8Array[] = [];
    let size = 0;
    try {
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        size += part.value.length;
        if (size > maxAnswerBytes) {
          await reader.cancel();
          throw this.#noAnswer(`an answer of more than ${maxAnswerBytes} bytes`);
        }
        parts.push(part.value);
      }
    } catch (error) {
      if (error instanceof CountersignError) throw error;
      throw new CountersignError('backend.unreachable', 'the connection ended in the middle of an answer', '', undefined, error);
    }
    const whole = new Uint8Array(size);
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  #noAnswer(what: string): CountersignError {
    return new CountersignError('backend.unreachable', what);
  }
}

function fromBase64(text: string): Uint8Array {
  try {
    return fromBase64Url(text);
  } catch {
    throw new CountersignError('backend.unreachable', 'an item that is not base64');
  }
}
