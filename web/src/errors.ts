// The one class that refusals arrive as, and the other one, for bugs of ours.
import type { ErrorCode } from './generated/error-codes.js';

/** Data or state said no. `code` is stable (`area.reason`), the message is English and for developers (a whole sentence where `init` got `sentences`). */
export class CountersignError extends Error {
  override readonly name = 'CountersignError';
  readonly code: ErrorCode;
  /** JSON Pointer or another place the reader can find; "" where there is none. */
  readonly path: string;
  readonly details: unknown;

  constructor(code: ErrorCode, message: string, path = '', details?: unknown, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.path = path;
    this.details = details;
  }
}

/**
 * Countersign itself is wrong. The engine that threw it is dead (every later call throws this again); `init()` starts
 * a new one, and nothing is lost, because state is in the store. Where it was the compiler, the verifier or the keys module,
 * the next call that needs it loads it anew; what was open in it (templates, unlocked keys) is opened again.
 */
export class CountersignPanic extends Error {
  override readonly name = 'CountersignPanic';
  readonly code = 'engine.dead' as const;

  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
  }
}
