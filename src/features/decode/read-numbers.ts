import type { NumericArray } from '../columns.js';
import type { NumericDType } from '../dtype.js';
import { bfloat16Value, float16Value } from '../half-floats.js';
import type { ValueReader } from './field-reader.js';

/** Reads single numbers and booleans. One closure literal for each array type, so that each stays monomorphic. */
export function numberReader(dtype: NumericDType, data: NumericArray): ValueReader {
  if (dtype === 'bool') return (element) => data[element] !== 0;
  if (dtype === 'float16') return (element) => float16Value(data[element] as number);
  if (dtype === 'bfloat16') return (element) => bfloat16Value(data[element] as number);
  if (data instanceof Int32Array) return (element) => data[element];
  if (data instanceof Float32Array) return (element) => data[element];
  if (data instanceof Float64Array) return (element) => data[element];
  if (data instanceof BigInt64Array) return (element) => data[element];
  if (data instanceof BigUint64Array) return (element) => data[element];
  if (data instanceof Int8Array) return (element) => data[element];
  if (data instanceof Uint8Array) return (element) => data[element];
  if (data instanceof Int16Array) return (element) => data[element];
  if (data instanceof Uint16Array) return (element) => data[element];
  return (element) => data[element];
}

/** Reads int64 values that are known to be small (class labels) as Numbers: by halves, as a bigint costs an allocation. */
export function smallInt64Reader(data: NumericArray): (element: number) => number {
  const halves = new Int32Array(data.buffer, data.byteOffset, data.length * 2);
  return (element) => (halves[element * 2 + 1] as number) * 0x1_0000_0000 + ((halves[element * 2] as number) >>> 0);
}

/** The author's and reader's typed array for values `from .. to`, copied. */
export function copyNumbers(dtype: NumericDType, data: NumericArray, from: number, to: number): NumericArray {
  if (dtype !== 'float16' && dtype !== 'bfloat16') return data.slice(from, to);
  const toNumber = dtype === 'float16' ? float16Value : bfloat16Value;
  return Float32Array.from({ length: to - from }, (_, index) => toNumber(data[from + index] as number));
}
