import type { RowArena } from '../row-arena.js';
import { type ExampleSize, entryBytes, int64VarintBytes, keyFieldBytes, packedBytes } from './example-size.js';
import type { Levels } from './levels.js';

/** The sequences above one leaf: writes their lengths to the row and counts what they and the leaf take in the tf.Example. */
export class LeafEntry {
  readonly #levels: Levels;
  readonly #size: ExampleSize;
  readonly #depth: number;
  readonly #valuesKey: number;
  readonly #lengthKeys: readonly number[];

  /** @param key the leaf's key; @param depth how many sequences there are around it */
  constructor(key: string, depth: number, levels: Levels, size: ExampleSize) {
    this.#levels = levels;
    this.#size = size;
    this.#depth = depth;
    this.#valuesKey = keyFieldBytes(depth < 2 ? key : `${key}/ragged_flat_values`);
    this.#lengthKeys = Array.from({ length: Math.max(0, depth - 1) }, (_, level) =>
      keyFieldBytes(`${key}/ragged_row_lengths_${level}`),
    );
  }

  /** Appends the lengths of every level: the part of a row's leaf that comes before its values. */
  appendLengths(arena: RowArena): void {
    for (let level = 0; level < this.#depth; level++) {
      const count = this.#levels.counts[level] ?? 0;
      const lengths = this.#levels.at(level);
      arena.ensure(count * 4);
      const { view } = arena;
      let at = arena.position;
      for (let index = 0; index < count; index++, at += 4) view.setUint32(at, lengths[index] ?? 0, true);
      arena.position = at;
    }
  }

  /** Counts the leaf's entries. `listBytes` is the content of its list, already packed. */
  count(listBytes: number): void {
    let bytes = entryBytes(this.#valuesKey, listBytes);
    for (let level = 1; level < this.#depth; level++) {
      bytes += entryBytes(this.#lengthKeys[level - 1] ?? 0, packedBytes(this.#lengthBytes(level)));
    }
    this.#size.entryBytes += bytes;
  }

  #lengthBytes(level: number): number {
    const count = this.#levels.counts[level] ?? 0;
    const lengths = this.#levels.at(level);
    let bytes = 0;
    for (let index = 0; index < count; index++) bytes += int64VarintBytes(lengths[index] ?? 0, 0);
    return bytes;
  }
}
