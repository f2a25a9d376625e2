import { reversedPolynomial, shiftCrc32c } from './crc32c-shift.js';

/**
 * CRC-32C (Castagnoli), the checksum of TFRecord and of Google Cloud Storage (RFC 3720, appendix B.4; check value e3069283).
 *
 * Slice-by-16 (Kounavis and Berry, 2005, with twice as many tables): 2.6 GB/s, as much as two interleaved stripes by eight bytes give, and 13 % less time for 160 bytes than
 * by eight. Node's `zlib.crc32` is another polynomial, and a native module pays only for whole files.
 */
const table0 = new Int32Array(256);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? reversedPolynomial : 0);
  table0[byte] = crc;
}

/** The table one byte further from the end than `nearer`. */
function nextTable(nearer: Int32Array): Int32Array {
  return nearer.map((crc) => (crc >>> 8) ^ (table0[crc & 255] ?? 0));
}

const table1 = nextTable(table0);
const table2 = nextTable(table1);
const table3 = nextTable(table2);
const table4 = nextTable(table3);
const table5 = nextTable(table4);
const table6 = nextTable(table5);
const table7 = nextTable(table6);
const table8 = nextTable(table7);
const table9 = nextTable(table8);
const table10 = nextTable(table9);
const table11 = nextTable(table10);
const table12 = nextTable(table11);
const table13 = nextTable(table12);
const table14 = nextTable(table13);
const table15 = nextTable(table14);

/** Advances the inverted register over bytes `from .. to` of a view: a view reads words wherever they lie. */
function updateView(view: DataView, from: number, to: number, register: number): number {
  let crc = register;
  let i = from;
  for (const end = to - 15; i < end; i += 16) {
    const a = crc ^ view.getInt32(i, true);
    const b = view.getInt32(i + 4, true);
    const c = view.getInt32(i + 8, true);
    const d = view.getInt32(i + 12, true);
    crc =
      (table15[a & 255] as number) ^
      (table14[(a >>> 8) & 255] as number) ^
      (table13[(a >>> 16) & 255] as number) ^
      (table12[a >>> 24] as number) ^
      ((table11[b & 255] as number) ^
        (table10[(b >>> 8) & 255] as number) ^
        (table9[(b >>> 16) & 255] as number) ^
        (table8[b >>> 24] as number) ^
        (table7[c & 255] as number) ^
        (table6[(c >>> 8) & 255] as number) ^
        (table5[(c >>> 16) & 255] as number) ^
        (table4[c >>> 24] as number) ^
        (table3[d & 255] as number) ^
        (table2[(d >>> 8) & 255] as number) ^
        (table1[(d >>> 16) & 255] as number) ^
        (table0[d >>> 24] as number));
  }
  for (const end = to - 7; i < end; i += 8) {
    const a = crc ^ view.getInt32(i, true);
    const b = view.getInt32(i + 4, true);
    crc =
      (table7[a & 255] as number) ^
      (table6[(a >>> 8) & 255] as number) ^
      (table5[(a >>> 16) & 255] as number) ^
      (table4[a >>> 24] as number) ^
      ((table3[b & 255] as number) ^
        (table2[(b >>> 8) & 255] as number) ^
        (table1[(b >>> 16) & 255] as number) ^
        (table0[b >>> 24] as number));
  }
  if (i + 4 <= to) {
    const a = crc ^ view.getInt32(i, true);
    crc =
      (table3[a & 255] as number) ^
      (table2[(a >>> 8) & 255] as number) ^
      (table1[(a >>> 16) & 255] as number) ^
      (table0[a >>> 24] as number);
    i += 4;
  }
  for (; i < to; i++) crc = (table0[(crc ^ view.getUint8(i)) & 255] as number) ^ (crc >>> 8);
  return crc;
}

/** Advances the inverted register over `bytes[from .. to)`. */
function update(bytes: Uint8Array, from: number, to: number, register: number): number {
  return updateView(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), from, to, register);
}

/**
 * CRC-32C of `bytes[from .. to)`, as an unsigned 32-bit number.
 *
 * @example crc32c(new TextEncoder().encode('123456789')) // 0xe3069283
 */
export function crc32c(bytes: Uint8Array, from = 0, to = bytes.length): number {
  return ~update(bytes, from, to, -1) >>> 0;
}

/**
 * The CRC-32C, as a signed number, of data with bytes `from .. to` of a view behind it.
 *
 * @param crc That of the data; 0 for none.
 */
export function extendCrc32c(crc: number, view: DataView, from: number, to: number): number {
  return ~updateView(view, from, to, ~crc);
}

/** The same for one word behind the data, little-endian. */
export function extendCrc32cByWord(crc: number, word: number): number {
  const a = ~crc ^ word;
  return ~(
    (table3[a & 255] as number) ^
    (table2[(a >>> 8) & 255] as number) ^
    (table1[(a >>> 16) & 255] as number) ^
    (table0[a >>> 24] as number)
  );
}

/** TFRecord's masking, for which a CRC of data that holds CRCs stays sound (tensorflow/core/lib/hash/crc32c.h). */
export function maskCrc32c(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** Masked CRC-32C of `bytes[from .. to)`: the checksum that stands in a TFRecord. */
export function maskedCrc32c(bytes: Uint8Array, from = 0, to = bytes.length): number {
  return maskCrc32c(~update(bytes, from, to, -1));
}

/** The same for bytes `from .. to` of a view, for loops over short records: making a view costs more than their CRC. */
export function maskedCrc32cOfView(view: DataView, from: number, to: number): number {
  return maskCrc32c(~updateView(view, from, to, -1));
}

/**
 * CRC-32C of data that comes in parts.
 *
 * @example new Crc32c().update(part1).update(part2).digestBase64() // 'yZRlqg=='
 */
export class Crc32c {
  #register = -1;

  update(bytes: Uint8Array, from = 0, to = bytes.length): this {
    this.#register = update(bytes, from, to, this.#register);
    return this;
  }

  /** Takes a part by its length and its CRC-32C, which who wrote it knows. */
  append(bytes: number, crc: number): this {
    this.#register = ~(shiftCrc32c(~this.#register, bytes) ^ crc);
    return this;
  }

  /** The CRC so far, unsigned; more may follow. */
  digest(): number {
    return ~this.#register >>> 0;
  }

  /** As Google Cloud Storage shows it: base64 of the four bytes in big-endian order. */
  digestBase64(): string {
    const bytes = Buffer.allocUnsafe(4);
    bytes.writeUInt32BE(this.digest());
    return bytes.toString('base64');
  }
}
