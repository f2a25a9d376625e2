import type { Feature, InputOf } from '../../src/index.js';

/** How rows with columns become keyed examples of splits, where that takes no code. */
export interface RowLayout<F extends Feature<never, unknown>> {
  /** The column that identifies a row in its split. */
  readonly key?: string;
  /** Columns of fields that aren't called as the field. */
  readonly columns?: { readonly [K in keyof InputOf<F>]?: string };
  /** Which split a row belongs to. Default: all are `train`. */
  readonly splits?: RowSplits;
}

export type RowSplits = SplitsByColumn | SplitsByFraction;

/** A column says it: its values are the names of the splits. */
export interface SplitsByColumn {
  readonly column: string;
  readonly names: readonly string[];
}

/** A stable hash says it, of the key or of another column, so that rows of one user never land in two splits. */
export interface SplitsByFraction {
  /** Sum to 1. */
  readonly fractions: Readonly<Record<string, number>>;
  /** The column that is hashed. Default: the key. */
  readonly by?: string;
}
