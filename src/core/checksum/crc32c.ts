/**
 * CRC-32C (Castagnoli), the checksum of TFRecord and of Google Cloud Storage (RFC 3720, appendix B.4; check value e3069283).
 *
 * Slice-by-8 (Kounavis and Berry, 2005). Node's `zlib.crc32` is another polynomial, and a native module pays only for whole files.
 * Long inputs are read as words in two interleaved stripes, whose table look-ups overlap: 2.4 GB/s against 1.9 in one
 * stripe and 1.3-1.9 by bytes.
 */
const reversedPolynomial = 0x82f63b78;

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

/** Bytes of one stripe: long enough to make joining cheap, short enough that both lie in the first-level cache. */
const stripeBytes = 8192;
const stripeWords = stripeBytes / 4;

/**
 * Four tables that advance a CRC register over `stripeBytes` zero bytes. The register is linear over GF(2), so that the register
 * after two stripes is the advanced register of the first, xor that of the second started from zero.
 */
const stripeShift = [0, 8, 16, 24].map((shift) => {
  const table = new Int32Array(256);
  for (let bit = 0; bit < 8; bit++) {
    let register = 1 << (shift + bit);
    for (let i = 0; i < stripeBytes; i++) register = (table0[register & 255] as number) ^ (register >>> 8);
    const step = 1 << bit;
    for (let low = 0; low < step; low++) table[step + low] = (table[low] as number) ^ register;
  }
  return table;
});
const [shift0, shift1, shift2, shift3] = stripeShift as [Int32Array, Int32Array, Int32Array, Int32Array];

/** Two stripes that start at word `from`; `register` is the (inverted) CRC before them. */
function updateStripePair(words: Int32Array, from: number, register: number): number {
  let first = register;
  let second = 0;
  for (let i = from, end = from + stripeWords; i < end; i += 2) {
    const a = first ^ (words[i] as number);
    const b = words[i + 1] as number;
    const c = second ^ (words[i + stripeWords] as number);
    const d = words[i + stripeWords + 1] as number;
    first =
      (table7[a & 255] as number) ^
      (table6[(a >>> 8) & 255] as number) ^
      (table5[(a >>> 16) & 255] as number) ^
      (table4[a >>> 24] as number) ^
      (table3[b & 255] as number) ^
      (table2[(b >>> 8) & 255] as number) ^
      (table1[(b >>> 16) & 255] as number) ^
      (table0[b >>> 24] as number);
    second =
      (table7[c & 255] as number) ^
      (table6[(c >>> 8) & 255] as number) ^
      (table5[(c >>> 16) & 255] as number) ^
      (table4[c >>> 24] as number) ^
      (table3[d & 255] as number) ^
      (table2[(d >>> 8) & 255] as number) ^
      (table1[(d >>> 16) & 255] as number) ^
      (table0[d >>> 24] as number);
  }
  const advanced =
    (shift0[first & 255] as number) ^
    (shift1[(first >>> 8) & 255] as number) ^
    (shift2[(first >>> 16) & 255] as number) ^
    (shift3[first >>> 24] as number);
  return advanced ^ second;
}

/** Advances the inverted register over bytes `from .. to` of a view: 65 ns for 102 bytes, against 85 by `Uint8Array`. */
function updateView(view: DataView, from: number, to: number, register: number): number {
  let crc = register;
  let i = from;
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
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (to - from < 2 * stripeBytes + 4) return updateView(view, from, to, register);
  const aligned = from + (-(bytes.byteOffset + from) & 3);
  const pairs = Math.floor((to - aligned) / (2 * stripeBytes));
  let crc = updateView(view, from, aligned, register);
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + aligned, pairs * 2 * stripeWords);
  for (let pair = 0; pair < pairs; pair++) crc = updateStripePair(words, pair * 2 * stripeWords, crc);
  return updateView(view, aligned + pairs * 2 * stripeBytes, to, crc);
}

/**
 * CRC-32C of `bytes[from .. to)`, as an unsigned 32-bit number.
 *
 * @example crc32c(new TextEncoder().encode('123456789')) // 0xe3069283
 */
export function crc32c(bytes: Uint8Array, from = 0, to = bytes.length): number {
  return ~update(bytes, from, to, -1) >>> 0;
}

/** TFRecord's masking, for which a CRC of data that holds CRCs stays sound (tensorflow/core/lib/hash/crc32c.h). */
function maskCrc32c(crc: number): number {
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
