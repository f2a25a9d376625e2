export * from './builder/index.js';
export { type DatasetsConfig, defineConfig } from './core/config/index.js';
export { DatasetsError, type ErrorCode, type ErrorLocation } from './core/errors/index.js';
export * from './features/index.js';
export type { Collection, Combiner, Counter, Key, Keyed, Pipeline, Resource, SideInput } from './pipeline/index.js';
export * from './sources/index.js';
