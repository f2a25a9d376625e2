import type { DType } from './dtype.js';

/**
 * The physical view of a schema: one entry for each column that a file holds.
 *
 * Whatever a feature means (an image, a class label, a ragged nested data set), what is stored are leaves; tfds calls this the
 * "serialized info". Rows, tf.Example and Arrow are all written from the leaves, in the order of `compareLeaves`, so that one
 * pass over a row needs no look-up.
 */
export interface Leaf {
  /** tf.Example key: the path of record fields joined with `/`, e.g. `user/id`, `steps/reward`, `embedding/value`. */
  readonly key: string;
  readonly dtype: DType;
  /**
   * Enclosing sequences, outermost first: the static length, or null where it varies. With none or one the values lie in the tf.Example
   * key itself; with two or more in `<key>/ragged_flat_values` and `<key>/ragged_row_lengths_<i>` (tfds' example_serializer.py).
   */
  readonly sequences: readonly (number | null)[];
  /**
   * Dimensions of one item below the sequences, `[]` for a scalar. At most one is null (tfds stores shapes with more unknown dimensions as a
   * pair of leaves, `shape` and `value`).
   */
  readonly shape: readonly (number | null)[];
  /** The whole value may be absent (only without sequences): no key in the tf.Example, null in Arrow. */
  readonly optional: boolean;
  /** `string` leaves that hold text are checked to be UTF-8 and become Arrow utf8; others are binary. */
  readonly text: boolean;
}

/** Values in one item of a leaf, or null where one dimension is unknown. */
export function itemSize(leaf: Leaf): number | null {
  let size = 1;
  for (const dimension of leaf.shape) {
    if (dimension === null) return null;
    size *= dimension;
  }
  return size;
}

/** The first tf.Example key under which a leaf is written; leaves are ordered by its UTF-8 bytes, as protobuf orders map keys. */
export function firstExampleKey(leaf: Leaf): string {
  return leaf.sequences.length < 2 ? leaf.key : `${leaf.key}/ragged_flat_values`;
}

/** The order of leaves in rows and of keys in a tf.Example: by UTF-8 bytes. */
export function compareLeaves(a: Leaf, b: Leaf): number {
  return Buffer.compare(Buffer.from(firstExampleKey(a)), Buffer.from(firstExampleKey(b)));
}
