/**
 * MD5 (RFC 1321) in plain JavaScript, one block at a time.
 *
 * MD5 is no choice of ours: tfds orders records by md5(split ‖ key) (core/hashing.py), and a version must hold the same records in the same
 * shards as tfds gives. node:crypto costs 0.3 to 1.2 microseconds a key, most of it in crossing into C++; this takes about 0.26 a key and
 * `md5-simd.ts` 0.04.
 */

/** RFC 1321, 3.3. */
export const md5InitialState: readonly [number, number, number, number] = [
  0x67452301,
  0xefcdab89 | 0,
  0x98badcfe | 0,
  0x10325476,
];

/** RFC 1321, 3.4: T[i] is the integer part of 2^32 * abs(sin(i)), i in radians from 1. */
export const md5SineTable = Int32Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32));

/** Left rotations of the four rounds, four steps each, RFC 1321, 3.4. */
export const md5Rotations = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const;

/** Which word of the block step `i` of the 64 takes. */
export function md5WordOf(step: number): number {
  if (step < 16) return step;
  if (step < 32) return (5 * step + 1) & 15;
  if (step < 48) return (3 * step + 5) & 15;
  return (7 * step) & 15;
}

const sine = md5SineTable;

/**
 * Folds 16 words of `block`, starting at `at`, into `state` (four words). Each loop is a quarter of the 64 steps, four steps an iteration: unrolled
 * as far as the optimiser likes without code generation, which some deployments forbid.
 */
export function md5Block(state: Int32Array, block: Int32Array, at: number): void {
  const a0 = state[0] as number;
  const b0 = state[1] as number;
  const c0 = state[2] as number;
  const d0 = state[3] as number;
  let a = a0;
  let b = b0;
  let c = c0;
  let d = d0;
  for (let i = 0; i < 16; i += 4) {
    a = (a + (d ^ (b & (c ^ d))) + word(block, at + i) + word(sine, i)) | 0;
    a = (((a << 7) | (a >>> 25)) + b) | 0;
    d = (d + (c ^ (a & (b ^ c))) + word(block, at + i + 1) + word(sine, i + 1)) | 0;
    d = (((d << 12) | (d >>> 20)) + a) | 0;
    c = (c + (b ^ (d & (a ^ b))) + word(block, at + i + 2) + word(sine, i + 2)) | 0;
    c = (((c << 17) | (c >>> 15)) + d) | 0;
    b = (b + (a ^ (c & (d ^ a))) + word(block, at + i + 3) + word(sine, i + 3)) | 0;
    b = (((b << 22) | (b >>> 10)) + c) | 0;
  }
  for (let i = 16, w = 1; i < 32; i += 4, w += 20) {
    a = (a + (c ^ (d & (b ^ c))) + word(block, at + (w & 15)) + word(sine, i)) | 0;
    a = (((a << 5) | (a >>> 27)) + b) | 0;
    d = (d + (b ^ (c & (a ^ b))) + word(block, at + ((w + 5) & 15)) + word(sine, i + 1)) | 0;
    d = (((d << 9) | (d >>> 23)) + a) | 0;
    c = (c + (a ^ (b & (d ^ a))) + word(block, at + ((w + 10) & 15)) + word(sine, i + 2)) | 0;
    c = (((c << 14) | (c >>> 18)) + d) | 0;
    b = (b + (d ^ (a & (c ^ d))) + word(block, at + ((w + 15) & 15)) + word(sine, i + 3)) | 0;
    b = (((b << 20) | (b >>> 12)) + c) | 0;
  }
  for (let i = 32, w = 5; i < 48; i += 4, w += 12) {
    a = (a + (b ^ c ^ d) + word(block, at + (w & 15)) + word(sine, i)) | 0;
    a = (((a << 4) | (a >>> 28)) + b) | 0;
    d = (d + (a ^ b ^ c) + word(block, at + ((w + 3) & 15)) + word(sine, i + 1)) | 0;
    d = (((d << 11) | (d >>> 21)) + a) | 0;
    c = (c + (d ^ a ^ b) + word(block, at + ((w + 6) & 15)) + word(sine, i + 2)) | 0;
    c = (((c << 16) | (c >>> 16)) + d) | 0;
    b = (b + (c ^ d ^ a) + word(block, at + ((w + 9) & 15)) + word(sine, i + 3)) | 0;
    b = (((b << 23) | (b >>> 9)) + c) | 0;
  }
  for (let i = 48, w = 0; i < 64; i += 4, w += 28) {
    a = (a + (c ^ (b | ~d)) + word(block, at + (w & 15)) + word(sine, i)) | 0;
    a = (((a << 6) | (a >>> 26)) + b) | 0;
    d = (d + (b ^ (a | ~c)) + word(block, at + ((w + 7) & 15)) + word(sine, i + 1)) | 0;
    d = (((d << 10) | (d >>> 22)) + a) | 0;
    c = (c + (a ^ (d | ~b)) + word(block, at + ((w + 14) & 15)) + word(sine, i + 2)) | 0;
    c = (((c << 15) | (c >>> 17)) + d) | 0;
    b = (b + (d ^ (c | ~a)) + word(block, at + ((w + 21) & 15)) + word(sine, i + 3)) | 0;
    b = (((b << 21) | (b >>> 11)) + c) | 0;
  }
  state[0] = a0 + a;
  state[1] = b0 + b;
  state[2] = c0 + c;
  state[3] = d0 + d;
}

/** An element that the loop bounds guarantee. */
function word(words: Int32Array, index: number): number {
  return words[index] as number;
}

/** Swaps the bytes of a word: MD5 is little-endian, the order of its digests big-endian. */
export function swapBytes(x: number): number {
  return ((x & 0xff) << 24) | ((x & 0xff00) << 8) | ((x >>> 8) & 0xff00) | (x >>> 24);
}
