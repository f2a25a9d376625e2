import { openArrow } from './arrow/arrow-reader.js';
import type { ArrowSchema } from './arrow/arrow-writer.js';
import type { RangeSource } from './arrow/stream-reader.js';
import type { BatchReader } from './batch-reader.js';

/**
 * Opens a file of columns: see `openArrow` and `openParquet`. What reads Parquet is loaded when it is first needed.
 *
 * @throws DatasetsError `DATA_CORRUPT` for what is not a whole file of these features, `UNSUPPORTED` for compressed Arrow.
 */
export async function openColumns(
  format: 'arrow' | 'parquet',
  source: RangeSource,
  schema: Pick<ArrowSchema, 'root' | 'leaves'>,
  file: string,
): Promise<BatchReader> {
  if (format === 'arrow') return openArrow(source, schema, file);
  const { openParquet } = await import('./parquet/parquet-reader.js');
  return openParquet(source, schema, file);
}
