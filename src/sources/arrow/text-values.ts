import { isAscii, isUtf8 } from 'node:buffer';
import type { ArrowArray } from '../../formats/index.js';

/** What the slots `from .. to` of an array of strings or bytes hold: bytes `starts[i] .. ends[i]` of `buffers[i]`, in whatever slots are null too. */
interface ByteSlots {
  readonly bufferAt: (slot: number) => Buffer;
  readonly startAt: (slot: number) => number;
  readonly endAt: (slot: number) => number;
}

const viewBytes = 16;
/** A view of so many bytes and fewer holds them itself (Columnar.rst, "Variable-size Binary View Layout"). */
const longestInlined = 12;

/** @throws RangeError for offsets or views that lead out of the array's bytes */
function byteSlots(array: ArrowArray): ByteSlots {
  const { offsets, data } = array;
  if (offsets === undefined) return viewSlots(array);
  const bytes = bufferOf(data ?? new Uint8Array(0));
  return {
    bufferAt: () => bytes,
    startAt: (slot) => offsets[slot] as number,
    endAt: (slot) => checkedEnd(offsets[slot] as number, offsets[slot + 1] as number, bytes.length),
  };
}

function viewSlots({ data = new Uint8Array(0), viewed = [], length }: ArrowArray): ByteSlots {
  if (data.length < length * viewBytes) throw new RangeError('views that are cut short');
  const views = bufferOf(data);
  const buffers = viewed.map(bufferOf);
  const bytesAt = (slot: number) => views.readInt32LE(slot * viewBytes);
  const isInlined = (slot: number) => bytesAt(slot) <= longestInlined;
  const bufferAt = (slot: number): Buffer => {
    if (isInlined(slot)) return views;
    const buffer = buffers[views.readInt32LE(slot * viewBytes + 8)];
    if (buffer === undefined) throw new RangeError('a view of a buffer that is not there');
    return buffer;
  };
  const startAt = (slot: number) => (isInlined(slot) ? slot * viewBytes + 4 : views.readInt32LE(slot * viewBytes + 12));
  return {
    bufferAt,
    startAt,
    endAt: (slot) => checkedEnd(startAt(slot), startAt(slot) + bytesAt(slot), bufferAt(slot).length),
  };
}

function checkedEnd(start: number, end: number, bytes: number): number {
  if (start >= 0 && start <= end && end <= bytes) return end;
  throw new RangeError('offsets that lead out of its bytes');
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Bytes of each slot: views of the array's memory. */
export function bytesValues(array: ArrowArray, from: number, to: number): unknown[] {
  const { bufferAt, startAt, endAt } = byteSlots(array);
  return Array.from({ length: to - from }, (_, i) => {
    const buffer = bufferAt(from + i);
    const start = startAt(from + i);
    return new Uint8Array(buffer.buffer, buffer.byteOffset + start, endAt(from + i) - start);
  });
}

/** Runs of so many bytes are decoded at once: a text is a slice of its run then, and so is what an author keeps. */
const runBytes = 64 << 10;

/**
 * Texts of each slot.
 *
 * @param refuse called with a slot that is not UTF-8
 */
export function textValues(array: ArrowArray, from: number, to: number, refuse: (slot: number) => never): unknown[] {
  const values = new Array<unknown>(to - from);
  const { offsets, data } = array;
  if (offsets !== undefined && data !== undefined && asciiRun(offsets, data, from, to, values)) return values;
  const { bufferAt, startAt, endAt } = byteSlots(array);
  for (let slot = from; slot < to; slot++) {
    const bytes = bufferAt(slot).subarray(startAt(slot), endAt(slot));
    if (isAscii(bytes)) values[slot - from] = bytes.toString('latin1');
    else if (isUtf8(bytes)) values[slot - from] = bytes.toString('utf8');
    else refuse(slot);
  }
  return values;
}

/** The short way for few bytes of ASCII: 20 ns a text, where decoding each takes 110. False where it doesn't apply. */
function asciiRun(offsets: Int32Array, data: Uint8Array, from: number, to: number, values: unknown[]): boolean {
  const start = offsets[from] as number;
  const end = offsets[to] as number;
  if (!(start >= 0 && end - start <= runBytes && end <= data.length)) return false;
  const bytes = Buffer.from(data.buffer, data.byteOffset + start, Math.max(0, end - start));
  if (!isAscii(bytes)) return false;
  const text = bytes.toString('latin1');
  for (let slot = from; slot < to; slot++) {
    const stop = checkedEnd(offsets[slot] as number, offsets[slot + 1] as number, end) - start;
    values[slot - from] = text.substring((offsets[slot] as number) - start, stop);
  }
  return true;
}
