import type { NumericDType } from '../dtype.js';
import type { FeatureDocumentation } from '../feature.js';
import { bfloat16Bits, float16Bits } from '../half-floats.js';
import type { RowArena } from '../row-arena.js';
import { appendView } from './copy-bytes.js';
import { int64VarintBytes } from './example-size.js';
import type { ValueAppender } from './field-encoder.js';
import { isNarrowInteger, type NumberLimits, numberLimits } from './number-limits.js';

/** Refuses value number `index`; `reason` says more than that it isn't what was expected. */
export type RejectValue = (value: unknown, index: number, expected: string) => never;

/**
 * Appends many numbers of one dtype, from an array of numbers or a typed array of just that type (any other typed array is refused, as by tfds).
 * Returns the bytes that they take in an Int64List or FloatList before packing.
 */
export function numberAppender(
  dtype: NumericDType,
  documentation: FeatureDocumentation,
  reject: RejectValue,
): ValueAppender {
  const limits = numberLimits(dtype, documentation);
  if (dtype === 'bool') return boolAppender(reject);
  if (dtype === 'int64' || dtype === 'uint64') return wideIntegerAppender(dtype, limits, reject);
  if (isNarrowInteger(dtype)) return narrowIntegerAppender(dtype, limits, reject);
  return floatAppender(dtype, limits, reject);
}

