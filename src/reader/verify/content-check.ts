import { createHash } from 'node:crypto';
import type { ColumnBatch } from '../../features/index.js';
import { RecordHash } from '../../formats/index.js';
import type { IndexCursor } from './index-cursor.js';
import { RowLeaves } from './row-leaves.js';

/** The first 12 bits of a key hash name the bucket whose records are digested together (writers/contract.ts). */
const bucketShift = 4;

/**
 * Recomputes the digests of a split from its values: of each record, which the index holds, and of the whole split, which the
 * manifest holds (writers/record-digest.ts).
 */
export class ContentCheck {
  readonly #leaves = new RowLeaves();
  readonly #hash = new RecordHash();
  readonly #split = createHash('sha256');
  #bucket = -1;
  #bucketHash = createHash('sha256');

  /**
   * Takes the rows of a batch in order.
   *
   * @param firstRecord number of the batch's first row in its shard.
   * @throws DatasetsError DATA_CORRUPT for a record that differs from its digest.
   */
  async take(batch: ColumnBatch, firstRecord: number, cursor: IndexCursor): Promise<void> {
    for (let row = 0; row < batch.rows; row++) {
      const record = firstRecord + row;
      if (!cursor.has(record)) await cursor.load(record);
      const block = cursor.block(record);
      const place = record - block.firstRecord;
      const words = this.#leaves.write(batch, row);
      this.#hash.update(this.#leaves.words, 0, words);
      if (!this.#equals(block.digest(place))) {
        throw cursor.corrupt(`has another digest of record ${record} than its values give`);
      }
      this.#digest(block.keyHash(place), words);
    }
  }

  /** The content digest of everything that was taken. */
  finish(): string {
    this.#endBucket();
    return this.#split.digest('hex');
  }

  #equals(digest: Uint8Array): boolean {
    const view = new DataView(digest.buffer, digest.byteOffset, digest.byteLength);
    return view.getInt32(0, true) === (this.#hash.low | 0) && view.getInt32(4, true) === (this.#hash.high | 0);
  }

  #digest(keyHash: Uint8Array, words: number): void {
    const bucket = ((keyHash[0] as number) << bucketShift) | ((keyHash[1] as number) >>> bucketShift);
    if (bucket !== this.#bucket) this.#endBucket();
    this.#bucket = bucket;
    this.#bucketHash.update(keyHash);
    this.#bucketHash.update(new Uint8Array(this.#leaves.words.buffer, 0, words * 4));
  }

  #endBucket(): void {
    if (this.#bucket === -1) return;
    this.#split.update(this.#bucketHash.digest());
    this.#bucketHash = createHash('sha256');
  }
}
