const mebibyte = 1 << 20;
const smallestShardBytes = 64 * mebibyte;
const largestShardBytes = 1024 * mebibyte;

/** What a TFRecord frame adds to each record; tfds counts it in every format. */
export const recordOverheadBytes = 16;

/**
 * How many shards tfds gives a split (core/utils/shard_utils.py, `calculate_number_shards`): a power of two up to 1024, or a multiple of 1024, so
 * that shards have between 64 MiB and 1 GiB, and at least one example.
 *
 * @param exampleBytes Sum of the tf.Example sizes, without the frames.
 */
export function tfdsShardCount(exampleBytes: number, examples: number): number {
  const bytes = exampleBytes + examples * recordOverheadBytes;
  const most = Math.floor(bytes / smallestShardBytes);
  const fewest = Math.floor(bytes / largestShardBytes);
  if (fewest <= 1024 && 1024 <= most && examples >= 1024) return 1024;
  if (fewest > 1024) {
    for (let count = 2048; ; count += 1024) {
      if (count >= fewest && examples >= count) return count;
      // tfds never returns here: with fewer examples than shards it goes on counting for ever.
      if (count > examples) return examples;
    }
  }
  for (let count = 512; count >= 2; count /= 2) {
    if (fewest <= count && count <= most && examples >= count) return count;
  }
  return 1;
}

/** Where shard `shard` of `count` begins, of `examples` records: Python's round(examples * shard / count), which takes halves to the even side. */
export function shardBoundary(examples: number, shard: number, count: number): number {
  const exact = (examples * shard) / count;
  const below = Math.floor(exact);
  const rest = exact - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}
