import { createHash } from 'node:crypto';
import type { ColumnBatch } from '../features/index.js';
import { RecordHash, type RecordIndexWriter } from '../formats/index.js';
import { RowLeaves } from '../reader/index.js';

/**
 * Digests the records of a split one after the other, and adds them to the indices of its shards.
 *
 * Data from outside has no keys: in the place of a key's hash stands the record's number in its split, of 128 bits, so that the order in which it was given is the order of the version. All of these numbers lie in the first
 * bucket, whose digest is that of the split (writers/record-digest.ts).
 */
export class SplitRecords {
  readonly #leaves = new RowLeaves();
  readonly #hash = new RecordHash();
  readonly #bucket = createHash('sha256');
  readonly #number = new Int32Array(4);
  readonly #numberBytes = Buffer.alloc(16);
  #records = 0;

  /** @param exampleBytes of the record's tf.Example. */
  add(batch: ColumnBatch, row: number, exampleBytes: number, index: RecordIndexWriter): void {
    const words = this.#leaves.write(batch, row);
    this.#hash.update(this.#leaves.words, 0, words);
    const high = Math.floor(this.#records / 2 ** 32);
    this.#number[2] = high;
    this.#number[3] = this.#records;
    index.add(this.#number, 0, this.#hash.low, this.#hash.high, exampleBytes);
    this.#numberBytes.writeUInt32BE(high, 8);
    this.#numberBytes.writeUInt32BE(this.#records >>> 0, 12);
    this.#bucket.update(this.#numberBytes);
    this.#bucket.update(new Uint8Array(this.#leaves.words.buffer, 0, words * 4));
    this.#records++;
  }

  /** The content digest of the split. */
  finish(): string {
    const split = createHash('sha256');
    if (this.#records > 0) split.update(this.#bucket.digest());
    return split.digest('hex');
  }
}
