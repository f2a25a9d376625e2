import { DatasetsError } from '../../core/errors/index.js';
import type { Column, ColumnBatch } from '../columns.js';
import type { Leaf } from '../leaf.js';
import type { PreparedImages } from './prepared-images.js';

/**
 * Gives the value of one feature for one element: a row of the batch, or an element of the sequences around the feature, flat. What it gives
 * is the caller's own: nothing in it shares memory with the batch.
 */
export type ValueReader = (element: number) => unknown;

/** Makes the reader of a feature for one batch; made once for each place in a schema. */
export type FieldReader = (batch: BatchColumns) => ValueReader;

/** The columns of a batch by the key of their leaf, and pixels that were decoded in advance. */
export class BatchColumns {
  readonly rows: number;
  readonly prepared: PreparedImages | undefined;
  readonly #columns: readonly Column[];
  readonly #indexes: ReadonlyMap<string, number>;

  /** @param indexes the place of each leaf in `leavesOf(schema)` */
  constructor(batch: ColumnBatch, indexes: ReadonlyMap<string, number>, prepared: PreparedImages | undefined) {
    this.rows = batch.rows;
    this.#columns = batch.columns;
    this.#indexes = indexes;
    this.prepared = prepared;
  }

  column(key: string): Column {
    const column = this.#columns[this.#indexes.get(key) ?? -1];
    if (column !== undefined) return column;
    throw new DatasetsError('INTERNAL', `the batch has no column for the leaf ${key}`, {
      hint: 'The reader of the file and the schema disagree; please report this.',
    });
  }

  /** How many items (of `itemSize` values) a column of this batch has. */
  itemCount(column: Column): number {
    let count = this.rows;
    for (const offsets of column.sequenceOffsets) count = offsets[count] ?? 0;
    if (column.presence === undefined) return count;
    return column.presence.subarray(0, count).reduce((present, flag) => present + flag, 0);
  }
}

export function leafIndexes(leaves: readonly Leaf[]): ReadonlyMap<string, number> {
  return new Map(leaves.map(({ key }, index) => [key, index]));
}
