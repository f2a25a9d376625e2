import { type ArrowArray, aligned } from '../arrow/array.js';
import { bitAt } from '../arrow/bits.js';
import { bitWidthOf } from './hybrid-encoder.js';
import { PageBuffer } from './page-buffer.js';
import { appendPlain, widthOf } from './plain-encoder.js';

/** The distinct values of a column chunk, and which of them each slot holds. */
export interface Dictionary {
  readonly count: number;
  /** The values in the order in which they come first. */
  readonly distinct: ArrowArray;
  /** These in PLAIN. */
  readonly page: Uint8Array;
  /** One a slot of the leaf's array; those of nulls mean nothing. */
  readonly indices: Uint16Array;
  readonly bitWidth: number;
}

/** Indices fit 16 bits. */
const mostValues = 1 << 16;
/** After so many values, most of which are new, a dictionary is given up: it would hold most of the column. */
const trialValues = 1 << 14;

/**
 * Collects the distinct values of a column chunk; undefined where a dictionary would not make it smaller.
 *
 * Numbers are told apart by their bits: NaNs and zeros keep theirs.
 */
export function dictionaryOf(leaf: ArrowArray): Dictionary | undefined {
  const { type } = leaf.field;
  if (type.kind === 'bool' || leaf.length === 0) return undefined;
  const values = type.kind === 'utf8' || type.kind === 'binary' ? new StringValues(leaf) : numbersOf(leaf);
  const indices = new Uint16Array(leaf.length);
  const count = values.index(indices);
  // None where all are null.
  if (count === undefined || count === 0) return undefined;
  const distinct: ArrowArray = {
    field: leaf.field,
    length: count,
    validity: undefined,
    children: [],
    ...values.distinct(),
  };
  const page = new PageBuffer();
  appendPlain(page, distinct, { values: count, from: 0, slots: undefined });
  // One value alone would need no bits, which some readers don't expect.
  const bitWidth = Math.max(1, bitWidthOf(count - 1));
  const bytes = page.used + (leaf.length * bitWidth) / 8;
  return bytes < 0.9 * values.plainBytes ? { count, distinct, page: page.finished(), indices, bitWidth } : undefined;
}

/** Values of one type, which a hash table finds again. */
interface DistinctValues {
  /** Bytes of all values in PLAIN. */
  readonly plainBytes: number;
  /** Fills `indices`, and returns how many values are distinct; undefined when they are too many. */
  index(indices: Uint16Array): number | undefined;
  distinct(): Pick<ArrowArray, 'data' | 'offsets'>;
}

function numbersOf(leaf: ArrowArray): DistinctValues {
  const width = widthOf(leaf.field);
  return width < 4 ? new NarrowValues(leaf, width) : new WordValues(leaf, width / 4);
}

/** Numbers of 8 and 16 bits: their bits are a place in a table. */
class NarrowValues implements DistinctValues {
  readonly plainBytes: number;
  readonly #leaf: ArrowArray;
  readonly #words: Uint8Array | Uint16Array;
  readonly #distinct: Uint16Array;
  #count = 0;

  constructor(leaf: ArrowArray, width: number) {
    this.#leaf = leaf;
    const data = leaf.data ?? new Uint8Array(0);
    this.#words = width === 1 ? data : new Uint16Array(...aligned(data, 2, leaf.length));
    this.#distinct = new Uint16Array(width === 1 ? 256 : mostValues);
    this.plainBytes = leaf.length * (leaf.field.type.kind === 'float' ? 2 : 4);
  }

  index(indices: Uint16Array): number {
    const { validity } = this.#leaf;
    const places = new Int32Array(this.#distinct.length).fill(-1);
    for (let slot = 0; slot < indices.length; slot++) {
      if (validity !== undefined && !bitAt(validity, slot)) continue;
      const value = this.#words[slot] as number;
      let place = places[value] as number;
      if (place < 0) {
        place = this.#count++;
        places[value] = place;
        this.#distinct[place] = value;
      }
      indices[slot] = place;
    }
    return this.#count;
  }

  distinct(): Pick<ArrowArray, 'data' | 'offsets'> {
    const distinct = this.#distinct.subarray(0, this.#count);
    const bytes =
      this.#words instanceof Uint16Array ? new Uint8Array(distinct.buffer, 0, distinct.byteLength) : undefined;
    return { data: bytes ?? Uint8Array.from(distinct), offsets: undefined };
  }
}

/** Open addressing; a place holds an index plus one, 0 is free. */
const tableSize = 4 * mostValues;

function mixed(hash: number): number {
  const low = Math.imul(hash ^ (hash >>> 15), 0x2c1b_3c6d);
  const high = Math.imul(low ^ (low >>> 12), 0x297a_2d39);
  return (high ^ (high >>> 15)) & (tableSize - 1);
}

/** Numbers of one or two words. */
class WordValues implements DistinctValues {
  readonly plainBytes: number;
  readonly #leaf: ArrowArray;
  readonly #words: Int32Array;
  readonly #each: number;
  readonly #distinct: Int32Array;
  #count = 0;

