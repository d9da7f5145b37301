// Entry `countersign/testing`: the contracts of backends and stores, for our adapters and for yours.
export { runBackendConformance, type BackendConformanceOptions, type ConformanceResult } from '../backends/conformance.js';
export { runStoreConformance, type StoreConformanceOptions } from './store-conformance.js';
export { MemoryStore } from '../store-memory.js';
