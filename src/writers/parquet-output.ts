import type { AnyFeature } from '../features/index.js';
import { arrowSchemaOf, type ParquetWriters, parquetWriters } from '../formats/index.js';
import { openColumnsOutput } from './columns-output.js';
import type { ShardOutput } from './shard-output.js';

/** Opens the Parquet file of a shard, with the features of Hugging Face datasets in its metadata. */
export type ParquetOutputs = (path: string, schema: AnyFeature) => ShardOutput;

/** Loads what compresses Parquet, before anything is written. */
export async function loadParquetOutputs(): Promise<ParquetOutputs> {
  const openWriter: ParquetWriters = await parquetWriters();
  return (path, schema) => openColumnsOutput(path, 'parquet', (sink) => openWriter(arrowSchemaOf(schema), sink));
}
