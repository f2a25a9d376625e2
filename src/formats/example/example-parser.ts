import { DatasetsError } from '../../core/errors/index.js';
import type { Leaf } from '../../features/index.js';
import type { ColumnStore, OffsetList } from '../columns/column-store.js';
import { float32BitsToBfloat16, float32BitsToFloat16, putFloat64 } from '../columns/float-bits.js';
import { integerFits, numberCodes } from '../columns/row-numbers.js';
import { checkCountable, type ExampleEntry, exampleEntries, listTags, tags } from './example-layout.js';
import { ListReader } from './example-lists.js';
import { absent, ExampleLocator } from './example-locator.js';
import { ProtobufReader } from './protobuf-reader.js';

const noBytes = new Uint8Array(0);
const hint = 'The file is damaged, or was written with other features than those it is read with.';

/** A leaf's column and the indices of its entries. */
interface LeafEntries {
  readonly store: ColumnStore;
  readonly values: number;
  /** One for each level of sequences but the outermost. */
  readonly rowLengths: readonly number[];
  /** For a plain int64, uint64, float32 or string, the tag of its list: most values have the short way. 0 for all else. */
  readonly shortTag: number;
}

function shortTagOf(store: ColumnStore): number {
  if (store.presence !== undefined || store.levels.length > 0 || store.items !== undefined || store.itemValues !== 1)
    return 0;
  if (store.isString) return listTags.bytes;
  if (store.code === numberCodes.float32) return listTags.float;
  return store.code === numberCodes.int64 || store.code === numberCodes.uint64 ? listTags.int64 : 0;
}

/** Appends tf.Examples to columns. */
export class ExampleParser {
  readonly #entries: readonly ExampleEntry[];
  readonly #leaves: readonly LeafEntries[];
  readonly #protobuf = new ProtobufReader();
  readonly #locator: ExampleLocator;
  readonly #list = new ListReader(this.#protobuf);
  /** The buffer that was parsed last, and a view over it: thousands of examples lie in one. */
  #bytes: Uint8Array = noBytes;
  #view: DataView = new DataView(noBytes.buffer);

