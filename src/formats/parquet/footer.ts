import type { ParquetCompression } from './codec.js';
import { codecs, encodings, physicalTypes } from './parquet-format.js';
import type { ParquetColumn, ParquetSchema } from './parquet-schema.js';
import type { Extremes } from './statistics.js';
import { type ThriftValue, thrift, writeThrift } from './thrift-writer.js';

/** A column of a row group as it was written. */
export interface ColumnChunk {
  readonly column: ParquetColumn;
  readonly compression: ParquetCompression;
  /** Entries: values, nulls and empty lists. */
  readonly entries: number;
  readonly nulls: number;
  readonly extremes: Extremes | undefined;
  /** Byte offsets in the file. */
  readonly dictionaryOffset: number | undefined;
  readonly dataOffset: number;
  /** Bytes of its pages with their heads, before and after compression. */
  readonly uncompressedBytes: number;
  readonly compressedBytes: number;
}

export interface RowGroup {
  readonly rows: number;
  readonly chunks: readonly ColumnChunk[];
}

/** Without a version: a release of the same code writes the same bytes. */
const createdBy = 'ailab-datasets';

/**
 * The footer of a file: `FileMetaData`, without its length.
 *
 * The version is 1, as Spark writes it: readers go by the types, and some open nothing else.
 */
export function footerOf(
  schema: ParquetSchema,
  rows: number,
  groups: readonly RowGroup[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const pairs = Object.entries(metadata).map(([key, value]) =>
    thrift.struct([1, thrift.text(key)], [2, thrift.text(value)]),
  );
  // TypeDefinedOrder: without it readers distrust the extremes.
  const order = thrift.struct([1, thrift.struct()]);
  return writeThrift(
    thrift.struct(
      [1, thrift.i32(1)],
      [2, thrift.list(schema.elements)],
      [3, thrift.i64(rows)],
      [4, thrift.list(groups.map(rowGroup))],
      [5, pairs.length === 0 ? undefined : thrift.list(pairs)],
      [6, thrift.text(createdBy)],
      [7, thrift.list(schema.columns.map(() => order))],
    ),
  );
}

function rowGroup({ rows, chunks }: RowGroup, ordinal: number): ThriftValue {
  const sum = (bytesOf: (chunk: ColumnChunk) => number): number =>
    chunks.reduce((total, chunk) => total + bytesOf(chunk), 0);
  const [first] = chunks;
  return thrift.struct(
    [1, thrift.list(chunks.map(columnChunk))],
    [2, thrift.i64(sum((chunk) => chunk.uncompressedBytes))],
    [3, thrift.i64(rows)],
    [5, first === undefined ? undefined : thrift.i64(first.dictionaryOffset ?? first.dataOffset)],
    [6, thrift.i64(sum((chunk) => chunk.compressedBytes))],
    // The number of a row group has 16 bits; beyond, it is left out.
    [7, ordinal < 0x8000 ? thrift.i16(ordinal) : undefined],
  );
}

function columnChunk(chunk: ColumnChunk): ThriftValue {
  const { column, dictionaryOffset, extremes } = chunk;
  const used = dictionaryOffset === undefined ? [encodings.plain] : [encodings.plain, encodings.rleDictionary];
  const metadata = thrift.struct(
    [1, thrift.i32(physicalTypes[column.physicalType])],
    [2, thrift.list([...used, encodings.rle].map(thrift.i32))],
    [3, thrift.list(column.path.map(thrift.text))],
    [4, thrift.i32(codecs[chunk.compression])],
    [5, thrift.i64(chunk.entries)],
    [6, thrift.i64(chunk.uncompressedBytes)],
    [7, thrift.i64(chunk.compressedBytes)],
    [9, thrift.i64(chunk.dataOffset)],
    [11, dictionaryOffset === undefined ? undefined : thrift.i64(dictionaryOffset)],
    [
      12,
      thrift.struct(
        [3, thrift.i64(chunk.nulls)],
        [5, extremes && thrift.binary(extremes.max)],
        [6, extremes && thrift.binary(extremes.min)],
      ),
    ],
  );
  // The offset of a copy of this metadata, which nobody writes any more: 0.
  return thrift.struct([2, thrift.i64(0)], [3, metadata]);
}
