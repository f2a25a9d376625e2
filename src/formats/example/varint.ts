/**
 * Protobuf varints (protobuf.dev/programming-guides/encoding): seven bits a byte, the least significant first. 64-bit values come as two
 * 32-bit halves, since neither a number holds them all nor is a BigInt fast enough (45 ns a value).
 */

/** Bytes of the varint of an unsigned 32-bit number: ceil(bits / 7), as protobuf's own VarintSize32 reckons it. */
export function varintSize32(value: number): number {
  return ((32 - Math.clz32(value | 1)) * 9 + 64) >>> 6;
}

/** Bytes of the varint of a 64-bit number. */
export function varintSize64(low: number, high: number): number {
  return high === 0 ? varintSize32(low) : ((64 - Math.clz32(high)) * 9 + 64) >>> 6;
}

/** Writes an unsigned 32-bit number; returns where it ends. */
export function putVarint32(target: Uint8Array, at: number, value: number): number {
  let end = at;
  let rest = value;
  while (rest >>> 0 > 127) {
    target[end++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  target[end++] = rest;
  return end;
}

/** Writes a 64-bit number; returns where it ends. */
export function putVarint64(target: Uint8Array, at: number, low: number, high: number): number {
  if (high === 0) return putVarint32(target, at, low);
  let end = at;
  for (let shift = 0; shift < 28; shift += 7) target[end++] = (low >>> shift) | 128;
  target[end++] = (low >>> 28) | ((high & 7) << 4) | (high >>> 3 === 0 ? 0 : 128);
  return high >>> 3 === 0 ? end : putVarint32(target, end, high >>> 3);
}
