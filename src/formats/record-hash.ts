/**
 * The 64 bits by which a shard's index knows a record's content: the first two lanes of MurmurHash3_x86_128 (smhasher, Austin Appleby, public
 * domain), each fed with every little-endian word `w`, in 32-bit arithmetic:
 *
 *     h1 = 0, h2 = 0
 *     h1 = rotl(h1 ^ rotl(w * 0x239b961b, 15) * 0xab0e9789, 19) * 5 + 0x561ccd1b
 *     h2 = rotl(h2 ^ rotl(w * 0xab0e9789, 16) * 0x38b34ae5, 17) * 5 + 0x0bcaa747
 *     h1 ^= bytes, h2 ^= bytes; h1 += h2, h2 += h1; h1 = fmix(h1), h2 = fmix(h2); h1 += h2, h2 += h1
 *
 * What is hashed are the record's leaves as they lie in its row (features/row-layout.ts), with zeros up to a whole word. It tells records apart that
 * differ by accident: 2^-64 a record. What must withstand intent is the sha256.
 */
export class RecordHash {
  /** The hash taken last: h1 and h2. */
  low = 0;
  high = 0;

  /** Hashes `words[from .. to)`. */
  update(words: Int32Array, from: number, to: number): void {
    let h1 = 0;
    let h2 = 0;
    for (let i = from; i < to; i++) {
      const word = words[i] as number;
      const k1 = Math.imul(word, 0x239b961b);
      h1 ^= Math.imul((k1 << 15) | (k1 >>> 17), 0xab0e9789);
      h1 = (Math.imul((h1 << 19) | (h1 >>> 13), 5) + 0x561ccd1b) | 0;
      const k2 = Math.imul(word, 0xab0e9789);
      h2 ^= Math.imul((k2 << 16) | (k2 >>> 16), 0x38b34ae5);
      h2 = (Math.imul((h2 << 17) | (h2 >>> 15), 5) + 0x0bcaa747) | 0;
    }
    const bytes = (to - from) << 2;
    h1 ^= bytes;
    h2 ^= bytes;
    h1 = (h1 + h2) | 0;
    h2 = (h2 + h1) | 0;
    h1 = finalMix(h1);
    h2 = finalMix(h2);
    h1 = (h1 + h2) | 0;
    this.low = h1;
    this.high = (h2 + h1) | 0;
  }
}

/** MurmurHash3's fmix32. */
function finalMix(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
