import { createHash, type Hash } from 'node:crypto';
import { rowHeaderBytes, rowWords } from '../features/index.js';
import { bucketBits } from './contract.js';
import { swapBytes } from './md5.js';

const headerWords = rowHeaderBytes >>> 2;
/** Leaves longer than this are hashed where they lie; shorter ones are gathered, since a call of the hash costs as much as 1 KiB. */
const gatheredWords = 1024;

/**
 * Digests the content of records: 64 bits for each record, which the index keeps, and a sha256 for each bucket of the key hash.
 *
 * What is digested of a record are its leaves as in the row, with the zero padding behind them, but not its ordinal, which depends on how
 * the source was cut.
 *
 * The 64 bits are the first two lanes of MurmurHash3_x86_128 (smhasher, Austin Appleby, public domain), each fed with every little-endian word `w` of the
 * leaves, in 32-bit arithmetic:
 *
 *     h1 = 0, h2 = 0
 *     h1 = rotl(h1 ^ rotl(w * 0x239b961b, 15) * 0xab0e9789, 19) * 5 + 0x561ccd1b
 *     h2 = rotl(h2 ^ rotl(w * 0xab0e9789, 16) * 0x38b34ae5, 17) * 5 + 0x0bcaa747
 *     h1 ^= bytes, h2 ^= bytes; h1 += h2, h2 += h1; h1 = fmix(h1), h2 = fmix(h2); h1 += h2, h2 += h1
 *
 * They tell records apart that differ by accident: 2^-64 a record. What must withstand intent is the sha256.
 */
export class RecordDigester {
  /** The digest of the record taken last: h1 and h2. */
  low = 0;
  high = 0;
  readonly #gathered = new Int32Array(16 << 10);
  readonly #gatheredBytes = new Uint8Array(this.#gathered.buffer);
  #used = 0;
  #bucket = -1;
  #sha256: Hash = createHash('sha256');
  readonly #buckets: { readonly bucket: number; readonly sha256: string }[] = [];

  /**
   * Takes the record whose row begins at word `row`. Records come in the order of their hashes.
   *
   * @param ofBucket Whether it counts for its bucket's sha256.
   */
  add(words: Int32Array<ArrayBuffer>, row: number, ofBucket: boolean): void {
    const from = row + headerWords;
    const to = leavesEnd(words, row);
    this.#digest(words, from, to);
    if (ofBucket) this.#addToBucket(words, row, from, to);
  }

  /** The digests of the buckets so far, and of the last one. */
  finish(): readonly { readonly bucket: number; readonly sha256: string }[] {
    this.#endBucket();
    return this.#buckets;
  }

  #digest(words: Int32Array, from: number, to: number): void {
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

  #addToBucket(words: Int32Array<ArrayBuffer>, row: number, from: number, to: number): void {
    const bucket = (words[row] as number) >>> (32 - bucketBits);
    if (bucket !== this.#bucket) {
      this.#endBucket();
      this.#bucket = bucket;
      this.#sha256 = createHash('sha256');
    }
    const isLong = to - from > gatheredWords;
    if (this.#used + 4 + gatheredWords > this.#gathered.length) this.#hashGathered();
    const gathered = this.#gathered;
    let used = this.#used;
    // As MD5 gives it: the row holds the hash as numbers.
    for (let k = 0; k < 4; k++) gathered[used++] = swapBytes(words[row + k] as number);
    if (!isLong) for (let i = from; i < to; i++) gathered[used++] = words[i] as number;
    this.#used = used;
    if (!isLong) return;
    this.#hashGathered();
    this.#sha256.update(new Uint8Array(words.buffer, words.byteOffset + from * 4, (to - from) * 4));
  }

  #hashGathered(): void {
    if (this.#used > 0) this.#sha256.update(this.#gatheredBytes.subarray(0, this.#used * 4));
    this.#used = 0;
  }

  #endBucket(): void {
    if (this.#bucket === -1) return;
    this.#hashGathered();
    this.#buckets.push({ bucket: this.#bucket, sha256: this.#sha256.digest('hex') });
    this.#bucket = -1;
  }
}

/** Word after the leaves (and their padding) of the row at word `row`: where its key begins. */
function leavesEnd(words: Int32Array, row: number): number {
  const rowEnd = row + ((words[row + rowWords.rowBytes] as number) >>> 2);
  return rowEnd - (((words[row + rowWords.keyBytes] as number) + 3) >>> 2);
}

/** MurmurHash3's fmix32. */
function finalMix(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** The content digest of a split: sha256 over its buckets' sha256, as bytes, in order. */
export function contentDigest(buckets: readonly { readonly bucket: number; readonly sha256: string }[]): string {
  const hash = createHash('sha256');
  for (const { sha256 } of [...buckets].sort((a, b) => a.bucket - b.bucket)) hash.update(sha256, 'hex');
  return hash.digest('hex');
}
