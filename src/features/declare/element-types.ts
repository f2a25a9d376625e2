import type { DType } from '../dtype.js';

/**
 * What an author may name as the type of single values: every dtype of tfds, and `bytes`, which tfds calls `string` as well. `string` is
 * text (checked to be UTF-8, a JavaScript string); `bytes` is anything (a Uint8Array).
 */
export type ElementType = DType | 'bytes';

/** What an author may write for one value. */
export interface ElementInputs {
  bool: boolean;
  int8: number;
  int16: number;
  int32: number;
  int64: number | bigint;
  uint8: number;
  uint16: number;
  uint32: number;
  uint64: number | bigint;
  float16: number;
  bfloat16: number;
  float32: number;
  float64: number;
  string: string;
  bytes: Uint8Array;
}

/** What a reader gets for one value. 64-bit integers are always bigint: a rounded Number is never shown. */
export interface ElementOutputs {
  bool: boolean;
  int8: number;
  int16: number;
  int32: number;
  int64: bigint;
  uint8: number;
  uint16: number;
  uint32: number;
  uint64: bigint;
  float16: number;
  bfloat16: number;
  float32: number;
  float64: number;
  string: string;
  bytes: Uint8Array;
}

/** Many values of a type, flat. Half floats come as float32, which holds each of them exactly; booleans as one byte each. */
export interface ElementArrays {
  bool: Uint8Array;
  int8: Int8Array;
  int16: Int16Array;
  int32: Int32Array;
  int64: BigInt64Array;
  uint8: Uint8Array;
  uint16: Uint16Array;
  uint32: Uint32Array;
  uint64: BigUint64Array;
  float16: Float32Array;
  bfloat16: Float32Array;
  float32: Float32Array;
  float64: Float64Array;
  string: readonly string[];
  bytes: readonly Uint8Array[];
}

/** Values of a tensor with its dimensions, in row-major order. */
export interface TensorValue<D extends ElementType> {
  readonly data: ElementArrays[D];
  readonly shape: readonly number[];
}

/** Arrays in arrays, as deep as the shape is long. */
export type NestedArray<T> = readonly (T | NestedArray<T>)[];

/** What an author may write for a tensor: flat values, arrays in arrays, or flat values with their shape. */
export type TensorInput<D extends ElementType> =
  | ElementArrays[D]
  | NestedArray<ElementInputs[D]>
  | { readonly data: ElementArrays[D] | readonly ElementInputs[D][]; readonly shape: readonly number[] };

/** The dtype that is stored for an element type. */
export function dtypeOf(element: ElementType): DType {
  return element === 'bytes' ? 'string' : element;
}

const elementTypes: Readonly<Record<ElementType, true>> = {
  bool: true,
  int8: true,
  int16: true,
  int32: true,
  int64: true,
  uint8: true,
  uint16: true,
  uint32: true,
  uint64: true,
  float16: true,
  bfloat16: true,
  float32: true,
  float64: true,
  string: true,
  bytes: true,
};

export function isElementType(name: unknown): name is ElementType {
  return typeof name === 'string' && Object.hasOwn(elementTypes, name);
}

export const elementTypeNames = Object.keys(elementTypes) as readonly ElementType[];
