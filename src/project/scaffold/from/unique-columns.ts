import type { Source, SourceContext } from '../../../sources/index.js';

/** 8 bytes a row and column. */
const mostRows = 1 << 24;

/**
 * Which columns have another value in each row of a source, by every row of it. Rows are compared by 64 bits of a hash, so that a column may be missed (one in 130,000 for the most rows
 * that are compared), and never one named that has a value twice.
 *
 * @returns undefined where there are more rows than can be compared
 */
export async function uniqueColumns(
  source: Source<Readonly<Record<string, unknown>>>,
  columns: readonly string[],
  context: SourceContext,
): Promise<readonly string[] | undefined> {
  const seen = columns.map(() => new SeenHashes());
  let rows = 0;
  for (const shard of await source.split(context)) {
    for await (const { elements } of source.read(shard, context)) {
      context.signal?.throwIfAborted();
      rows += elements.length;
      if (rows > mostRows) return undefined;
      for (const [index, column] of columns.entries()) {
        const hashes = seen[index];
        for (const row of elements) hashes?.add(String(row[column]));
      }
    }
  }
  return columns.filter((_, index) => seen[index]?.areUnique() === true);
}

/** 64 bits for each text, until one comes twice among the first ones. */
class SeenHashes {
  #words = new Uint32Array(2 * 1024);
  #count = 0;
  #repeated = false;

  add(text: string): void {
    if (this.#repeated) return;
    if (2 * this.#count === this.#words.length) this.#grow();
    let low = 0xdeadbeef;
    let high = 0x41c6ce57;
    // cyrb53 (bryc, public domain) before it drops 11 bits.
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      low = Math.imul(low ^ unit, 2654435761);
      high = Math.imul(high ^ unit, 1597334677);
    }
    low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
    high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
    this.#words[2 * this.#count] = low;
    this.#words[2 * this.#count + 1] = high;
    this.#count++;
  }

  areUnique(): boolean {
    if (this.#repeated) return false;
    const hashes = new BigUint64Array(this.#words.buffer, 0, this.#count).slice().sort();
    for (let i = 1; i < hashes.length; i++) if (hashes[i] === hashes[i - 1]) return false;
    return true;
  }

  /** Most columns repeat a value soon, and take no memory from then on. */
  #grow(): void {
    this.#repeated = !this.areUnique();
    const words = new Uint32Array(this.#repeated ? 0 : 2 * this.#words.length);
    if (!this.#repeated) words.set(this.#words);
    this.#words = words;
  }
}
