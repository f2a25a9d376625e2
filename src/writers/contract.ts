/** The two output formats of a build; both hold the same records in the same order. */
export type OutputFormat = 'tfrecord' | 'arrow';

/**
 * What one task of phase 1 wrote for one split: rows in a spill file, scattered into buckets by the first bits of their key hash.
 * Plain data: it crosses threads and processes, and resume keeps it beside the spill file.
 */
export interface RunSummary {
  readonly split: string;
  /** Absolute path of the spill file. */
  readonly file: string;
  /** Id of the source shard (or shuffle partition) that it came from, for messages about duplicates. */
  readonly sourceShard: string;
  readonly rows: number;
  /** One entry for each time the arena was written out; its rows lie in bucket order. */
  readonly segments: readonly RunSegment[];
}

export interface RunSegment {
  /** Byte offset in the spill file. */
  readonly offset: number;
  /** Rows, row bytes and tf.Example bytes by bucket (2^12 buckets). */
  readonly rowCounts: Uint32Array;
  readonly rowBytes: Float64Array;
  readonly exampleBytes: Float64Array;
}

/** One shard of phase 2: records `from .. to` of a split in the order of their key hashes. */
export interface ShardTask {
  readonly split: string;
  readonly shard: number;
  readonly shardCount: number;
  readonly from: number;
  readonly to: number;
  readonly runs: readonly RunSummary[];
  /** Absolute output path for each format that is wanted. */
  readonly outputs: { readonly [F in OutputFormat]?: string };
  readonly indexFile: string;
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
