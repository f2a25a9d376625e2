import { DatasetsError } from '../core/errors/index.js';
import { rowWords } from '../features/index.js';
import { BucketTotals } from './bucket-totals.js';
import type { RunSummary, ShardPlan, SpillSlice, SplitPlan } from './contract.js';
import { SegmentSlicer } from './segment-slicer.js';
import { recordOverheadBytes, shardBoundary, tfdsShardCount } from './shard-count.js';
import { sortedGroups } from './sorted-groups.js';

export interface ShardPlanOptions {
  /** Exactly so many shards, or one for each example where there are fewer examples. */
  readonly numShards?: number;
  /** No shard's TFRecord file is larger, unless a single record is. */
  readonly maxShardBytes?: number;
  /** Bytes of the buffer in which rows at a cut are sorted; default 16 MiB. */
  readonly bufferBytes?: number;
}

/**
 * Cuts a split into shards: as many as tfds' rule gives for the sizes of its tf.Examples, at Python's round(n * i / N), as tfds' local writer does.
 *
 * Without `maxShardBytes` it reads nothing but the runs' tables. With it, the number of shards grows until none is larger, and the buckets
 * in which a cut falls are read where their tables don't decide.
 *
 * @param runs What phase 1 wrote for this split, in the order of their source shards. Runs of other splits are left out.
 * @throws DatasetsError USAGE when `numShards` shards would be larger than `maxShardBytes`.
 * @example
 * const { shards } = planShards('train', runs, { maxShardBytes: 256 * 2 ** 20 });
 */
export function planShards(split: string, runs: readonly RunSummary[], options: ShardPlanOptions = {}): SplitPlan {
  const segments = runs
    .filter((run) => run.split === split)
    .flatMap((run) => run.segments.map((segment) => new SegmentSlicer(run, segment)));
  const totals = new BucketTotals(segments.map(({ segment }) => segment));
  // Whether a split may be empty is for guards to say; here it has one shard, without examples.
  if (totals.rows === 0) return { split, examples: 0, exampleBytes: 0, shards: [emptyShard(split)] };
  const count = chooseCount(split, segments, totals, options);
  return {
    split,
    examples: totals.rows,
    exampleBytes: totals.exampleBytes,
    shards: cutShards(split, segments, totals, count),
  };
}

function emptyShard(split: string): ShardPlan {
  return { split, shard: 0, shardCount: 1, from: 0, to: 0, inputBytes: 0, skip: 0, input: [] };
}

function chooseCount(
  split: string,
  segments: readonly SegmentSlicer[],
  totals: BucketTotals,
  { numShards, maxShardBytes, bufferBytes = 16 << 20 }: ShardPlanOptions,
): number {
  const natural =
    numShards === undefined ? tfdsShardCount(totals.exampleBytes, totals.rows) : Math.min(numShards, totals.rows);
  if (maxShardBytes === undefined) return natural;
  const measure = new CutMeasure(segments, totals, bufferBytes);
  if (numShards === undefined) return smallestCount(measure, totals, natural, maxShardBytes);
  const largest = measure.largestShardBytes(natural, maxShardBytes);
  if (largest <= maxShardBytes) return natural;
  throw new DatasetsError(
    'USAGE',
    `${natural} shards make one of ${largest} bytes in split '${split}', more than the ${maxShardBytes} that are allowed`,
    { hint: 'Give only one of the number of shards and their largest size, or more shards.', at: { split } },
  );
}

/** Grows the number of shards by how far the largest one is over the limit. It ends: at one example a shard, at the latest. */
function smallestCount(measure: CutMeasure, totals: BucketTotals, from: number, maxShardBytes: number): number {
  const fileBytes = totals.exampleBytes + totals.rows * recordOverheadBytes;
  let count = Math.min(totals.rows, Math.max(from, Math.ceil(fileBytes / maxShardBytes)));
  while (count < totals.rows) {
    const bytes = measure.largestShardBytes(count, maxShardBytes);
    if (bytes <= maxShardBytes) break;
    const needed = Math.ceil((count * bytes) / maxShardBytes);
    count = Math.min(totals.rows, Math.max(count + 1, Math.min(needed, count * 2)));
  }
  return count;
}

