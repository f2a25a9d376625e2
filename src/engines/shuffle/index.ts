export { type RecordSlice, slicesOf, totalBytes } from './partition-input.js';
export { type PartitionRun, PartitionWriter } from './partition-writer.js';
export { openSortedPartition, type RecordGroup, type SortedPartition } from './sorted-partition.js';
