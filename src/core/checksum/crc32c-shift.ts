/** CRC-32C's polynomial without its x^32, bit 31 standing for x^0. */
export const reversedPolynomial = 0x82f63b78;

/**
 * CRCs of neighbours can be joined: the CRC of A ‖ B is `shiftCrc32c(crc(A), |B|) ^ crc(B)`.
 *
 * A register is a polynomial over GF(2), and n zero bytes multiply it by x^(8n), which is linear: eight look-ups, one for each four bits. Lengths up to
 * `tabulatedBytes` get such tables (512 bytes, made in a third of a microsecond) when they are first met; longer ones are multiplied bit by bit, in up to
 * a microsecond, which is less than it takes to go over the bytes.
 */
const tabulatedBytes = 8192;
const tableWords = 8 * 16;
/** Those of n bytes begin at word `n * tableWords`. Pages of lengths that are never met are never touched. */
const tables = new Int32Array((tabulatedBytes + 1) * tableWords);

/** The CRC-32C (or the register behind it) of data with `bytes` bytes behind it, but for the CRC of these. */
export function shiftCrc32c(crc: number, bytes: number): number {
  if (bytes > tabulatedBytes) return multiply(powerOfX(bytes), crc);
  const table = bytes * tableWords;
  if (tables[table + 1] === 0) tabulate(bytes, table);
  return (
    (tables[table + (crc & 15)] as number) ^
    (tables[table + 16 + ((crc >>> 4) & 15)] as number) ^
    (tables[table + 32 + ((crc >>> 8) & 15)] as number) ^
    (tables[table + 48 + ((crc >>> 12) & 15)] as number) ^
    (tables[table + 64 + ((crc >>> 16) & 15)] as number) ^
    (tables[table + 80 + ((crc >>> 20) & 15)] as number) ^
    (tables[table + 96 + ((crc >>> 24) & 15)] as number) ^
    (tables[table + 112 + (crc >>> 28)] as number)
  );
}

function tabulate(bytes: number, table: number): void {
  let column = powerOfX(bytes);
  for (let bit = 31; bit >= 0; bit--) {
    const at = table + 16 * (bit >> 2);
    const step = 1 << (bit & 3);
    tables[at + step] = column;
    column = timesX(column);
  }
  for (let at = table; at < table + tableWords; at += 16) {
    for (let bits = 1; bits < 16; bits++) {
      const highest = 1 << (31 - Math.clz32(bits));
      tables[at + bits] = (tables[at + highest] as number) ^ (tables[at + bits - highest] as number);
    }
  }
}

/** x^(2^k), for all k that a length of whole bytes may have. */
const squares: number[] = [0x4000_0000];
for (let k = 0; k < 56; k++) squares.push(multiply(squares[k] as number, squares[k] as number));

/** x^(8 bytes). */
function powerOfX(bytes: number): number {
  let power = 0x8000_0000 | 0;
  for (let rest = bytes, k = 3; rest > 0; rest = Math.floor(rest / 2), k++) {
    if (rest % 2 === 1) power = multiply(squares[k] as number, power);
  }
  return power;
}

/** The product of two polynomials modulo CRC-32C's. */
function multiply(a: number, b: number): number {
  let product = 0;
  let term = b;
  for (let rest = a; rest !== 0; rest <<= 1) {
    if (rest < 0) product ^= term;
    term = timesX(term);
  }
  return product;
}

function timesX(polynomial: number): number {
  return (polynomial >>> 1) ^ (polynomial & 1 ? reversedPolynomial : 0);
}
