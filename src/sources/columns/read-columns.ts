import type { Source, SourceContext, SourceShard } from '../source.js';
import type { RowBatch } from './column-batch.js';

/**
 * Reads some columns of a shard: the rows that `read` gives, in the same order, as cells where they can be read so.
 *
 * @param columns names of those wanted, each once
 */
export type ReadColumns<T> = (
  shard: SourceShard,
  context: SourceContext,
  columns: readonly string[],
) => Iterable<RowBatch<T>> | AsyncIterable<RowBatch<T>>;

/** By the function whose rows it reads: a source that is made of another one, with a `read` of its own, has other rows. */
const readers = new WeakMap<object, ReadColumns<unknown>>();

/** Says how the columns of what `read` gives are read. */
export function giveColumns<T>(read: Source<T>['read'], readColumns: ReadColumns<T>): void {
  readers.set(read, readColumns);
}

/** How columns of a source are read; undefined where it has elements alone. */
export function columnsReader(source: Source<unknown>): ReadColumns<unknown> | undefined {
  return readers.get(source.read);
}
