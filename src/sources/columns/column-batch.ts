import type { CellBatch } from '../../features/index.js';
import type { SourceBatch } from '../source.js';

/** Rows of a source as cells, in the order of the columns that were asked for. */
export interface ColumnBatch<T> extends CellBatch {
  /** The same rows as elements, from row `row` on: for what has to be done with objects after all, and for errors. */
  elementsFrom(row: number): Iterable<SourceBatch<T>>;
}

/** Rows as cells where they could be read so; else as elements, as ever. */
export type RowBatch<T> = ColumnBatch<T> | SourceBatch<T>;

export function hasCells<T>(batch: RowBatch<T>): batch is ColumnBatch<T> {
  return 'columns' in batch;
}

/** The elements of batches but for the first `count`. */
export function* withoutFirst<T>(batches: Iterable<SourceBatch<T>>, count: number): Generator<SourceBatch<T>, void> {
  let skip = count;
  for (const batch of batches) {
    const { length } = batch.elements;
    if (skip >= length) skip -= length;
    else if (skip === 0) yield batch;
    else {
      const first = skip;
      skip = 0;
      yield { elements: batch.elements.slice(first), position: (index) => batch.position(first + index) };
    }
  }
}
