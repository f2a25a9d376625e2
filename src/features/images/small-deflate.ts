import { fixedCodes, type PrefixCodes } from './fixed-codes.js';

/** Larger inputs are zlib's: its tables for their own frequencies pay from here on. It also bounds the distances. */
export const smallDeflateBytes = 4096;

const shortestMatch = 3;
const longestMatch = 258;
const hashBits = 12;
/** CINFO 4, a window of 4 KiB, for all distances here; FLEVEL 0; together a multiple of 31 (RFC 1950, section 2.2). */
const zlibHeader = [0x48, 0x0d] as const;
/** One final block with fixed codes (RFC 1951, section 3.2.3): three bits, 1 and then 01 from the lowest on. */
const blockHeader = 0b011;
const endOfBlock = 256;
/** Far below what a place can count to, and seldom enough to cost nothing. */
const forgetAfterBytes = 1 << 24;
const adlerModulus = 65_521;

/**
 * Compresses small inputs with the fixed codes of deflate: 5 us for a digit of 28 x 28 (211 bytes), where zlib takes 19 (201 bytes), most of them to make
 * and to drop its state. What this one needs is kept from one input to the next, and never cleared: places are counted on.
 *
 * The bytes are a function of the input alone. Runs and repeats are found, frequencies are not used: for data without repeats zlib's result is
 * smaller.
 */
export class SmallDeflate {
  readonly #codes = fixedCodes();
  /** By the hash of three bytes: where they were seen last, plus `#base` of that input. */
  readonly #heads = new Uint32Array(1 << hashBits);
  /** Above every place in earlier inputs. */
  #base = 1;
  /** No code is longer than 9 bits a byte. */
  readonly #out = new Uint8Array(Math.ceil((smallDeflateBytes * 9) / 8) + 16);
  #at = 0;
  #bits = 0;
  #bitCount = 0;

  /** A zlib stream (RFC 1950) of at most `smallDeflateBytes`. It is the caller's own. */
  deflate(bytes: Uint8Array): Uint8Array {
    if (this.#base > forgetAfterBytes) this.#forget();
    this.#out.set(zlibHeader);
    this.#at = zlibHeader.length;
    this.#bits = blockHeader;
    this.#bitCount = 3;
    this.#compress(bytes);
    this.#base += bytes.length;
    this.#putLiteral(endOfBlock);
    if (this.#bitCount > 0) this.#out[this.#at++] = this.#bits;
    this.#putChecksum(bytes);
    return this.#out.slice(0, this.#at);
  }

  #forget(): void {
    this.#heads.fill(0);
    this.#base = 1;
  }

  /** Greedy: at each place the longer of a run of the byte before and the last place with the same three bytes. */
  #compress(bytes: Uint8Array): void {
    const { length } = bytes;
    const heads = this.#heads;
    const base = this.#base;
    for (let at = 0; at < length; ) {
      if (at + shortestMatch > length) {
        this.#putLiteral(bytes[at++] as number);
        continue;
      }
      const three = (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16);
      const slot = Math.imul(three, 0x9e3779b1) >>> (32 - hashBits);
      const seen = (heads[slot] as number) - base;
      // Only where a match begins: so the start of a long run is found again, and not its end.
      heads[slot] = base + at;
      const run = at > 0 ? matchLength(bytes, at - 1, at) : 0;
      const match = seen >= 0 ? matchLength(bytes, seen, at) : 0;
      // A distance of 1 takes 5 bits, others up to 15.
      const isRun = run >= shortestMatch && run + 1 >= match;
      const taken = isRun ? run : match;
      if (taken < shortestMatch) {
        this.#putLiteral(bytes[at++] as number);
        continue;
      }
      this.#put(this.#codes.lengths, taken);
      this.#put(this.#codes.distances, isRun ? 1 : at - seen);
      at += taken;
    }
  }

  #putLiteral(symbol: number): void {
    this.#put(this.#codes.literals, symbol);
  }

  /** At most 7 bits wait, and no code has more than 18. */
  #put({ codes, bits }: PrefixCodes, symbol: number): void {
    let pending = this.#bits | ((codes[symbol] as number) << this.#bitCount);
    let count = this.#bitCount + (bits[symbol] as number);
    for (; count >= 8; count -= 8) {
      this.#out[this.#at++] = pending;
      pending >>>= 8;
    }
    this.#bits = pending;
    this.#bitCount = count;
  }

  /** Adler-32 (RFC 1950, section 8). For so few bytes the sums stay exact without a remainder on the way. */
  #putChecksum(bytes: Uint8Array): void {
    let low = 1;
    let high = 0;
    for (let i = 0; i < bytes.length; i++) {
      low += bytes[i] as number;
      high += low;
    }
    low %= adlerModulus;
    high %= adlerModulus;
    for (const byte of [high >>> 8, high, low >>> 8, low]) this.#out[this.#at++] = byte;
  }
}

/** How many bytes from `from` on are the same as those from `at` on, up to what a code can tell. */
function matchLength(bytes: Uint8Array, from: number, at: number): number {
  const most = Math.min(longestMatch, bytes.length - at);
  let length = 0;
  while (length < most && bytes[from + length] === bytes[at + length]) length++;
  return length;
}
