import { indexBlockRange } from '../../formats/index.js';
import type { IndexCursor } from './index-cursor.js';

/** Checks that the key hashes of a split ascend, from shard to shard: sorted, and no key twice. */
export class KeyOrder {
  #last: Uint8Array | undefined;

  async verify(cursor: IndexCursor): Promise<void> {
    for (let record = 0; record < cursor.header.records; record++) {
      if (!cursor.has(record)) await cursor.load(record);
      const block = cursor.block(record);
      const hash = block.keyHash(record - block.firstRecord);
      const order = this.#last === undefined ? -1 : Buffer.compare(this.#last, hash);
      if (order >= 0) {
        const { offset } = indexBlockRange(cursor.header, Math.floor(record / cursor.header.recordsPerBlock));
        const what = order === 0 ? 'has the same key as the one before it' : 'is out of order';
        throw cursor.corrupt(`shows that record ${record} ${what}`, offset);
      }
      this.#last = hash;
    }
  }
}
