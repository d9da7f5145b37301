// Entry `countersign`. Importing it does nothing; `init()` does.
export { init } from './init.js';
export { CountersignError, CountersignPanic } from './errors.js';
export { linkToken, makeLink, parseLink } from './link.js';
export { MemoryStore } from './store-memory.js';
export type * from './types.js';
