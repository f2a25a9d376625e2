export * from './dtype.js';
export * from './leaf.js';
export * from './columns.js';
export * from './row-layout.js';
export * from './feature.js';
export * from './privacy-policy.js';
