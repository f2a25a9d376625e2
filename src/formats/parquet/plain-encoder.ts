import type { ArrowArray } from '../arrow/array.js';
import { bitAt, packBits } from '../arrow/bits.js';
import type { Field } from '../arrow/field.js';
import { copyFewBytes, manyBytes } from '../columns/copy-bytes.js';
import type { PageBuffer } from './page-buffer.js';
import type { Shredded } from './shred.js';

const noBytes = new Uint8Array(0);

/** Bytes of a number in an Arrow array of this field; 0 for booleans and strings. */
export function widthOf({ type }: Field): 0 | 1 | 2 | 4 | 8 {
  return type.kind === 'int' || type.kind === 'float' ? ((type.bits / 8) as 1 | 2 | 4 | 8) : 0;
}

/** Which values of an array: see `Shredded`. */
type PlainValues = Pick<Shredded, 'values' | 'from' | 'slots'>;

/** Appends the values of some rows in the encoding PLAIN (Encodings.md). */
export function appendPlain(page: PageBuffer, leaf: ArrowArray, values: PlainValues): void {
  const { type } = leaf.field;
  if (type.kind === 'bool') appendBits(page, leaf.data ?? noBytes, values);
  else if (type.kind === 'utf8' || type.kind === 'binary') appendStrings(page, leaf, values);
  else appendNumbers(page, leaf, values);
}

/** Both pack bits from the lowest on. */
function appendBits(page: PageBuffer, bitmap: Uint8Array, { values, from, slots }: PlainValues): void {
  if (slots === undefined && (from & 7) === 0 && ((from + values) & 7) === 0) {
    page.append(bitmap.subarray(from >> 3, (from + values) >> 3));
    return;
  }
  const bytes = new Uint8Array(values);
  for (let i = 0; i < values; i++) {
    bytes[i] = bitAt(bitmap, slots === undefined ? from + i : (slots[i] as number)) ? 1 : 0;
  }
  page.append(packBits(bytes));
}

function appendStrings(page: PageBuffer, { offsets, data = noBytes }: ArrowArray, shredded: PlainValues): void {
  if (offsets === undefined) return;
  const { values, from, slots } = shredded;
  const source = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let i = 0; i < values; i++) {
    const slot = slots === undefined ? from + i : (slots[i] as number);
    const start = offsets[slot] as number;
    appendString(page, source, data, start, offsets[slot + 1] as number);
  }
}

/** Appends one byte array: its length, and the bytes `start .. end` of `data`, which `source` is over as well. */
function appendString(page: PageBuffer, source: DataView, data: Uint8Array, start: number, end: number): void {
  const size = end - start;
  page.reserve(4 + size);
  page.view.setUint32(page.used, size, true);
  if (size < manyBytes) copyFewBytes(source, start, end, page.view, page.used + 4);
  else page.bytes.set(data.subarray(start, end), page.used + 4);
  page.used += 4 + size;
}

/** Numbers as they lie in Arrow, but for those of 8 and 16 bits, which become 32. */
function appendNumbers(page: PageBuffer, leaf: ArrowArray, shredded: PlainValues): void {
  const { values, from, slots } = shredded;
  const width = widthOf(leaf.field);
  const data = leaf.data ?? noBytes;
  const dense =
    slots === undefined ? data.subarray(from * width, (from + values) * width) : gather(data, slots, values, width);
  page.append(leaf.field.type.kind === 'int' && width < 4 ? widened(leaf.field, dense) : dense);
}

/** The values in some slots; a copy. */
function gather(data: Uint8Array, slots: Int32Array, values: number, width: number): Uint8Array {
  const dense = new Uint8Array(values * width);
  for (let i = 0; i < values; i++) {
    const slot = (slots[i] as number) * width;
    for (let byte = 0; byte < width; byte++) dense[i * width + byte] = data[slot + byte] as number;
  }
  return dense;
}

/** 32-bit integers of equal value. */
export function widened({ type }: Field, bytes: Uint8Array): Int32Array {
  const signed = type.kind === 'int' && type.signed;
  if (type.kind === 'int' && type.bits === 8) {
    return new Int32Array(signed ? new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length) : bytes);
  }
  const words = [bytes.buffer, bytes.byteOffset, bytes.length / 2] as const;
  return new Int32Array(signed ? new Int16Array(...words) : new Uint16Array(...words));
}
