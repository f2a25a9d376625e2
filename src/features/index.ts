export * from './arrow-shape.js';
export * from './columns.js';
export * from './dtype.js';
export * from './feature.js';
export * from './leaf.js';
export * from './privacy-policy.js';
export * from './row-arena.js';
export * from './row-layout.js';
