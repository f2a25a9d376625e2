import { type CellBatch, type CellColumn, cellValue } from '../../features/index.js';
import { isKey } from '../stage/element-steps.js';
import { unitInterval, upperBounds } from '../stage/split-by.js';
import { type ColumnBranch, type ColumnRoute, columnsOf } from './column-route.js';
import type { SplitOutput } from './split-output.js';

/** Gives rows of cells to the splits that they belong to. */
export class CellRouter {
  /** Those that batches must have, in this order. */
  readonly columns: readonly string[];
  readonly #route: ColumnRoute;
  readonly #bounds: readonly number[];
  readonly #splits: readonly (SplitOutput | undefined)[];

  /** @param splitOf the split that an output of the stage is */
  constructor(route: ColumnRoute, splitOf: (output: number) => SplitOutput | undefined) {
    this.columns = columnsOf(route);
    this.#route = route;
    this.#bounds = upperBounds(route.deal?.fractions ?? []);
    this.#splits = route.branches.map((branch) => branch && splitOf(branch.output));
  }

  /** Returns the first row that has to come as an element. */
  add(batch: CellBatch): number {
    const key = this.#column(batch, this.#route.key);
    const taken = this.#splits.map((split, i) => split && this.#orderedFor(split, batch, this.#route.branches[i]));
    if (this.#splits.some((split, i) => split !== undefined && taken[i] === undefined)) return 0;
    if (this.#route.deal === undefined) {
      const [split, [columns] = []] = [this.#splits[0], taken];
      return split?.addCells(batch, key, columns ?? [], 0, batch.rows) ?? batch.rows;
    }
    return this.#deal(batch, key, this.#column(batch, this.#route.deal.by), taken);
  }

  #deal(
    batch: CellBatch,
    key: CellColumn,
    by: CellColumn,
    columns: readonly (readonly CellColumn[] | undefined)[],
  ): number {
    const bounds = this.#bounds;
    for (let row = 0; row < batch.rows; row++) {
      const value = cellValue(batch, by, row);
      if (!isKey(value)) return row;
      const x = unitInterval(value);
      let part = 0;
      while (x >= (bounds[part] as number)) part++;
      const split = this.#splits[part];
      if (split !== undefined && split.addCells(batch, key, columns[part] ?? [], row, row + 1) === row) return row;
    }
    return batch.rows;
  }

  /** The columns of a split's fields in its order; undefined where it takes none, or these are other fields than its own. */
  #orderedFor(
    split: SplitOutput,
    batch: CellBatch,
    branch: ColumnBranch | undefined,
  ): readonly CellColumn[] | undefined {
    const fields = split.cellFields;
    if (branch === undefined || fields === undefined || fields.length !== branch.picked.size) return undefined;
    const names = fields.map((field) => branch.picked.get(field));
    return names.every((name) => name !== undefined) ? names.map((name) => this.#column(batch, name)) : undefined;
  }

  #column(batch: CellBatch, name: string): CellColumn {
    return batch.columns[this.columns.indexOf(name)] as CellColumn;
  }
}