/** Measures shards for a number of shards, from the tables alone where they decide. */
class CutMeasure {
  readonly #segments: readonly SegmentSlicer[];
  readonly #totals: BucketTotals;
  readonly #bufferBytes: number;

  constructor(segments: readonly SegmentSlicer[], totals: BucketTotals, bufferBytes: number) {
    this.#segments = segments;
    this.#totals = totals;
    this.#bufferBytes = bufferBytes;
  }

  /**
   * The size of the largest shard's TFRecord file, exact if it is above `limit`; at or below it, a bound. A shard of one record doesn't count: it
   * can't be made smaller.
   */
  largestShardBytes(count: number, limit: number): number {
    const totals = this.#totals;
    let largest = 0;
    for (let shard = 0; shard < count; shard++) {
      const from = shardBoundary(totals.rows, shard, count);
      const to = shardBoundary(totals.rows, shard + 1, count);
      if (to - from === 1) continue;
      let bytes = totals.fileBytesOf(totals.bucketOfRow(from), totals.bucketOfRow(to - 1) + 1);
      if (bytes > limit) bytes = this.#fileBytesBefore(to) - this.#fileBytesBefore(from);
      largest = Math.max(largest, bytes);
    }
    return largest;
  }

  /** Bytes of the TFRecord frames of the first `row` records. */
  #fileBytesBefore(row: number): number {
    const totals = this.#totals;
    if (row === totals.rows) return totals.fileBytesOf(0, totals.buckets);
    const bucket = totals.bucketOfRow(row);
    const before = totals.fileBytesOf(0, bucket);
    const rest = row - totals.rowsBefore(bucket);
    return rest === 0 ? before : before + this.#fileBytesInBucket(bucket, rest);
  }

  #lastBucket = -1;
  #lastRows = 0;
  #lastBytes = 0;

  /** Reads the bucket and adds up its first `rows` records. Neighbouring shards ask for the same cut. */
  #fileBytesInBucket(bucket: number, rows: number): number {
    if (bucket === this.#lastBucket && rows === this.#lastRows) return this.#lastBytes;
    const slices = sliceSegments(this.#segments, bucket, bucket + 1);
    let bytes = 0;
    let left = rows;
    for (const group of sortedGroups(slices, {
      firstBucket: bucket,
      endBucket: bucket + 1,
      bufferBytes: this.#bufferBytes,
    })) {
      const count = Math.min(left, group.count);
      for (let i = 0; i < count; i++) {
        const row = (group.order[i] as number) >>> 2;
        bytes += ((group.words[row + rowWords.exampleBytes] as number) >>> 0) + recordOverheadBytes;
      }
      left -= count;
      if (left === 0) break;
    }
    this.#lastBucket = bucket;
    this.#lastRows = rows;
    this.#lastBytes = bytes;
    return bytes;
  }
}

function cutShards(
  split: string,
  segments: readonly SegmentSlicer[],
  totals: BucketTotals,
  count: number,
): ShardPlan[] {
  return Array.from({ length: count }, (_, shard): ShardPlan => {
    const from = shardBoundary(totals.rows, shard, count);
    const to = shardBoundary(totals.rows, shard + 1, count);
    const first = totals.bucketOfRow(from);
    const end = totals.bucketOfRow(to - 1) + 1;
    return {
      split,
      shard,
      shardCount: count,
      from,
      to,
      inputBytes: totals.rowBytesOf(first, end),
      skip: from - totals.rowsBefore(first),
      get input() {
        return sliceSegments(segments, first, end);
      },
    };
  });
}

/** The parts of all segments in buckets `first .. end`, without empty ones. */
function sliceSegments(segments: readonly SegmentSlicer[], first: number, end: number): SpillSlice[] {
  return segments.flatMap((segment) => segment.slice(first, end) ?? []);
}
