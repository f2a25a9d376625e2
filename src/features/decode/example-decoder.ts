import type { ColumnBatch } from '../columns.js';
import type { AnyFeature } from '../declare/definition.js';
import { leavesOf, recordDefinitionOf } from '../declare/leaves-of.js';
import type { OutputOf } from '../feature.js';
import { buildReader } from './build-reader.js';
import { BatchColumns, leafIndexes } from './field-reader.js';
import { imagePreparation } from './prepare-images.js';
import { preparedImagesOf } from './prepared-images.js';

/** The examples of one batch. Read them before the batch's owner makes the next one; what `get` has given stays valid. */
export interface ExampleRows<O = unknown> {
  readonly length: number;
  /** Example `row`: a plain object with its own properties, in the order of declaration. */
  get(row: number): O;
}

export interface ExampleDecoder<O = unknown> {
  rows(batch: ColumnBatch): ExampleRows<O>;
  /**
   * There only where a schema may hold JPEG images: decodes those of a batch, so that `data` of the images that `rows` gives afterwards is
   * there at once. Not needed for `encoded`, `shape`, `pixels()`, or PNG.
   *
   * @throws {DatasetsError} PEER_MISSING without the package sharp, DATA_CORRUPT
   */
  prepare?(batch: ColumnBatch): Promise<void>;
}

/**
 * Makes the decoder of a schema: columns to examples.
 *
 * @throws {DatasetsError} FEATURE_INVALID when the schema is no record
 * @example
 * ```ts
 * function firstName(batch: ColumnBatch): string {
 *   const decoder = createDecoder(features({ id: scalar('int32'), name: text() }));
 *   return decoder.rows(batch).get(0).name;
 * }
 * ```
 */
export function createDecoder<F extends AnyFeature>(schema: F): ExampleDecoder<OutputOf<F>> {
  const definition = recordDefinitionOf(schema);
  const indexes = leafIndexes(leavesOf(schema));
  const reader = buildReader(definition, { key: '', depth: 0 });
  const rows = (batch: ColumnBatch): ExampleRows<OutputOf<F>> => {
    const read = reader(new BatchColumns(batch, indexes, preparedImagesOf(batch)));
    return { length: batch.rows, get: (row) => read(row) as OutputOf<F> };
  };
  const prepare = imagePreparation(definition, indexes);
  return prepare === undefined ? { rows } : { rows, prepare };
}
