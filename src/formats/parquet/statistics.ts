import { type ArrowArray, aligned } from '../arrow/array.js';
import { bitAt } from '../arrow/bits.js';
import { widened, widthOf } from './plain-encoder.js';

/** The smallest and the largest value of a column chunk, in PLAIN without a length. */
export interface Extremes {
  readonly min: Uint8Array;
  readonly max: Uint8Array;
}

/** Longer strings would have to be cut, which readers that take an extreme for a value misunderstand. */
const longestExtreme = 64;

/**
 * The extremes of a column chunk, where every reader orders its values alike (parquet.thrift, `ColumnOrder`).
 *
 * There are none with a NaN among them, which some readers order above all numbers and others leave out; none for float16, whose order is newer than most readers;
 * and none where they would be long. A zero is written as -0 below and +0 above, as the specification asks.
 */
export function extremesOf(leaf: ArrowArray): Extremes | undefined {
  const { type } = leaf.field;
  switch (type.kind) {
    case 'bool':
      return bitExtremes(leaf);
    case 'utf8':
    case 'binary':
      return stringExtremes(leaf);
    case 'float':
      return type.bits === 16 ? undefined : floatExtremes(leaf, type.bits);
    case 'int':
      return type.bits === 64 ? longExtremes(leaf, type.signed) : wordExtremes(leaf);
    default:
      return undefined;
  }
}

function bitExtremes({ data, length, validity }: ArrowArray): Extremes | undefined {
  if (data === undefined) return undefined;
  const seen = [false, false];
  for (let slot = 0; slot < length; slot++) {
    if (validity === undefined || bitAt(validity, slot)) seen[bitAt(data, slot) ? 1 : 0] = true;
  }
  if (!seen[0] && !seen[1]) return undefined;
  return { min: Uint8Array.of(seen[0] ? 0 : 1), max: Uint8Array.of(seen[1] ? 1 : 0) };
}

/** Integers of up to 32 bits. Those without sign are ordered as such. */
function wordExtremes(leaf: ArrowArray): Extremes | undefined {
  const { field, data = new Uint8Array(0), length, validity } = leaf;
  const words =
    widthOf(field) === 4
      ? new Int32Array(...aligned(data, 4, length))
      : widened(field, data.subarray(0, length * widthOf(field)));
  const flip = field.type.kind === 'int' && !field.type.signed ? -0x8000_0000 : 0;
  let min = 0x7fff_ffff;
  let max = -0x8000_0000;
  let any = false;
  for (let slot = 0; slot < length; slot++) {
    if (validity !== undefined && !bitAt(validity, slot)) continue;
    const word = (words[slot] as number) ^ flip;
    any = true;
    if (word < min) min = word;
    if (word > max) max = word;
  }
  return any ? { min: bytesOf(Int32Array.of(min ^ flip)), max: bytesOf(Int32Array.of(max ^ flip)) } : undefined;
}

/** 64-bit integers by their halves: a BigInt each would cost more than all else of a column. */
function longExtremes(
  { data = new Uint8Array(0), length, validity }: ArrowArray,
  signed: boolean,
): Extremes | undefined {
  const words = new Int32Array(...aligned(data, 4, length * 2));
  const flip = signed ? 0 : -0x8000_0000;
  let min = -1;
  let max = -1;
  let minHigh = 0;
  let minLow = 0;
  let maxHigh = 0;
  let maxLow = 0;
  for (let slot = 0; slot < length; slot++) {
    if (validity !== undefined && !bitAt(validity, slot)) continue;
    const low = (words[slot * 2] as number) >>> 0;
    const high = (words[slot * 2 + 1] as number) ^ flip;
    if (min < 0 || high < minHigh || (high === minHigh && low < minLow)) {
      min = slot;
      minHigh = high;
      minLow = low;
    }
    if (max < 0 || high > maxHigh || (high === maxHigh && low > maxLow)) {
      max = slot;
      maxHigh = high;
      maxLow = low;
    }
  }
  return min < 0 ? undefined : { min: data.slice(min * 8, min * 8 + 8), max: data.slice(max * 8, max * 8 + 8) };
}

function floatExtremes({ data = new Uint8Array(0), length, validity }: ArrowArray, bits: number): Extremes | undefined {
  const floats =
    bits === 32
      ? singleExtremes(new Float32Array(...aligned(data, 4, length)), validity)
      : doubleExtremes(new Float64Array(...aligned(data, 8, length)), validity);
  if (floats === undefined) return undefined;
  const [min, max] = [floats[0] === 0 ? -0 : floats[0], floats[1] === 0 ? 0 : floats[1]];
  const Floats = bits === 32 ? Float32Array : Float64Array;
  return { min: bytesOf(Floats.of(min)), max: bytesOf(Floats.of(max)) };
}

/** One function for each width, so that each sees arrays of one kind. */
function singleExtremes(values: Float32Array, validity: Uint8Array | undefined): readonly [number, number] | undefined {
  let min = Infinity;
  let max = -Infinity;
  let any = false;
  for (let slot = 0; slot < values.length; slot++) {
    if (validity !== undefined && !bitAt(validity, slot)) continue;
    const value = values[slot] as number;
    if (Number.isNaN(value)) return undefined;
    any = true;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return any ? [min, max] : undefined;
}

function doubleExtremes(values: Float64Array, validity: Uint8Array | undefined): readonly [number, number] | undefined {
  let min = Infinity;
  let max = -Infinity;
  let any = false;
  for (let slot = 0; slot < values.length; slot++) {
    if (validity !== undefined && !bitAt(validity, slot)) continue;
    const value = values[slot] as number;
    if (Number.isNaN(value)) return undefined;
    any = true;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return any ? [min, max] : undefined;
}

function stringExtremes({ data, offsets, length, validity }: ArrowArray): Extremes | undefined {
  if (data === undefined || offsets === undefined) return undefined;
  let min = -1;
  let max = -1;
  for (let slot = 0; slot < length; slot++) {
    if (validity !== undefined && !bitAt(validity, slot)) continue;
    if (min < 0 || compareStrings(data, offsets, slot, min) < 0) min = slot;
    if (max < 0 || compareStrings(data, offsets, slot, max) > 0) max = slot;
  }
  if (min < 0) return undefined;
  const extremes = {
    min: data.slice(offsets[min], offsets[min + 1]),
    max: data.slice(offsets[max], offsets[max + 1]),
  };
  return extremes.min.length > longestExtreme || extremes.max.length > longestExtreme ? undefined : extremes;
}

/** By unsigned bytes, which is the order of code points as well. */
function compareStrings(data: Uint8Array, offsets: Int32Array, a: number, b: number): number {
  const aFrom = offsets[a] as number;
  const bFrom = offsets[b] as number;
  const aSize = (offsets[a + 1] as number) - aFrom;
  const bSize = (offsets[b + 1] as number) - bFrom;
  for (let i = 0; i < aSize && i < bSize; i++) {
    const difference = (data[aFrom + i] as number) - (data[bFrom + i] as number);
    if (difference !== 0) return difference;
  }
  return aSize - bSize;
}

function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
