import type { BlockRange } from '../files/read-blocks.js';
import type { SourceFile } from '../files/resolve-files.js';
import type { SourceShard } from '../source.js';
import type { ItemStart } from './array-scanner.js';

/** A JSON file, or items of its array: bytes `from .. to`, which end behind a comma between items, or with the file. What a shard carries. */
export type JsonRange = BlockRange & {
  /** Where its first item begins; null for the file's start. */
  readonly start: { readonly [K in keyof ItemStart]: number } | null;
};

export function wholeJson(file: SourceFile): JsonRange {
  return { file: file.location, fileBytes: file.bytes, from: 0, to: file.bytes, start: null };
}

/** The range that a shard carries, which `shardOfRange` made. */
export function jsonRangeOf(shard: SourceShard): JsonRange {
  return shard.data as JsonRange;
}