  constructor(leaf: ArrowArray, each: number) {
    this.#leaf = leaf;
    this.#each = each;
    this.#words = new Int32Array(...aligned(leaf.data ?? new Uint8Array(0), 4, leaf.length * each));
    this.#distinct = new Int32Array(Math.min(mostValues, leaf.length) * each);
    this.plainBytes = leaf.length * each * 4;
  }

  index(indices: Uint16Array): number | undefined {
    const { validity } = this.#leaf;
    const words = this.#words;
    const distinct = this.#distinct;
    const each = this.#each;
    const table = new Int32Array(tableSize);
    let count = 0;
    for (let slot = 0; slot < indices.length; slot++) {
      if (validity !== undefined && !bitAt(validity, slot)) continue;
      const low = words[slot * each] as number;
      const high = each === 1 ? 0 : (words[slot * 2 + 1] as number);
      let place = mixed(low ^ Math.imul(high, 0x9e37_79b1));
      let index = (table[place] as number) - 1;
      while (index >= 0 && (distinct[index * each] !== low || (each === 2 && distinct[index * 2 + 1] !== high))) {
        place = (place + 1) & (tableSize - 1);
        index = (table[place] as number) - 1;
      }
      if (index < 0) {
        if (isTooMany(count, slot)) return undefined;
        index = count++;
        table[place] = count;
        distinct[index * each] = low;
        if (each === 2) distinct[index * 2 + 1] = high;
      }
      indices[slot] = index;
    }
    this.#count = count;
    return count;
  }

  distinct(): Pick<ArrowArray, 'data' | 'offsets'> {
    return { data: new Uint8Array(this.#distinct.buffer, 0, this.#count * this.#each * 4), offsets: undefined };
  }
}

function isTooMany(count: number, slot: number): boolean {
  return count === mostValues || (slot >= trialValues && count > slot / 2);
}

class StringValues implements DistinctValues {
  readonly plainBytes: number;
  readonly #leaf: ArrowArray;
  readonly #data: Uint8Array;
  readonly #offsets: Int32Array;
  readonly #view: DataView;
  /** The slot in which each value comes first. */
  readonly #first: number[] = [];

  constructor(leaf: ArrowArray) {
    this.#leaf = leaf;
    this.#data = leaf.data ?? new Uint8Array(0);
    this.#offsets = leaf.offsets ?? new Int32Array(leaf.length + 1);
    this.#view = new DataView(this.#data.buffer, this.#data.byteOffset, this.#data.byteLength);
    this.plainBytes = 4 * leaf.length + (this.#offsets[leaf.length] as number) - (this.#offsets[0] as number);
  }

  index(indices: Uint16Array): number | undefined {
    const { validity } = this.#leaf;
    const table = new Int32Array(tableSize);
    const first = this.#first;
    for (let slot = 0; slot < indices.length; slot++) {
      if (validity !== undefined && !bitAt(validity, slot)) continue;
      let place = mixed(this.#hash(slot));
      let index = (table[place] as number) - 1;
      while (index >= 0 && !this.#equal(first[index] as number, slot)) {
        place = (place + 1) & (tableSize - 1);
        index = (table[place] as number) - 1;
      }
      if (index < 0) {
        if (isTooMany(first.length, slot)) return undefined;
        index = first.length;
        first.push(slot);
        table[place] = first.length;
      }
      indices[slot] = index;
    }
    return first.length;
  }

  distinct(): Pick<ArrowArray, 'data' | 'offsets'> {
    const values = this.#first.map((slot) => this.#data.subarray(this.#offsets[slot], this.#offsets[slot + 1]));
    const offsets = new Int32Array(values.length + 1);
    for (const [i, value] of values.entries()) offsets[i + 1] = (offsets[i] as number) + value.length;
    return { data: Buffer.concat(values), offsets };
  }

  /** FNV-1a over words, which `mixed` finishes. */
  #hash(slot: number): number {
    const end = this.#offsets[slot + 1] as number;
    let at = this.#offsets[slot] as number;
    let hash = end - at;
    for (; at + 4 <= end; at += 4) hash = Math.imul(hash ^ this.#view.getInt32(at, true), 0x0100_0193);
    for (; at < end; at++) hash = Math.imul(hash ^ (this.#data[at] as number), 0x0100_0193);
    return hash;
  }

  #equal(a: number, b: number): boolean {
    const size = (this.#offsets[a + 1] as number) - (this.#offsets[a] as number);
    if ((this.#offsets[b + 1] as number) - (this.#offsets[b] as number) !== size) return false;
    const aFrom = this.#offsets[a] as number;
    const bFrom = this.#offsets[b] as number;
    for (let i = 0; i < size; i++) if (this.#data[aFrom + i] !== this.#data[bFrom + i]) return false;
    return true;
  }
}
