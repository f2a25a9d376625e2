export * from './contract.js';
export { keyBytes } from './key-bytes.js';
export { keyHash, RowHasher } from './key-hasher.js';
