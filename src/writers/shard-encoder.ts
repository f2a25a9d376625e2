import { setImmediate } from 'node:timers/promises';
import { DatasetsError } from '../core/errors/index.js';
import { type AnyFeature, leavesOf } from '../features/index.js';
import { defaultBufferBytes } from './arena-pool.js';
import { openArrowOutput } from './arrow-output.js';
import { bucketBits, bucketCount, type ShardResult, type ShardTask } from './contract.js';
import { duplicateKey } from './duplicate-key.js';
import { IndexOutput } from './index-output.js';
import { loadParquetOutputs, type ParquetOutputs } from './parquet-output.js';
import type { ShardOutput } from './shard-output.js';
import { type SortedGroup, sortedGroups } from './sorted-groups.js';
import { openTFRecordOutput } from './tfrecord-output.js';

/** How long the thread is kept before other work (a signal, a message) gets its turn. */
const turnMilliseconds = 50;

/**
 * Writes one shard: its rows in the order of their key hashes, in every format that the task wants, and its key index.
 *
 * The bytes depend on the rows alone: not on how many runs they came in, nor on any buffer's size. Whatever it throws, it leaves no file behind.
 *
 * @param schema The feature by which the rows were written.
 * @throws DatasetsError KEY_DUPLICATE, showing both examples; STORAGE_FULL or STORAGE_FAILED; DATA_CORRUPT for a damaged spill file; INTERRUPTED.
 */
export async function encodeShard(task: ShardTask, schema: AnyFeature, signal?: AbortSignal): Promise<ShardResult> {
  const parquet = task.outputs.parquet === undefined ? undefined : await loadParquetOutputs();
  const encoder = new ShardEncoder(task, schema, parquet);
  try {
    let turnEnds = performance.now() + turnMilliseconds;
    for (const group of encoder.groups()) {
      encoder.add(group);
      if (performance.now() < turnEnds) continue;
      await setImmediate();
      if (signal?.aborted) throw interrupted(task, signal);
      turnEnds = performance.now() + turnMilliseconds;
    }
    return await encoder.finish();
  } catch (error) {
    encoder.discard();
    throw error;
  }
}

/** Rows that go through every output before the next ones, so that small ones stay in the first-level cache: 15 % less than a group at a time. */
const blockRows = 128;

class ShardEncoder {
  readonly #task: ShardTask;
  readonly #schema: AnyFeature;
  readonly #index: IndexOutput;
  readonly #outputs: ShardOutput[] = [];
  /** The first bucket whose first record lies in this shard. */
  readonly #firstOwnBucket: number;
  /** Records of earlier shards that are still to come. */
  #skip: number;
  #left: number;

  constructor(task: ShardTask, schema: AnyFeature, openParquet: ParquetOutputs | undefined) {
    this.#task = task;
    this.#schema = schema;
    this.#skip = task.skip;
    this.#left = task.to - task.from;
    const [first] = bucketRange(task);
    this.#firstOwnBucket = task.skip > 0 ? first + 1 : first;
    this.#index = new IndexOutput(task);
    try {
      const { tfrecord, arrow, parquet } = task.outputs;
      if (tfrecord !== undefined) this.#outputs.push(openTFRecordOutput(tfrecord, leavesOf(schema)));
      if (arrow !== undefined) this.#outputs.push(openArrowOutput(arrow, schema));
      if (parquet !== undefined && openParquet !== undefined) this.#outputs.push(openParquet(parquet, schema));
    } catch (error) {
      this.discard();
      throw error;
    }
  }

  groups(): Iterable<SortedGroup> {
    const [firstBucket, endBucket] = bucketRange(this.#task);
    const { input, bufferBytes = defaultBufferBytes } = this.#task;
    return sortedGroups(input, { firstBucket, endBucket, bufferBytes });
  }

  add(group: SortedGroup): void {
    if (group.equalAt >= 0) throw duplicateKey(this.#task, this.#schema, group);
    const from = Math.min(this.#skip, group.count);
    const to = Math.min(group.count, from + this.#left);
    this.#skip -= from;
    this.#left -= to - from;
    const firstOwn = this.#firstOwn(group, from, to);
    for (let block = from; block < to; block += blockRows) {
      const end = Math.min(to, block + blockRows);
      for (const output of this.#outputs) output.add(group, block, end);
      this.#index.add(group, block, end, firstOwn);
    }
    this.#index.addToBucketOnly(group, Math.max(to, this.#firstOwn(group, to, group.count)), group.count);
  }

  async finish(): Promise<ShardResult> {
    const { split, shard, from, to } = this.#task;
    const bucketDigests = this.#index.bucketDigests();
    const { exampleBytes } = this.#index;
    const files = await Promise.all([...this.#outputs, this.#index].map((output) => output.finish()));
    return { split, shard, examples: to - from, exampleBytes, files, bucketDigests };
  }

  discard(): void {
    for (const output of [...this.#outputs, this.#index]) output.discard();
  }

  /** The place in `from .. to` of the first record that doesn't belong to a bucket of an earlier shard. */
  #firstOwn({ words, order }: SortedGroup, from: number, to: number): number {
    let place = from;
    while (place < to && (words[(order[place] as number) >>> 2] as number) >>> (32 - bucketBits) < this.#firstOwnBucket)
      place++;
    return place;
  }
}

/** First bucket of a task's input, and the one after its last. */
function bucketRange({ input }: ShardTask): readonly [number, number] {
  let first = bucketCount;
  let end = 0;
  for (const { buckets } of input) {
    first = Math.min(first, buckets[0] ?? bucketCount);
    end = Math.max(end, (buckets.at(-1) ?? -1) + 1);
  }
  return [first, end];
}

function interrupted({ split }: ShardTask, signal: AbortSignal): DatasetsError {
  return new DatasetsError('INTERRUPTED', `writing split '${split}' was interrupted`, {
    cause: signal.reason,
    at: { split },
  });
}
