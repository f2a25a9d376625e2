/**
 * How an element lies in spill, little-endian:
 *
 *     u32   bytes of the record, this header included
 *     u32   bytes of the key
 *     key   canonical encoding
 *     side  one byte, in the records of joins only: which input it came from
 *     value canonical encoding; nothing for elements without key, which stand where the key would
 *
 * No encoding begins another (see the values room), so the order of the bytes after the header is the order by key, then side, then value.
 */
export const recordHeaderBytes = 8;

export function readUint32(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)) >>>
    0
  );
}

export function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}

export function recordBytes(bytes: Uint8Array, record: number): number {
  return readUint32(bytes, record);
}

/** Where the key ends and the value, or the side byte before it, begins. */
export function keyEnd(bytes: Uint8Array, record: number): number {
  return record + recordHeaderBytes + readUint32(bytes, record + 4);
}

/** Whether two records have the same key. */
export function sameKey(a: Uint8Array, recordA: number, b: Uint8Array, recordB: number): boolean {
  const length = readUint32(a, recordA + 4);
  if (readUint32(b, recordB + 4) !== length) return false;
  const [startA, startB] = [recordA + recordHeaderBytes, recordB + recordHeaderBytes];
  for (let i = 0; i < length; i++) if (a[startA + i] !== b[startB + i]) return false;
  return true;
}

/** By all bytes after the header. */
export function compareRecords(a: Uint8Array, recordA: number, b: Uint8Array, recordB: number): number {
  const [lengthA, lengthB] = [recordBytes(a, recordA), recordBytes(b, recordB)];
  const shared = Math.min(lengthA, lengthB);
  for (let i = recordHeaderBytes; i < shared; i++) {
    const difference = (a[recordA + i] as number) - (b[recordB + i] as number);
    if (difference !== 0) return difference;
  }
  return lengthA - lengthB;
}
