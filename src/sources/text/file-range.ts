import type { JsonObject } from '../../core/json/index.js';
import { type BlockRange, shardOfBlocks } from '../files/read-blocks.js';
import type { SourceFile } from '../files/resolve-files.js';
import type { SourceShard } from '../source.js';

/** Bytes `from .. to` of a text file; both lie on the boundary of a record. What a shard of a text source carries. */
export type FileRange = BlockRange & {
  /** The line at `from`, counted from 1, where it is known without counting. */
  readonly line: number | null;
  /** Columns of a CSV file, for ranges that don't begin with the header. */
  readonly header: readonly string[] | null;
};

export const defaultRangeBytes = 64 << 20;

/** A whole file as one range. */
export function wholeFile(file: SourceFile): FileRange {
  return { file: file.location, fileBytes: file.bytes, from: 0, to: file.bytes, line: 1, header: null };
}

/** The source shard of a range; the first of a file says where its rows begin. */
export function shardOfRange(range: BlockRange & JsonObject): SourceShard {
  return {
    ...shardOfBlocks(range),
    ...(range.from === 0 ? { origin: { path: range.file.path, row: 0 } } : {}),
  };
}

/** The range that a shard of a text source carries. Shards are made by `shardOfRange` alone, so the shape is known. */
export function rangeOf(shard: SourceShard): FileRange {
  return shard.data as FileRange;
}
