export * from './contract.js';
export { keyBytes } from './key-bytes.js';
export { keyHash, RowHasher } from './key-hasher.js';
export { md5Block, md5InitialState, swapBytes } from './md5.js';
export { contentDigest } from './record-digest.js';
export { encodeShard } from './shard-encoder.js';
export { planShards, type ShardPlanOptions } from './shard-plan.js';
export { SplitWriter, type SplitWriterOptions } from './split-writer.js';
