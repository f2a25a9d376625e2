export * from './dataset-builder.js';
