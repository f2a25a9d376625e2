import { internalError } from '../../core/errors/index.js';
import { type ColumnBatch, firstExampleKey, type Leaf } from '../../features/index.js';
import { RecordHash } from '../../formats/index.js';
import { type KeyPage, RowLeaves } from '../../reader/index.js';

/** Keys of the leaves that two schemas store in the same way, in their order. */
export function commonLeaves(before: readonly Leaf[], after: readonly Leaf[]): readonly Leaf[] {
  const known = new Map(before.map((leaf) => [firstExampleKey(leaf), layoutOf(leaf)]));
  return after.filter((leaf) => known.get(firstExampleKey(leaf)) === layoutOf(leaf));
}

/** Whether rows of both schemas are the same bytes for the same values, so that their digests can be compared. */
export function sameLeaves(before: readonly Leaf[], after: readonly Leaf[]): boolean {
  return before.length === after.length && commonLeaves(before, after).length === after.length;
}

function layoutOf({ dtype, sequences, shape, optional, text }: Leaf): string {
  return JSON.stringify([dtype, sequences, shape, optional, text]);
}

/**
 * The same keys with digests of some leaves alone, which are computed from the examples as the index does it.
 *
 * @param batches those leaves of the same examples in the same order, cut as they come
 */
export async function* withDigestsOf(
  pages: AsyncIterable<KeyPage>,
  batches: AsyncIterable<ColumnBatch>,
): AsyncGenerator<KeyPage, void, undefined> {
  const leaves = new RowLeaves();
  const hash = new RecordHash();
  const iterator = batches[Symbol.asyncIterator]();
  let batch: ColumnBatch | undefined;
  let row = 0;
  try {
    for await (const page of pages) {
      const digests = new Uint32Array(2 * page.count);
      for (let at = 0; at < page.count; ) {
        while (batch === undefined || row >= batch.rows) {
          const next: IteratorResult<ColumnBatch> = await iterator.next();
          // Readers compare what a shard holds with its number of examples, and the index with the same number.
          if (next.done === true) throw internalError('a split has fewer examples than its index has keys');
          batch = next.value;
          row = 0;
        }
        const end = Math.min(page.count, at + batch.rows - row);
        for (; at < end; at++, row++) {
          const words = leaves.write(batch, row);
          hash.update(leaves.words, 0, words);
          digests[2 * at] = hash.low;
          digests[2 * at + 1] = hash.high;
        }
      }
      yield { ...page, digests };
    }
  } finally {
    await iterator.return?.();
  }
}

/** The same keys, all with the same digest: for versions that have no feature in common. */
export async function* withoutDigests(pages: AsyncIterable<KeyPage>): AsyncGenerator<KeyPage, void, undefined> {
  for await (const page of pages) yield { ...page, digests: new Uint32Array(2 * page.count) };
}
