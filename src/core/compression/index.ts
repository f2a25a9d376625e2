export { zstdBlocks } from './zstd-blocks.js';
