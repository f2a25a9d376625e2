import {
  type ByteValues,
  dtypeBytes,
  type NumericArray,
  type NumericDType,
  type NumericValues,
} from '../../features/index.js';
import { numericArray } from '../columns/column-store.js';
import { float32BitsToBfloat16 } from '../columns/float-bits.js';
import { type ArrowArray, aligned } from './array.js';
import { bitAt } from './bits.js';
import { endSlot, listPlace, type Place, slotOf } from './place.js';

const noBytes = new Uint8Array(0);

/** The values of a numeric array in the form of a column; in place where the bytes are the same and none is left out. */
export function numericValues(dtype: NumericDType, array: ArrowArray, place: Place): NumericValues {
  const data = array.data ?? noBytes;
  if (dtype === 'bool') return { kind: 'numeric', data: unpackBits(data, place) };
  const stored = dtype === 'bfloat16' ? 'float32' : dtype;
  const slots = endSlot(place);
  const [buffer, offset] = aligned(data, dtypeBytes[stored], slots);
  const all = numericArray(stored, buffer, offset, slots);
  const values = place.select === undefined ? all.subarray(place.from, slots) : pick(all, place.select);
  return { kind: 'numeric', data: dtype === 'bfloat16' ? narrowToBfloat16(values) : values };
}

/** The strings of an array. */
export function byteValues(array: ArrowArray, place: Place): ByteValues {
  const offsets = array.offsets ?? new Int32Array(1);
  const bytes = array.data ?? noBytes;
  const opened = listPlace(offsets, place, bytes.length);
  const { children } = opened;
  if (place.select === undefined) {
    return { kind: 'bytes', offsets: offsets.subarray(place.from, place.from + place.count + 1), bytes };
  }
  if (children.select === undefined) {
    return {
      kind: 'bytes',
      offsets: opened.offsets(),
      bytes: bytes.subarray(children.from, children.from + children.count),
    };
  }
  const picked = new Uint8Array(children.count);
  for (let i = 0; i < picked.length; i++) picked[i] = bytes[children.select[i] as number] as number;
  return { kind: 'bytes', offsets: opened.offsets(), bytes: picked };
}

function unpackBits(bitmap: Uint8Array, place: Place): Uint8Array {
  if (bitmap.length * 8 < endSlot(place)) throw new RangeError('a buffer that is too short');
  const values = new Uint8Array(place.count);
  for (let i = 0; i < values.length; i++) values[i] = bitAt(bitmap, slotOf(place, i)) ? 1 : 0;
  return values;
}

function pick(values: NumericArray, select: Int32Array): NumericArray {
  const picked = values.slice(0, select.length);
  for (let i = 0; i < select.length; i++) picked[i] = values[select[i] as number] as number & bigint;
  return picked;
}

function narrowToBfloat16(values: NumericArray): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(bits, float32BitsToBfloat16);
}
