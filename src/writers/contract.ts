/** The output formats of a build; all hold the same records in the same order. */
export type OutputFormat = 'tfrecord' | 'arrow' | 'parquet';

/** Buckets of the key hash: its first 12 bits. 4096 sequential streams are what a scatter in cache sustains, measured. */
export const bucketBits = 12;
export const bucketCount = 1 << bucketBits;

/**
 * What one task of phase 1 wrote for one split: rows in a spill file, scattered into buckets by the first bits of their key hash.
 * Plain data: it crosses threads and processes, and resume keeps it beside the spill file.
 */
export interface RunSummary {
  readonly split: string;
  /** Absolute path of the spill file; there is none when `rows` is 0. */
  readonly file: string;
  /** Id of the source shard (or shuffle partition) that it came from, for messages about duplicates. */
  readonly sourceShard: string;
  readonly rows: number;
  /** Length and CRC-32 of the spill file, by which a resumed build knows that it is whole. */
  readonly bytes: number;
  readonly crc32: number;
  /** One entry for each time the arena was written out; its rows lie in bucket order. */
  readonly segments: readonly RunSegment[];
}

/** Tables have one entry for each bucket that has rows, so that thousands of small runs stay small. */
export interface RunSegment {
  /** Byte offset in the spill file. */
  readonly offset: number;
  /** Buckets that have rows, ascending. */
  readonly buckets: Uint16Array;
  /** Rows, row bytes and tf.Example bytes of these buckets. */
  readonly rowCounts: Uint32Array;
  readonly rowBytes: Uint32Array;
  readonly exampleBytes: Float64Array;
}

/** The shards of one split, as `planShards` cuts them. */
export interface SplitPlan {
  readonly split: string;
  readonly examples: number;
  /** Sum of the tf.Example sizes: what tfds calls num_bytes. */
  readonly exampleBytes: number;
  readonly shards: readonly ShardPlan[];
}

/** Records `from .. to` of a split in the order of their key hashes. */
export interface ShardPlan {
  readonly split: string;
  readonly shard: number;
  readonly shardCount: number;
  readonly from: number;
  readonly to: number;
  /** Bytes of the spilled rows that this shard reads: its weight among its siblings. */
  readonly inputBytes: number;
  /** Records of earlier shards in the first bucket of `input`. */
  readonly skip: number;
  /**
   * The parts of spill files that hold the buckets of this shard, in the order of the runs. A plan lists them whenever it is asked: those of all shards together grow with
   * the square of the data.
   */
  readonly input: readonly SpillSlice[];
}

/** Consecutive buckets of one segment of a run. */
export interface SpillSlice {
  readonly file: string;
  readonly sourceShard: string;
  /** Where it lies in the spill file. */
  readonly offset: number;
  readonly bytes: number;
  /** Buckets that have rows, ascending, with their row bytes. */
  readonly buckets: Uint16Array;
  readonly rowBytes: Uint32Array;
}

/** One shard of phase 2. Plain data: it crosses threads and processes. */
export interface ShardTask extends ShardPlan {
  /** Absolute output path for each format that is wanted. */
  readonly outputs: { readonly [F in OutputFormat]?: string };
  /** Absolute path of the shard's key index. */
  readonly indexFile: string;
  /** Bytes of each buffer for rows: memory is a few of these, or of the largest row where that is larger. Default 16 MiB. */
  readonly bufferBytes?: number;
  /** Shows keys as a hash prefix in messages. */
  readonly privateKeys?: boolean;
}

export interface WrittenFile {
  /** Absolute path. */
  readonly path: string;
  readonly format: OutputFormat | 'index';
  readonly bytes: number;
  /** CRC32C (Castagnoli) of the whole file as Google Cloud Storage gives it: base64 of 4 big-endian bytes. */
  readonly crc32c: string;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly examples: number;
}

export interface ShardResult {
  readonly split: string;
  readonly shard: number;
  readonly examples: number;
  /** Sum of the tf.Example sizes: what tfds calls num_bytes. */
  readonly exampleBytes: number;
  readonly files: readonly WrittenFile[];
  /**
   * sha256 of each non-empty bucket whose first record lies in this shard, over (key hash ‖ leaves) of its records in order. The split's
   * content digest is the sha256 over all of them, so that it doesn't depend on where shards are cut.
   */
  readonly bucketDigests: readonly { readonly bucket: number; readonly sha256: string }[];
}
