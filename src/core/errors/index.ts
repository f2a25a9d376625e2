export * from './datasets-error.js';
export * from './nearest.js';
export * from './transport.js';
