import { fileSource } from '../file-source.js';
import type { FileReference } from '../files/resolve-files.js';
import type { Source, SourceShard } from '../source.js';
import type { ArrowOptions } from './arrow-options.js';
import { type BatchRange, splitBatches } from './batch-range.js';
import { readBatches } from './read-batches.js';

/**
 * Reads Arrow IPC files and streams, which their first bytes tell apart, plain or with buffers compressed by LZ4 or zstd: what pyarrow, Polars, Feather V2 and `save_to_disk` of Hugging Face's
 * `datasets` write. A row is a plain object with the columns as properties.
 *
 * Values are those of `parquet`, and exact: integers up to 32 bits and floats are numbers; 64-bit integers, times, timestamps and durations bigint or number (`int64`); decimals their decimal
 * notation as a string; dates Date (midnight UTC); text and UUIDs strings; bytes Uint8Array (views of the batch's memory); lists arrays; structs plain objects; maps arrays of `{ key, value }`;
 * dictionaries the values that they stand for; what is missing null. Unions, intervals, runs and list views are refused.
 *
 * Record batches are grouped into source shards of about 16 MiB: a file's by its footer, a stream's by the heads of its messages. Of a batch, the bytes of the chosen columns are read, and held
 * in memory.
 *
 * @throws DatasetsError while reading: SOURCE_MALFORMED with file, record batch and row, UNSUPPORTED
 * @example
 * ```ts
 * interface Review { text: string; label: bigint }
 * const reviews = pipeline.read(arrow<Review>('imdb/train/data-*.arrow', { rowIndex: 'row' }));
 * ```
 */
export function arrow<T extends object = Record<string, unknown>>(
  files: FileReference,
  options: ArrowOptions = {},
): Source<T> {
  return fileSource<T>(files, {
    kind: 'arrow',
    async split(found, context) {
      const shards: SourceShard[] = [];
      for (const file of found) shards.push(...(await splitBatches(file, context, options.rowIndex !== undefined)));
      return shards;
    },
    read: (shard, context) => readBatches<T>(shard.data as BatchRange, context, options),
  });
}
