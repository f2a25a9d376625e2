import type { Leaf } from './leaf.js';

/**
 * How the leaves of a schema nest into Arrow fields, as HF datasets 5.2 expects them (features/features.py, get_nested_type).
 *
 * The root is a struct whose fields are the columns of the table, in the order of declaration. Every field is nullable and every list's
 * child is called `item`, because `Features.from_arrow_schema` compares a column with the one that the metadata describes and drops
 * the metadata where they differ.
 *
 * Enclosing sequences are nodes (`list`, `optional`); each names its `level`: the index into `sequenceOffsets` of every leaf
 * below it, so any leaf below gives the offsets. Dimensions of a leaf's own `shape` are not nodes: see `values`.
 */
export type ArrowNode = ArrowValues | ArrowMedia | ArrowStruct | ArrowList | ArrowOptional;

/**
 * The values of one leaf: a primitive array of `arrowValueType(leaf)`, wrapped in one list for each dimension of `leaf.shape`, the first
 * dimension outermost: a fixed-size list where the dimension is known, a list where it is null (its length is the item's count of values
 * divided by the other dimensions). An optional leaf is null where its presence is 0.
 */
export interface ArrowValues {
  readonly kind: 'values';
  /** Index into `leavesOf(schema)`, and so into `ColumnBatch.columns`. */
  readonly leaf: number;
}

/** Encoded images and audio: `struct<bytes: binary, path: utf8>` with `path` always null. */
export interface ArrowMedia {
  readonly kind: 'media';
  readonly leaf: number;
}

export interface ArrowStruct {
  readonly kind: 'struct';
  readonly fields: readonly ArrowField[];
}

export interface ArrowField {
  readonly name: string;
  readonly node: ArrowNode;
}

/** A list, fixed-size where `length` is a number. */
export interface ArrowList {
  readonly kind: 'list';
  readonly length: number | null;
  readonly level: number;
  readonly item: ArrowNode;
}

/**
 * A value that may be absent although tfds has no optional form of it: stored as a sequence of none or one (level `level`), shown by
 * Arrow as a nullable `item`. Slot `r` is null where `sequenceOffsets[level]` has no element for it, else it is that one element.
 */
export interface ArrowOptional {
  readonly kind: 'optional';
  readonly level: number;
  readonly item: ArrowNode;
}

/** Arrow's type for one value of a leaf. */
export type ArrowValueType =
  | 'bool'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'float16'
  | 'float32'
  | 'float64'
  | 'utf8'
  | 'binary';

/** Arrow has no bfloat16: it is widened to float32, which is exact (its bits are the upper half of a float32's). */
export function arrowValueType(leaf: Leaf): ArrowValueType {
  if (leaf.dtype === 'string') return leaf.text ? 'utf8' : 'binary';
  return leaf.dtype === 'bfloat16' ? 'float32' : leaf.dtype;
}
