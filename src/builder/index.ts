export * from './builder-class.js';
export * from './builder-reference.js';
export { codeFingerprint, moduleCodeDigest } from './code-fingerprint.js';
export * from './dataset-builder.js';
export * from './definition.js';
export * from './discover.js';
export { formatEpoch } from './format-epoch.js';
export * from './import-module.js';
export * from './load-builder.js';