/** The typed array that holds values of a dtype, and that an author may give for them. */
export const typedArrays = {
  bool: Uint8Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  float16: Float32Array,
  bfloat16: Float32Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

function boolAppender(reject: RejectValue): ValueAppender {
  return (values, count, arena) => {
    arena.ensure(count);
    const { bytes, position } = arena;
    const asBytes = values instanceof Uint8Array;
    for (let index = 0; index < count; index++) {
      const value = values[index];
      if (value === true || (asBytes && value === 1)) bytes[position + index] = 1;
      else if (value === false || (asBytes && value === 0)) bytes[position + index] = 0;
      else reject(value, index, asBytes ? 'bool (0 or 1 in a Uint8Array)' : 'bool');
    }
    arena.position = position + count;
    return count;
  };
}

type Narrow = 'int8' | 'int16' | 'int32' | 'uint8' | 'uint16' | 'uint32';

function narrowIntegerAppender(dtype: Narrow, limits: NumberLimits, reject: RejectValue): ValueAppender {
  const { minimum, maximum, ranged, expected } = limits;
  const width = typedArrays[dtype].BYTES_PER_ELEMENT;
  return (values, count, arena) => {
    if (!ranged && values instanceof typedArrays[dtype] && values.length === count) {
      appendView(values, arena);
      return narrowVarintBytes(values, count);
    }
    arena.ensure(count * width);
    let listBytes = 0;
    for (let index = 0; index < count; index++) {
      const value = values[index];
      if (typeof value !== 'number' || !(value >= minimum && value <= maximum) || Math.floor(value) !== value) {
        return reject(value, index, expected);
      }
      writeInteger(arena, width, value);
      listBytes += int64VarintBytes(value, value < 0 ? -1 : 0);
    }
    return listBytes;
  };
}

/** Room must have been made. */
export function writeInteger(arena: RowArena, width: number, value: number): void {
  const { position } = arena;
  if (width === 4) arena.view.setInt32(position, value, true);
  else if (width === 2) arena.view.setInt16(position, value, true);
  else arena.bytes[position] = value;
  arena.position = position + width;
}

function narrowVarintBytes(values: ArrayLike<number>, count: number): number {
  let listBytes = 0;
  for (let index = 0; index < count; index++) {
    const value = values[index] ?? 0;
    listBytes += value < 0 ? 10 : value < 0x80 ? 1 : value < 0x4000 ? 2 : int64VarintBytes(value, 0);
  }
  return listBytes;
}

function wideIntegerAppender(dtype: 'int64' | 'uint64', limits: NumberLimits, reject: RejectValue): ValueAppender {
  const append = wideIntegerWriter(dtype, limits);
  return (values, count, arena) => {
    if (!limits.ranged && values instanceof typedArrays[dtype] && values.length === count) {
      const halves = new Int32Array(values.buffer, values.byteOffset, count * 2);
      appendView(values, arena);
      let listBytes = 0;
      for (let at = 0; at < halves.length; at += 2) listBytes += int64VarintBytes(halves[at] ?? 0, halves[at + 1] ?? 0);
      return listBytes;
    }
    arena.ensure(count * 8);
    let listBytes = 0;
    for (let index = 0; index < count; index++) {
      const value = values[index];
      const bytes = append(value, arena);
      if (bytes === 0) return reject(value, index, limits.expected);
      listBytes += bytes;
    }
    return listBytes;
  };
}

/**
 * Writes one 64-bit integer, for which room must have been made, and returns the bytes of its varint, or 0 without writing when the value
 * is not one. A Number must be safe: beyond 2^53 it may have been rounded before it came here.
 */
export function wideIntegerWriter(
  dtype: 'int64' | 'uint64',
  limits: NumberLimits,
): (value: unknown, arena: RowArena) => number {
  const { minimum, maximum } = limits;
  const unsigned = dtype === 'uint64';
  return (value, arena) => {
    const { view, position } = arena;
    if (typeof value === 'number') {
      if (!Number.isSafeInteger(value) || !(value >= minimum && value <= maximum) || (unsigned && value < 0)) return 0;
      const high = Math.floor(value / 0x1_0000_0000);
      view.setInt32(position, value, true);
      view.setInt32(position + 4, high, true);
      arena.position = position + 8;
      return int64VarintBytes(value | 0, high);
    }
    if (typeof value !== 'bigint' || !(value >= minimum && value <= maximum)) return 0;
    if (unsigned ? BigInt.asUintN(64, value) !== value : BigInt.asIntN(64, value) !== value) return 0;
    view.setBigInt64(position, value, true);
    arena.position = position + 8;
    return int64VarintBytes(view.getInt32(position, true), view.getInt32(position + 4, true));
  };
}

/** Up to this many values a loop beats a copy, which first makes a view of the source (16 floats: 25 ns against 55). */
const fewValues = 24;

type Float = 'float16' | 'bfloat16' | 'float32' | 'float64';

function floatAppender(dtype: Float, limits: NumberLimits, reject: RejectValue): ValueAppender {
  const { ranged, expected } = limits;
  const half = dtype === 'float16' || dtype === 'bfloat16';
  const write = floatWriter(dtype);
  const fits = floatCheck(limits);
  return (values, count, arena) => {
    arena.ensure(count * 8);
    if (!ranged && !half && values instanceof typedArrays[dtype] && values.length === count) {
      if (count > fewValues) appendView(values, arena);
      else for (let index = 0; index < count; index++) write(arena, values[index] as number);
      return count * 4;
    }
    for (let index = 0; index < count; index++) {
      const value = values[index];
      if (typeof value !== 'number' || !fits(value)) return reject(value, index, expected);
      write(arena, value);
    }
    return count * 4;
  };
}

/** Without a range, NaN and the infinities are floats like others; a finite number that would become infinite is refused. */
export function floatCheck({ minimum, maximum, ranged }: NumberLimits): (value: number) => boolean {
  if (ranged) return (value) => value >= minimum && value <= maximum;
  return (value) => (value >= minimum && value <= maximum) || !Number.isFinite(value);
}

/** Writes one float, for which room must have been made. */
export function floatWriter(dtype: Float): (arena: RowArena, value: number) => void {
  switch (dtype) {
    case 'float32':
      return (arena, value) => {
        arena.view.setFloat32(arena.position, value, true);
        arena.position += 4;
      };
    case 'float64':
      return (arena, value) => {
        arena.view.setFloat64(arena.position, value, true);
        arena.position += 8;
      };
    case 'float16':
      return (arena, value) => {
        arena.view.setUint16(arena.position, float16Bits(value), true);
        arena.position += 2;
      };
    case 'bfloat16':
      return (arena, value) => {
        arena.view.setUint16(arena.position, bfloat16Bits(value), true);
        arena.position += 2;
      };
  }
}
