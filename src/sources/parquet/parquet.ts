import { fileSource } from '../file-source.js';
import type { FileReference } from '../files/resolve-files.js';
import type { Source, SourceShard } from '../source.js';
import type { ParquetOptions } from './parquet-options.js';
import { type RowGroupRange, readRowGroups, rowGroups } from './row-groups.js';

/**
 * Reads Parquet files of every codec. A row group is a source shard, or several where it has more than 65,536 rows. A row is a plain object with the columns as properties.
 *
 * Values are exact: integers up to 32 bits, floats and float16 are numbers; 64-bit integers, times and timestamps bigint or number (`int64`); decimals their decimal
 * notation as a string; dates Date (midnight UTC); text, enum, JSON and UUID strings; bytes Uint8Array; lists arrays; structs plain objects; what is missing null. Maps
 * are refused.
 *
 * hyparquet holds a shard's rows in memory while it is read; DuckDB streams it. Files on `gs://` are read by hyparquet, which fetches the chosen columns' bytes alone.
 *
 * @throws DatasetsError while reading: SOURCE_MALFORMED, UNSUPPORTED, PEER_MISSING
 * @example
 * ```ts
 * interface Flight { date: number; delay: number; origin: string; destination: string }
 * const flights = pipeline.read(parquet<Flight>(npmFile('vega-datasets', 'data/flights-3m.parquet'), { int64: 'number' }));
 * ```
 */
export function parquet<T extends object = Record<string, unknown>>(
  files: FileReference,
  options: ParquetOptions = {},
): Source<T> {
  return fileSource<T>(files, {
    kind: 'parquet',
    async split(found, context) {
      const shards: SourceShard[] = [];
      for (const file of found) shards.push(...(await rowGroups(file, context)));
      return shards;
    },
    read: (shard, context) => readRowGroups<T>(shard.data as RowGroupRange, context, options),
  });
}
