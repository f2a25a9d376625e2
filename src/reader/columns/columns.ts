import { DatasetsError } from '../../core/errors/index.js';
import { nearestHint } from '../../core/names/index.js';
import { type Column, type ColumnBatch, itemSize, type NumericArray } from '../../features/index.js';
import { concatBatches } from './concat-batches.js';
import { countPresent } from './slice-batch.js';

const utf8 = new TextDecoder('utf-8');

/**
 * A run of examples in columns: one for each leaf of the schema, named by its path (`user/id`, `steps/reward`).
 *
 * The arrays belong to the reader, which fills them anew for the next batch: use them before, or keep a `copy`.
 */
export class Columns implements ColumnBatch {
  readonly rows: number;
  readonly columns: readonly Column[];

  constructor(batch: ColumnBatch) {
    this.rows = batch.rows;
    this.columns = batch.columns;
  }

  get keys(): readonly string[] {
    return this.columns.map((column) => column.leaf.key);
  }

  /**
   * A column with its offsets, as `ColumnBatch` describes them.
   *
   * @throws DatasetsError USAGE for a name that is no column, with the nearest one.
   */
  get(key: string): Column {
    const found = this.columns.find((column) => column.leaf.key === key);
    if (found !== undefined) return found;
    throw new DatasetsError('USAGE', `there is no column ${JSON.stringify(key)}`, {
      hint: nearestHint(key, this.keys, 'columns'),
      at: { field: key },
    });
  }

  /**
   * The numbers of a column, all rows behind each other: `rows × values a row` of them where every row has as many.
   *
   * bool is 0 or 1; float16 and bfloat16 are their bits in a Uint16Array. Rows of an optional column that are absent have no number.
   *
   * @throws DatasetsError USAGE for a column that holds text or bytes.
   */
  numbers(key: string): NumericArray {
    const column = this.get(key);
    const { values } = column;
    if (values.kind === 'numeric') {
      const { from, to } = this.#valueRange(column);
      return values.data.subarray(from, to);
    }
    throw new DatasetsError('USAGE', `the column ${key} holds text or bytes, not numbers`, {
      hint: `Read it with texts('${key}') or bytes('${key}').`,
      at: { field: key },
    });
  }

  /** The values of a text column. @throws DatasetsError USAGE for a column of numbers. */
  texts(key: string): readonly string[] {
    return this.bytes(key).map((value) => utf8.decode(value));
  }

  /** The values of a column of text or bytes (encoded images), as views. @throws DatasetsError USAGE for a column of numbers. */
  bytes(key: string): readonly Uint8Array[] {
    const column = this.get(key);
    const { values } = column;
    if (values.kind === 'numeric') {
      throw new DatasetsError('USAGE', `the column ${key} holds numbers, not text or bytes`, {
        hint: `Read it with numbers('${key}').`,
        at: { field: key },
      });
    }
    const { from, to } = this.#valueRange(column);
    return Array.from({ length: to - from }, (_, i) =>
      values.bytes.subarray(values.offsets[from + i], values.offsets[from + i + 1]),
    );
  }

  /** The same examples in memory of their own. */
  copy(): Columns {
    return new Columns(concatBatches([this]));
  }

  #valueRange(column: Column): { readonly from: number; readonly to: number } {
    let from = 0;
    let to = column.presence === undefined ? this.rows : countPresent(column.presence, 0, this.rows);
    const levels =
      column.itemOffsets === undefined ? column.sequenceOffsets : [...column.sequenceOffsets, column.itemOffsets];
    for (const offsets of levels) {
      from = offsets[from] ?? 0;
      to = offsets[to] ?? 0;
    }
    const size = itemSize(column.leaf) ?? 1;
    return { from: from * size, to: to * size };
  }
}
