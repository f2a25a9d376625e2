import { tags } from './example-layout.js';

/**
 * The heads of a map entry with one value: all of the entry up to the value, for each size of the value. All lengths are below 128.
 *
 * Whole words, the last filled with zeros: a head is written as such, and the value over what is too much of it.
 */
export class EntryHeads {
  /** Of one head. */
  readonly bytes: number;
  readonly #words: number;
  /** The head for a value of n bytes begins at word `n * #words`. */
  readonly #table: Int32Array;

  /**
   * @param prefix The entry's key field and the tag of its value.
   * @param maxValueBytes At most `maxValueBytes(prefix)`.
   */
  constructor(prefix: Uint8Array, listTag: number, maxValueBytes: number) {
    this.bytes = prefix.length + 7;
    this.#words = (this.bytes + 3) >> 2;
    this.#table = new Int32Array((maxValueBytes + 1) * this.#words);
    const view = new DataView(this.#table.buffer);
    const bytes = new Uint8Array(this.#table.buffer);
    for (let size = 0; size <= maxValueBytes; size++) {
      const at = 4 * size * this.#words;
      bytes.set([tags.entry, prefix.length + 5 + size, ...prefix, 4 + size, listTag, 2 + size, tags.values, size], at);
    }
    // As numbers of the words that lie there, whatever the machine's order of bytes.
    for (let word = 0; word < this.#table.length; word++) this.#table[word] = view.getInt32(4 * word, true);
  }

  /** Writes the head for a value of `valueBytes` bytes, and up to three bytes beyond; returns where it ends. */
  put(target: DataView, at: number, valueBytes: number): number {
    const table = this.#table;
    const end = at + this.bytes;
    let word = valueBytes * this.#words;
    for (let i = at; i < end; i += 4) target.setInt32(i, table[word++] as number, true);
    return end;
  }
}

/** The longest value of an entry whose lengths are all one byte. */
export function maxValueBytes(prefix: Uint8Array): number {
  return 127 - prefix.length - 5;
}
