import { fileSource } from '../file-source.js';
import { compressionOf } from '../files/compression.js';
import { locationName } from '../files/location.js';
import { consumeBlocks, readBlocks } from '../files/read-blocks.js';
import type { FileReference } from '../files/resolve-files.js';
import type { Source, SourceShard } from '../source.js';
import type { UnsafeIntegers } from './exact-json.js';
import { shardOfRange } from './file-range.js';
import { jsonRangeOf } from './json-range.js';
import { JsonBlockReader } from './json-reader.js';
import { type RangeOptions, rangeBytesOf } from './line-files.js';
import { blockBytes } from './read-blocks.js';
import { splitJson } from './split-json.js';

export interface JsonOptions extends RangeOptions {
  /** What becomes of an integer beyond 2^53 - 1, which a number would round: an error (the default), or a bigint. */
  readonly unsafeIntegers?: UnsafeIntegers;
}

/**
 * Reads JSON files, UTF-8, plain, gzip (`*.gz`) or zstd (`*.zst`): an array gives one element an item, anything else is one element.
 *
 * An array is read as a stream, however long it is: memory holds the items of a block, at least one. Plain files larger than `rangeBytes` are split between items, after one reading that
 * counts brackets; a compressed file is one source shard. What is no array is held in memory as a whole.
 *
 * @typeParam T what an element is; it is not checked here, the data set's features check it
 * @throws DatasetsError while reading: SOURCE_MALFORMED with file, line and column
 * @example
 * ```ts
 * const cars = pipeline.read(json<{ Name: string; Year: string }>(npmFile('vega-datasets', 'data/cars.json')));
 * ```
 */
export function json<T = unknown>(files: FileReference, options: JsonOptions = {}): Source<T> {
  const rangeBytes = rangeBytesOf(options);
  return fileSource<T>(files, {
    kind: 'json',
    async split(found, context) {
      const shards: SourceShard[] = [];
      for (const file of found) shards.push(...(await splitJson(file, context, rangeBytes)).map(shardOfRange));
      return shards;
    },
    read(shard, context) {
      const range = jsonRangeOf(shard);
      const compression = compressionOf(locationName(range.file));
      const reader = new JsonBlockReader<T>(range, options.unsafeIntegers ?? 'refuse', context);
      return consumeBlocks(readBlocks(range, { blockBytes, compression }, context), reader);
    },
  });
}
