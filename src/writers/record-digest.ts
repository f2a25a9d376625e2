import { createHash, type Hash } from 'node:crypto';
import { rowHeaderBytes, rowWords } from '../features/index.js';
import { RecordHash } from '../formats/index.js';
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
 */
export class RecordDigester {
  readonly #hash = new RecordHash();
  readonly #gathered = new Int32Array(16 << 10);
  readonly #gatheredBytes = new Uint8Array(this.#gathered.buffer);
  #used = 0;
  #bucket = -1;
  #sha256: Hash = createHash('sha256');
  readonly #buckets: { readonly bucket: number; readonly sha256: string }[] = [];

  /** The 64 bits of the record taken last. */
  get low(): number {
    return this.#hash.low;
  }

  get high(): number {
    return this.#hash.high;
  }

  /**
   * Takes the record whose row begins at word `row`. Records come in the order of their hashes.
   *
   * @param ofBucket Whether it counts for its bucket's sha256.
   */
  add(words: Int32Array<ArrayBuffer>, row: number, ofBucket: boolean): void {
    const from = row + headerWords;
    const to = leavesEnd(words, row);
    this.#hash.update(words, from, to);
    if (ofBucket) this.#addToBucket(words, row, from, to);
  }

  /** The digests of the buckets so far, and of the last one. */
  finish(): readonly { readonly bucket: number; readonly sha256: string }[] {
    this.#endBucket();
    return this.#buckets;
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

/** The content digest of a split: sha256 over its buckets' sha256, as bytes, in order. */
export function contentDigest(buckets: readonly { readonly bucket: number; readonly sha256: string }[]): string {
  const hash = createHash('sha256');
  for (const { sha256 } of [...buckets].sort((a, b) => a.bucket - b.bucket)) hash.update(sha256, 'hex');
  return hash.digest('hex');
}
