export * from './builder-class.js';
export * from './builder-reference.js';
export * from './dataset-builder.js';
export * from './dataset-types.js';
export * from './definition.js';
export * from './discover.js';
export * from './import-module.js';
export * from './load-builder.js';
