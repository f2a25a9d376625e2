import type { Leaf } from './leaf.js';

export type NumericArray =
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

/** Flat values of a numeric leaf. bool is one byte (0 or 1) a value; float16 and bfloat16 are their bits in a Uint16Array. */
export interface NumericValues {
  readonly kind: 'numeric';
  readonly data: NumericArray;
}

/** Flat values of a string leaf: value `i` is `bytes[offsets[i] .. offsets[i + 1])`. */
export interface ByteValues {
  readonly kind: 'bytes';
  /** `count + 1` entries; the first need not be 0. */
  readonly offsets: Int32Array;
  readonly bytes: Uint8Array;
}

/**
 * One leaf of a batch of examples, laid out as Arrow lays out nested lists.
 *
 * Level `k` of `sequenceOffsets` has one more entry than the level outside it has elements: row `r`'s elements are
 * `sequenceOffsets[0][r] .. sequenceOffsets[0][r + 1]`, and so on inwards. `itemOffsets` is there when the leaf's shape has an unknown
 * dimension: item `j` holds values `itemOffsets[j] .. itemOffsets[j + 1]`. Otherwise every item holds `itemSize(leaf)` values.
 * Arrays may be longer than the batch needs: readers go by the offsets and by `rows`.
 */
export interface Column {
  readonly leaf: Leaf;
  readonly sequenceOffsets: readonly Int32Array[];
  readonly itemOffsets: Int32Array | undefined;
  /** One byte a row, 1 where the value is there; undefined when the leaf is not optional. An absent row has no items. */
  readonly presence: Uint8Array | undefined;
  readonly values: NumericValues | ByteValues;
}

/** Examples in columns: the exchange format between rows, file formats and decoded examples. Owned by whoever made it; valid until the next batch. */
export interface ColumnBatch {
  readonly rows: number;
  /** One column a leaf, in the order of `compareLeaves`. */
  readonly columns: readonly Column[];
}
