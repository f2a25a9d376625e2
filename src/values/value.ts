/** Arrays of one numeric type that are values as they are. */
export type TypedArrayValue =
  | Uint8Array
  | Int8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/** What may travel between two stages of a pipeline, lie in spill, and be a recorded fact. */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | TypedArrayValue
  | Date
  | readonly Value[]
  | { readonly [property: string]: Value | undefined };

/**
 * The first byte of an encoded value. Lengths and counts are LEB128 varints in their shortest form; numbers in arrays are little-endian.
 *
 *     null, false, true   nothing more
 *     int32               zigzag varint: every number that equals its int32, but for -0
 *     float64             8 bytes little-endian; NaN always 00 00 00 00 00 00 f8 7f
 *     bigint              varint of (bytes << 1 | negative), then the magnitude, big-endian without leading zeros
 *     string              varint of bytes, then UTF-8
 *     typed arrays        varint of bytes, then the elements
 *     date                milliseconds since 1970 as float64
 *     array               varint of elements, then each
 *     object              for each property in the order of the keys' UTF-8 bytes: varint of (key bytes + 1), key, value; then 0
 *
 * Every encoding says where it ends, so that no encoding is the beginning of another (the sort in the shuffle relies on it), and each value has
 * one encoding only. A change here changes the order inside groups, hence the bytes of data sets: it needs a new formatEpoch.
 */
export const tag = {
  null: 0,
  false: 1,
  true: 2,
  int32: 3,
  float64: 4,
  bigint: 5,
  string: 6,
  date: 7,
  array: 8,
  object: 9,
  uint8: 16,
  int8: 17,
  uint8Clamped: 18,
  int16: 19,
  uint16: 20,
  int32Array: 21,
  uint32: 22,
  float32: 23,
  float64Array: 24,
  bigInt64: 25,
  bigUint64: 26,
} as const;

/** Values nest at most this deep; what is deeper most likely contains itself. */
export const maxDepth = 500;
