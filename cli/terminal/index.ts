export * from './numbers.js';
export * from './style.js';
export * from './table.js';
export * from './terminal.js';
export * from './text-width.js';
