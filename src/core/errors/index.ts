export * from './datasets-error.js';
