import type { Field } from './arrow/field.js';
import type { RangeSource } from './arrow/stream-reader.js';

/** What a file of columns says of itself, whoever wrote it. */
export interface ColumnsDescription {
  readonly fields: readonly Field[];
  /** Key-value metadata of the schema. */
  readonly metadata: ReadonlyMap<string, string>;
  readonly rows: number;
  /** Paths of the fields that hold a null somewhere: names joined with `/`, a list's element is `item`. */
  readonly nulls: ReadonlySet<string>;
}

/**
 * Describes an Arrow IPC stream or a Parquet file by all of its data: for a stream the head of each record batch tells where nulls are; in Parquet the footer does, or else the columns are read.
 *
 * @param file Named in errors.
 * @throws DatasetsError `DATA_CORRUPT` for what is not a whole file, `UNSUPPORTED` for compressed Arrow.
 */
export async function describeColumns(
  format: 'arrow' | 'parquet',
  source: RangeSource,
  file: string,
): Promise<ColumnsDescription> {
  if (format === 'arrow') {
    const { describeArrow } = await import('./arrow/describe-arrow.js');
    return describeArrow(source, file);
  }
  const { describeParquet } = await import('./parquet/parquet-reader.js');
  return describeParquet(source, file);
}
