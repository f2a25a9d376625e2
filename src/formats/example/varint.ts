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

/** The continuation bits of varints of so many bytes, in each of three words. */
const continued = [0, 4, 8].map((first) =>
  Int32Array.from({ length: 11 }, (_, size) => {
    let bits = 0;
    for (let byte = 0; byte < 4 && first + byte < size - 1; byte++) bits |= 128 << (8 * byte);
    return bits;
  }),
);
const [continued0, continued4, continued8] = continued as [Int32Array, Int32Array, Int32Array];

/** Writes a 64-bit number whose varint has `size` bytes as three words, whatever its size: a mispredicted branch costs more than those that are too many. */
export function putVarintWords(target: DataView, at: number, size: number, low: number, high: number): void {
  const middle = (low >>> 28) | (high << 4);
  const last = high >>> 24;
  target.setInt32(at, spread(low) | (continued0[size] as number), true);
  target.setInt32(at + 4, spread(middle) | (continued4[size] as number), true);
  target.setInt32(at + 8, (last & 0x7f) | ((last & 0x80) << 1) | (continued8[size] as number), true);
}

/** The lower 28 bits, seven a byte. */
function spread(bits: number): number {
  return (bits & 0x7f) | ((bits & 0x3f80) << 1) | ((bits & 0x1f_c000) << 2) | ((bits & 0xfe0_0000) << 3);
}