  /** @throws DatasetsError `FEATURE_INVALID` for leaves that a tf.Example cannot hold. */
  constructor(leaves: readonly Leaf[], stores: readonly ColumnStore[]) {
    for (const leaf of leaves) checkCountable(leaf);
    const entries = exampleEntries(leaves);
    this.#entries = entries;
    this.#locator = new ExampleLocator(entries, this.#protobuf);
    this.#leaves = stores.map((store, leaf) => ({
      store,
      values: entries.findIndex((entry) => entry.leaf === leaf && entry.level === undefined),
      shortTag: shortTagOf(store),
      rowLengths: store.levels
        .slice(1)
        .map((_, level) => entries.findIndex((e) => e.leaf === leaf && e.level === level)),
    }));
  }

  /** Appends the example in `bytes[from .. to)` to every column; when it throws, columns may have got a part of it. */
  append(bytes: Uint8Array, from: number, to: number): void {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    this.#locator.locate(bytes, from, to);
    const leaves = this.#leaves;
    for (let i = 0; i < leaves.length; i++) this.#appendLeaf(leaves[i] as LeafEntries, bytes);
  }

  #appendLeaf(leaf: LeafEntries, bytes: Uint8Array): void {
    const { store } = leaf;
    if (leaf.shortTag !== 0 && this.#appendShort(leaf, bytes)) return;
    if (!this.#open(leaf.values, bytes)) {
      if (store.presence === undefined) throw this.#missing(leaf.values);
      store.pushPresence(0);
      return;
    }
    if (store.presence !== undefined) store.pushPresence(1);
    const count = store.isString ? this.#appendStrings(store) : this.#appendNumbers(store, leaf.values);
    if (store.levels.length > 0 || store.items !== undefined) this.#appendLengths(leaf, bytes, count);
    else if (count !== store.itemValues) throw this.#miscounted(leaf.values, count, store.itemValues);
  }

  /**
   * Appends a single value in the usual form with lengths of one byte: tag, length, tag, length, value. False for anything else, which
   * the long way then reads or refuses. Saves a sixth of the time of a flat example.
   */
  #appendShort({ store, values: index, shortTag }: LeafEntries, bytes: Uint8Array): boolean {
    const from = this.#locator.from[index] as number;
    const to = this.#locator.to[index] as number;
    const size = to - from;
    if (size < 4 || size > 127 || bytes[from] !== shortTag || bytes[from + 1] !== size - 2) return false;
    if (bytes[from + 2] !== tags.values || bytes[from + 3] !== size - 4) return false;
    const value = from + 4;
    if (store.isString) {
      store.appendString(this.#view, bytes, value, to);
      return true;
    }
    if (shortTag === listTags.float) {
      if (size !== 8) return false;
      store.appendWord(this.#view.getInt32(value, true));
      return true;
    }
    if (size === 4) return false;
    const protobuf = this.#protobuf;
    protobuf.varint(bytes, value, to);
    if (protobuf.at !== to) return false;
    store.appendWords(protobuf.low, protobuf.high);
    return true;
  }

  /** Opens an entry's list; false where the example has no such key, or a Feature without a list (which TensorFlow takes as missing). */
  #open(index: number, bytes: Uint8Array): boolean {
    const from = this.#locator.from[index] as number;
    const to = this.#locator.to[index] as number;
    if (from === absent || from === to) return false;
    this.#list.open(this.#entries[index] as ExampleEntry, this.#view, bytes, from, to);
    return true;
  }

  /** Appends the open list's strings and returns how many there are. */
  #appendStrings(store: ColumnStore): number {
    const { view, bytes, from, to } = this.#list;
    const protobuf = this.#protobuf;
    let count = 0;
    for (let at = from; at < to; ) {
      if (bytes[at] !== tags.values) {
        at = protobuf.skip(bytes, at, to);
        continue;
      }
      const end = protobuf.lengthDelimited(bytes, at + 1, to);
      store.appendString(view, bytes, protobuf.at, end);
      count++;
      at = end;
    }
    return count;
  }

  #appendNumbers(store: ColumnStore, index: number): number {
    return store.code >= numberCodes.float16 ? this.#appendFloats(store, index) : this.#appendIntegers(store, index);
  }

  #appendFloats(store: ColumnStore, index: number): number {
    const { view, bytes, from, to } = this.#list;
    const { values, code, width } = store;
    const count = (to - from) / 4;
    if (!Number.isInteger(count)) throw this.#corrupt(index, `holds ${to - from} bytes of floats, not a multiple of 4`);
    if (code === numberCodes.float32) {
      store.appendBytes(view, bytes, from, to);
      return count;
    }
    values.reserve(count * width);
    let at = values.used;
    for (let source = from; source < to; source += 4, at += width) {
      const bits = view.getInt32(source, true);
      if (code === numberCodes.float64) putFloat64(values.view, at, bits);
      else if (code === numberCodes.float16) values.uint16[at >> 1] = float32BitsToFloat16(bits);
      else values.uint16[at >> 1] = float32BitsToBfloat16(bits);
    }
    values.used = at;
    return count;
  }

  #appendIntegers(store: ColumnStore, index: number): number {
    const { bytes, from, to } = this.#list;
    const { values, code, width } = store;
    const protobuf = this.#protobuf;
    const first = values.used;
    values.reserve(countVarints(bytes, from, to) * width);
    const { uint8, uint16, int32 } = values;
    let used = first;
    for (let at = from; at < to; used += width) {
      let low = bytes[at] as number;
      let high = 0;
      if (low < 128) {
        at++;
      } else {
        protobuf.varint(bytes, at, to);
        low = protobuf.low;
        high = protobuf.high;
        at = protobuf.at;
      }
      if (width === 8) {
        int32[used >> 2] = low;
        int32[(used >> 2) + 1] = high;
        continue;
      }
      if (!integerFits(code, low, high)) throw this.#outOfRange(index, store.leaf, low, high);
      if (width === 1) uint8[used] = code === numberCodes.bool ? Number((low | high) !== 0) : low;
      else if (width === 2) uint16[used >> 1] = low;
      else int32[used >> 2] = low;
    }
    values.used = used;
    return (used - first) / width;
  }

  /** Appends the lengths of the sequences and of the varying items above `count` values. */
  #appendLengths(leaf: LeafEntries, bytes: Uint8Array, count: number): void {
    const { store, rowLengths } = leaf;
    const [outermost] = store.levels;
    if (outermost === undefined) {
      store.items?.push(count);
      return;
    }
    if (rowLengths.length > 0) {
      this.#appendRowLengths(leaf, bytes, count);
      return;
    }
    const fixed = store.leaf.sequences[0] ?? null;
    const itemValues = store.itemValues < 0 ? count / (fixed || 1) : store.itemValues;
    const length = store.itemValues > 0 ? count / itemValues : (fixed ?? 0);
    const fits = Number.isInteger(length) && Number.isInteger(itemValues) && length * itemValues === count;
    if (!fits || (fixed !== null && length !== fixed)) {
      throw this.#miscounted(leaf.values, count, (fixed ?? 1) * Math.max(1, store.itemValues));
    }
    outermost.push(length);
    if (store.items !== undefined) for (let i = 0; i < length; i++) store.items.push(itemValues);
  }

  /** Two levels and more: their lengths are entries of their own, except that the outermost is the number of lengths inside it. */
  #appendRowLengths(leaf: LeafEntries, bytes: Uint8Array, count: number): void {
    const { store, rowLengths } = leaf;
    const { levels } = store;
    const { sequences } = store.leaf;
    let expected = sequences[0] ?? null;
    for (let i = 0; i < rowLengths.length; i++) {
      const index = rowLengths[i] as number;
      if (!this.#open(index, bytes)) throw this.#missing(index);
      const level = levels[i + 1] as OffsetList;
      const before = level.count;
      const elements = this.#appendLengthList(level, index, sequences[i + 1] ?? null);
      const length = level.count - before;
      if (expected !== null && length !== expected) throw this.#miscounted(index, length, expected);
      if (i === 0) (levels[0] as OffsetList).push(length);
      expected = elements;
    }
    const values = (expected ?? 0) * store.itemValues;
    if (count !== values) throw this.#miscounted(leaf.values, count, values);
  }

  /** Appends the open list's lengths to a level and returns their sum. */
  #appendLengthList(level: OffsetList, index: number, fixed: number | null): number {
    const { bytes, from, to } = this.#list;
    const protobuf = this.#protobuf;
    let sum = 0;
    for (let at = from; at < to; at = protobuf.at) {
      protobuf.varint(bytes, at, to);
      const { low, high } = protobuf;
      if (high !== 0 || low < 0) throw this.#corrupt(index, 'holds a length that is negative or absurd');
      if (fixed !== null && low !== fixed) throw this.#corrupt(index, `holds the length ${low}, expected ${fixed}`);
      level.push(low);
      sum += low;
    }
    return sum;
  }

  #missing(index: number): DatasetsError {
    return this.#corrupt(index, 'is missing');
  }

  #miscounted(index: number, count: number, expected: number): DatasetsError {
    return this.#corrupt(
      index,
      `holds ${count} values, expected ${expected === 1 ? '1' : `(a multiple of) ${expected}`}`,
    );
  }

  #outOfRange(index: number, leaf: Leaf, low: number, high: number): DatasetsError {
    const value = (BigInt(high) << 32n) | BigInt(low >>> 0);
    return this.#corrupt(index, `holds ${value}, which is no ${leaf.dtype}`);
  }

  #corrupt(index: number, what: string): DatasetsError {
    const key = this.#entries[index]?.key ?? '';
    return new DatasetsError('DATA_CORRUPT', `the tf.Example key '${key}' ${what}`, { hint, at: { field: key } });
  }
}

/** Varints in `bytes[from .. to)`: each ends with a byte below 128. */
function countVarints(bytes: Uint8Array, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) count += (bytes[at] as number) < 128 ? 1 : 0;
  return count;
}
