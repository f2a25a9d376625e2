import type { ColumnBatch } from '../../src/features/index.js';
import {
  type ArrowSchema,
  createColumnBuilder,
  openColumns,
  type ParquetOptions,
  parquetWriters,
  type RangeSource,
} from '../../src/formats/index.js';
import { encodeRows, type Sample } from './sample-rows.js';

/** The Parquet file of some rows. */
export async function writeParquet(schema: ArrowSchema, sample: Sample, options?: ParquetOptions): Promise<Buffer> {
  const { bytes, view, offsets } = encodeRows(sample.leaves, sample.rows);
  const chunks: Uint8Array[] = [];
  const writer = (await parquetWriters(options))(schema, (chunk) => chunks.push(chunk.slice()));
  writer.appendRows(view, bytes, offsets, 0, offsets.length);
  writer.close();
  return Buffer.concat(chunks);
}

export async function readParquet(file: Uint8Array, schema: ArrowSchema): Promise<ColumnBatch[]> {
  const source: RangeSource = {
    bytes: file.length,
    read: async (offset, length) => file.subarray(offset, offset + length),
  };
  const batches: ColumnBatch[] = [];
  for await (const batch of await openColumns('parquet', source, schema, 'test.parquet')) batches.push(batch);
  return batches;
}

export function columnsOf({ leaves, rows }: Sample): ColumnBatch {
  const { bytes, view, offsets } = encodeRows(leaves, rows);
  const builder = createColumnBuilder(leaves);
  builder.appendRows(view, bytes, offsets, 0, offsets.length);
  return builder.finish();
}
