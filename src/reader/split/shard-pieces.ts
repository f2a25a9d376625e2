import type { ExampleRange, SplitShape } from './split-ranges.js';

/** Examples `from .. to` of one shard: what one file is read for. */
export interface ShardPiece {
  readonly split: string;
  readonly shard: number;
  readonly from: number;
  readonly to: number;
}

/** The pieces of shards that hold some ranges of examples, in the ranges' order. Empty pieces are left out. */
export function shardPieces(ranges: readonly ExampleRange[], splits: readonly SplitShape[]): readonly ShardPiece[] {
  return ranges.flatMap((range) => {
    const shards = splits.find((split) => split.name === range.split)?.shards ?? [];
    let first = 0;
    return shards.flatMap(({ examples }, shard) => {
      const from = Math.max(0, range.from - first);
      const to = Math.min(examples, range.to - first);
      first += examples;
      return from < to ? [{ split: range.split, shard, from, to }] : [];
    });
  });
}

/** The examples `from .. to` of a sequence of ranges, counted over all of them. */
export function sliceRanges(ranges: readonly ExampleRange[], from: number, to: number): readonly ExampleRange[] {
  let first = 0;
  return ranges.flatMap((range) => {
    const begin = range.from + Math.max(0, from - first);
    const end = Math.min(range.to, range.from + to - first);
    first += range.to - range.from;
    return begin < end ? [{ split: range.split, from: begin, to: end }] : [];
  });
}

export function countExamples(ranges: readonly ExampleRange[]): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from, 0);
}
