import { DatasetsError } from '../../core/errors/index.js';
import type { AnyFeature } from '../../features/index.js';
import { fileSource } from '../file-source.js';
import { type Compression, compressionOf } from '../files/compression.js';
import { locationName } from '../files/location.js';
import { consumeBlocks, readBlocks, shardOfBlocks } from '../files/read-blocks.js';
import type { FileReference } from '../files/resolve-files.js';
import type { Source, SourceShard } from '../source.js';
import { type RangeOptions, rangeBytesOf } from '../text/line-files.js';
import { type ExampleFields, type ExampleRow, schemaOfFields } from './example-fields.js';
import { ExampleRecords, RecordBlockReader, type RecordParser, recordBytes } from './record-reader.js';
import { type RecordRange, splitRecords } from './split-records.js';

export interface TFRecordOptions extends RangeOptions {
  /** What the tf.Examples hold: fields by their keys, or a data set's schema. Without it, records come as bytes. */
  readonly features?: ExampleFields | AnyFeature;
  /** How the whole file is compressed, TensorFlow's `compression_type`; default `auto`: gzip for `*.gz`, zstd for `*.zst`, else none. */
  readonly compression?: 'auto' | 'none' | Compression;
}

/** Chunks of 1 MiB and more are parsed fastest. */
const blockBytes = 1 << 20;

/**
 * Reads TFRecord files: records as bytes, or parsed as tf.Examples with `features`, where keys that are not declared are passed over.
 *
 * Values are exact: int64 and uint64 are bigint, other numbers number, `string` checked UTF-8, `bytes` Uint8Array, tensors `{ data, shape }` with a typed array; what an example lacks is null
 * where it is declared optional (`'int64?'`), else an error. Every checksum is verified. Plain files larger than `rangeBytes` are split at records, after one reading of their headers; a
 * compressed file is one source shard.
 *
 * @throws DatasetsError while reading: SOURCE_MALFORMED with file, number of the record (from 0) and offset; FEATURE_INVALID
 * @example
 * ```ts
 * const clicks = pipeline.read(
 *   tfrecord('clicks-*.tfrecord', { features: { id: 'int64', title: 'string?', affinity: tensor({ dtype: 'float32', shape: [80] }) } }),
 * );
 * const records = pipeline.read(tfrecord('frames.tfrecord.gz'));
 * ```
 */
export function tfrecord<const F extends ExampleFields | AnyFeature>(
  files: FileReference,
  options: TFRecordOptions & { readonly features: F },
): Source<ExampleRow<F>>;
export function tfrecord(files: FileReference, options?: TFRecordOptions): Source<Uint8Array>;
export function tfrecord(files: FileReference, options: TFRecordOptions = {}): Source<unknown> {
  const rangeBytes = rangeBytesOf(options);
  const schema = options.features === undefined ? undefined : schemaOfFields(options.features);
  const chosen = checkCompression(options.compression ?? 'auto');
  const compression = (name: string) =>
    chosen === 'auto' ? compressionOf(name) : chosen === 'none' ? undefined : chosen;
  return fileSource<unknown>(files, {
    kind: 'tfrecord',
    async split(found, context) {
      const shards: SourceShard[] = [];
      for (const file of found) {
        const ranges = await splitRecords(file, compression(file.name), context, rangeBytes);
        shards.push(...ranges.map(shardOfBlocks));
      }
      return shards;
    },
    read(shard, context) {
      const range = shard.data as RecordRange;
      const parser: RecordParser<unknown> = schema === undefined ? recordBytes : new ExampleRecords(schema);
      const blocks = readBlocks(range, { blockBytes, compression: compression(locationName(range.file)) }, context);
      return consumeBlocks(blocks, new RecordBlockReader(range, parser));
    },
  });
}

const compressions: readonly string[] = ['auto', 'none', 'gzip', 'zlib', 'zstd'];

function checkCompression<C extends string>(compression: C): C {
  if (compressions.includes(compression)) return compression;
  throw new DatasetsError('PIPELINE_INVALID', `${JSON.stringify(compression)} is no compression of TFRecord files`, {
    hint: `It is one of ${compressions.join(', ')}.`,
  });
}
