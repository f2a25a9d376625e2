export * from './datasets-error.js';
export * from './is-transient.js';
export * from './nearest.js';
export * from './transport.js';
