import type { RowArena } from '../row-arena.js';

/**
 * Appends the values of one feature to a row. One is made for each place in a schema; it keeps scratch space, so an encoder is used by
 * one example at a time.
 */
export interface FieldEncoder {
  /** Appends one value that lies in no sequence. */
  encode(value: unknown, arena: RowArena): void;
  /** Appends the `count` values of all the sequences around the feature, flat; their lengths are in the encoder's `Levels`. */
  encodeAll(values: ArrayLike<unknown>, count: number, arena: RowArena): void;
}

/**
 * Appends the values of one leaf without the lengths before them, and returns the bytes that they take in a tf.Example's list (for numbers
 * before packing: see `packedBytes`).
 */
export type ValueAppender = (values: ArrayLike<unknown>, count: number, arena: RowArena) => number;
