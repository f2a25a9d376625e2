import { DatasetsError } from '../../core/errors/index.js';
import { dtypeBytes, exampleListOf, itemSize, type Leaf, rowHeaderBytes, rowWords } from '../../features/index.js';
import { floatBits, highWord, lowWord, type NumberCode, numberCodes } from '../columns/row-numbers.js';
import { checkCountable, exampleEntries, listTags, raggedKeys, tags } from './example-layout.js';
import { putVarint32, putVarint64, varintSize32, varintSize64 } from './varint.js';

/** Turns compact rows into tf.Examples. Not re-entrant; holds no reference to its arguments but the last `target`. */
export interface ExampleWriter {
  /**
   * Writes the tf.Example of one row, whose size is word 5 of the row.
   *
   * @param view Over the same bytes as `bytes`.
   * @param rowOffset Where the row starts, on a 4-byte boundary.
   * @param target Has room for the example from `targetOffset` on.
   * @returns Where the example ends in `target`.
   * @throws DatasetsError `INTERNAL` when the size differs from word 5 of the row.
   */
  write(view: DataView, bytes: Uint8Array, rowOffset: number, target: Uint8Array, targetOffset: number): number;
}

/**
 * Creates a writer of tf.Examples for a schema.
 *
 * The bytes are those of protobuf's deterministic serialisation of what tfds' `ExampleSerializer` makes: keys sorted by their UTF-8 bytes, numbers packed.
 * float64 is rounded to float32, uint64 keeps its bits as int64, an absent optional value has no key.
 *
 * @param leaves In the order of `compareLeaves`.
 * @throws DatasetsError `FEATURE_INVALID` for leaves that a tf.Example cannot hold.
 */
export function createExampleWriter(leaves: readonly Leaf[]): ExampleWriter {
  exampleEntries(leaves);
  for (const leaf of leaves) checkCountable(leaf);
  return new PlannedExampleWriter(leaves.map((leaf) => new LeafPlan(leaf)));
}

/** How a leaf is written; the first four have a short way. */
const kinds = { integer: 0, float32: 1, string: 2, general: 3 } as const;

/** What is known of a leaf before any row is seen. One class, so that the loop over plans stays monomorphic. */
class LeafPlan {
  readonly kind: number;
  readonly code: NumberCode;
  readonly width: number;
  readonly isFloat: boolean;
  readonly isString: boolean;
  readonly optional: boolean;
  readonly levels: number;
  /** -1 where rows carry a count for each item. */
  readonly itemValues: number;
  readonly listTag: number;
  /** A map entry's key field and the tag of its value. */
  readonly prefix: Uint8Array;
  readonly lengthPrefixes: readonly Uint8Array[];
  /** The levels of `lengthPrefixes` in the order of their keys' bytes (`…_10` stands before `…_2`). */
  readonly lengthOrder: readonly number[];
  /** For the short ways: the entry up to its value, with lengths to which the value's own is to be added. */
  readonly head: Uint8Array;
  /** As many of the head's bytes as make whole words: copied four at a time, the copy costs a third. */
  readonly headWords: Int32Array;
  /** A longer string needs lengths of two bytes. */
  readonly maxShortString: number;

  constructor(leaf: Leaf) {
    const list = exampleListOf(leaf.dtype);
    const ragged = raggedKeys(leaf);
    this.isString = leaf.dtype === 'string';
    this.isFloat = list === 'float';
    this.code = leaf.dtype === 'string' ? numberCodes.bool : numberCodes[leaf.dtype];
    this.width = leaf.dtype === 'string' ? 0 : dtypeBytes[leaf.dtype];
    this.optional = leaf.optional;
    this.levels = leaf.sequences.length;
    this.itemValues = itemSize(leaf) ?? -1;
    this.listTag = listTags[list];
    this.prefix = entryPrefix(ragged?.flatValues ?? leaf.key);
    const lengthKeys = ragged?.rowLengths ?? [];
    this.lengthPrefixes = lengthKeys.map(entryPrefix);
    this.lengthOrder = [...lengthKeys.keys()].sort((a, b) => ((lengthKeys[a] ?? '') < (lengthKeys[b] ?? '') ? -1 : 1));
    this.kind = this.#shortWay(leaf);
    this.head = this.#head();
    this.headWords = wordsOf(this.head);
    this.maxShortString = 127 - this.prefix.length - 5;
  }

  /** Scalars with keys so short that all lengths of an entry (but a long string's) are one byte. */
  #shortWay(leaf: Leaf): number {
    if (leaf.optional || leaf.sequences.length > 0 || leaf.shape.length > 0) return kinds.general;
    if (this.prefix.length + 16 > 127) return kinds.general;
    if (leaf.dtype === 'string') return kinds.string;
    if (leaf.dtype === 'float32') return kinds.float32;
    return this.isFloat ? kinds.general : kinds.integer;
  }

  #head(): Uint8Array {
    const { prefix, listTag } = this;
    const value = this.kind === kinds.float32 ? 4 : 0;
    const feature = [4 + value, listTag, 2 + value, tags.values, value];
    return Uint8Array.of(tags.entry, prefix.length + 5 + value, ...prefix, ...feature);
  }
}

function entryPrefix(key: string): Uint8Array {
  const name = Buffer.from(key);
  const prefix = new Uint8Array(1 + varintSize32(name.length) + name.length + 1);
  prefix[0] = tags.key;
  prefix.set(name, putVarint32(prefix, 1, name.length));
  prefix[prefix.length - 1] = tags.feature;
  return prefix;
}

function wordsOf(bytes: Uint8Array): Int32Array {
  const view = new DataView(bytes.buffer);
  return Int32Array.from({ length: bytes.length >> 2 }, (_, i) => view.getInt32(4 * i, true));
}

const noBytes = new Uint8Array(0);

class PlannedExampleWriter implements ExampleWriter {
  readonly #plans: readonly LeafPlan[];
  #target: Uint8Array = noBytes;
  #targetView: DataView = new DataView(noBytes.buffer);
  /** Where in the row the leaf ends that `#general` wrote last. */
  #source = 0;

  constructor(plans: readonly LeafPlan[]) {
    this.#plans = plans;
  }

  // 130-150 ns for 5 scalar fields (124 bytes).
  write(view: DataView, bytes: Uint8Array, rowOffset: number, target: Uint8Array, targetOffset: number): number {
    if (target !== this.#target) {
      this.#target = target;
      this.#targetView = new DataView(target.buffer, target.byteOffset, target.byteLength);
    }
    const exampleBytes = view.getUint32(rowOffset + 4 * rowWords.exampleBytes, true);
    const targetView = this.#targetView;
    const plans = this.#plans;
    let source = rowOffset + rowHeaderBytes;
    target[targetOffset] = tags.features;
    let at = putVarint32(target, targetOffset + 1, contentBytes(exampleBytes));
    for (let i = 0; i < plans.length; i++) {
      const plan = plans[i] as LeafPlan;
      switch (plan.kind) {
        case kinds.integer: {
          const low = lowWord(view, source, plan.code);
          const high = highWord(view, source, plan.code, low);
          at = putShortHead(target, targetView, at, plan, varintSize64(low, high));
          at = putVarint64(target, at, low, high);
          source += plan.width;
          break;
        }
        case kinds.float32:
          at = putShortHead(target, targetView, at, plan, 0);
          targetView.setInt32(at, view.getInt32(source, true), true);
          at += 4;
          source += 4;
          break;
        case kinds.string: {
          const size = view.getUint32(source, true);
          const from = source + 4;
          source = from + size;
          at =
            size <= plan.maxShortString
              ? putShortHead(target, targetView, at, plan, size)
              : putLongStringHead(target, at, plan, size);
          at = copyBytes(bytes, from, source, target, at);
          break;
        }
        default:
          at = this.#general(plan, view, bytes, source, target, at);
          source = this.#source;
      }
    }
    if (at !== targetOffset + exampleBytes) throw wrongSize(exampleBytes, at - targetOffset);
    return at;
  }

  /** Writes any leaf; leaves its end in `#source`. */
  #general(plan: LeafPlan, view: DataView, bytes: Uint8Array, from: number, target: Uint8Array, to: number): number {
    let source = from;
    if (plan.optional && view.getUint8(source++) === 0) {
      this.#source = source;
      return to;
    }
    const lengthsAt = source;
    let items = 1;
    for (let level = 0; level < plan.levels; level++) {
      const end = source + 4 * items;
      items = sumWords(view, source, end);
      source = end;
    }
    let values = items * plan.itemValues;
    if (plan.itemValues < 0) {
      const end = source + 4 * items;
      values = sumWords(view, source, end);
      source = end;
    }
    const at = plan.isString
      ? this.#strings(plan, view, bytes, source, values, target, to)
      : this.#numbers(plan, view, bytes, source, values, target, to);
    return plan.lengthPrefixes.length === 0 ? at : putRowLengths(plan, view, lengthsAt, target, at);
  }

  #strings(
    plan: LeafPlan,
    view: DataView,
    bytes: Uint8Array,
    lengths: number,
    values: number,
    target: Uint8Array,
    to: number,
  ): number {
    let listBytes = 0;
    for (let i = 0; i < values; i++) {
      const size = view.getUint32(lengths + 4 * i, true);
      listBytes += 1 + varintSize32(size) + size;
    }
    let at = putEntryHead(target, to, plan.prefix, tags.bytesList, listBytes);
    let source = lengths + 4 * values;
    for (let i = 0; i < values; i++) {
      const size = view.getUint32(lengths + 4 * i, true);
      target[at] = tags.values;
      at = putVarint32(target, at + 1, size);
      at = copyBytes(bytes, source, source + size, target, at);
      source += size;
    }
    this.#source = source;
    return at;
  }

  #numbers(
    plan: LeafPlan,
    view: DataView,
    bytes: Uint8Array,
    from: number,
    values: number,
    target: Uint8Array,
    to: number,
  ): number {
    const { code, width } = plan;
    const end = from + values * width;
    this.#source = end;
    const packed = plan.isFloat ? 4 * values : packedBytes(view, from, end, code, width);
    let at = putPackedHead(target, to, plan.prefix, plan.listTag, packed);
    if (code === numberCodes.float32) return copyBytes(bytes, from, end, target, at);
    if (plan.isFloat) {
      for (let source = from; source < end; source += width, at += 4) {
        this.#targetView.setInt32(at, floatBits(view, source, code), true);
      }
      return at;
    }
    for (let source = from; source < end; source += width) {
      const low = lowWord(view, source, code);
      at = putVarint64(target, at, low, highWord(view, source, code, low));
    }
    return at;
  }
}

/** Starts an entry with a value of `size` bytes, all of whose lengths are below 128. */
function putShortHead(target: Uint8Array, targetView: DataView, to: number, plan: LeafPlan, size: number): number {
  const { head, headWords } = plan;
  const words = headWords.length;
  for (let i = 0; i < words; i++) targetView.setInt32(to + 4 * i, headWords[i] as number, true);
  for (let i = 4 * words; i < head.length; i++) target[to + i] = head[i] as number;
  if (size === 0) return to + head.length;
  const end = to + head.length;
  target[to + 1] = (head[1] as number) + size;
  target[end - 5] = 4 + size;
  target[end - 3] = 2 + size;
  target[end - 1] = size;
  return end;
}

function putLongStringHead(target: Uint8Array, to: number, plan: LeafPlan, size: number): number {
  const at = putEntryHead(target, to, plan.prefix, tags.bytesList, 1 + varintSize32(size) + size);
  target[at] = tags.values;
  return putVarint32(target, at + 1, size);
}

/** Writes the lengths of each sequence below the outermost, whose own length they tell. */
function putRowLengths(plan: LeafPlan, view: DataView, lengthsAt: number, target: Uint8Array, to: number): number {
  let at = to;
  for (const wanted of plan.lengthOrder) {
    let source = lengthsAt;
    let end = source + 4;
    for (let level = 0; level <= wanted; level++) {
      const items = sumWords(view, source, end);
      source = end;
      end += 4 * items;
    }
    let packed = 0;
    for (let word = source; word < end; word += 4) packed += varintSize32(view.getUint32(word, true));
    at = putPackedHead(target, at, plan.lengthPrefixes[wanted] ?? noBytes, tags.int64List, packed);
    for (let word = source; word < end; word += 4) at = putVarint32(target, at, view.getUint32(word, true));
  }
  return at;
}

function sumWords(view: DataView, from: number, to: number): number {
  let sum = 0;
  for (let at = from; at < to; at += 4) sum += view.getUint32(at, true);
  return sum;
}

function packedBytes(view: DataView, from: number, to: number, code: NumberCode, width: number): number {
  let sum = 0;
  for (let at = from; at < to; at += width) {
    const low = lowWord(view, at, code);
    sum += varintSize64(low, highWord(view, at, code, low));
  }
  return sum;
}

/** Starts a map entry whose list message has `listBytes` bytes, up to the list's content. */
function putEntryHead(target: Uint8Array, to: number, prefix: Uint8Array, listTag: number, listBytes: number): number {
  const featureBytes = 1 + varintSize32(listBytes) + listBytes;
  target[to] = tags.entry;
  let at = putVarint32(target, to + 1, prefix.length + varintSize32(featureBytes) + featureBytes);
  at = putVarint32(target, putBytes(target, at, prefix), featureBytes);
  target[at] = listTag;
  return putVarint32(target, at + 1, listBytes);
}

/** The same for packed numbers; without any, the list message is empty. */
function putPackedHead(target: Uint8Array, to: number, prefix: Uint8Array, listTag: number, packed: number): number {
  if (packed === 0) return putEntryHead(target, to, prefix, listTag, 0);
  const at = putEntryHead(target, to, prefix, listTag, 1 + varintSize32(packed) + packed);
  target[at] = tags.values;
  return putVarint32(target, at + 1, packed);
}

function putBytes(target: Uint8Array, to: number, bytes: Uint8Array): number {
  const size = bytes.length;
  for (let i = 0; i < size; i++) target[to + i] = bytes[i] as number;
  return to + size;
}

/** Copies `bytes[from .. to)`; a loop is faster than `set` and its subarray below some 50 bytes. */
function copyBytes(bytes: Uint8Array, from: number, to: number, target: Uint8Array, targetAt: number): number {
  const size = to - from;
  if (size < 48) for (let i = 0; i < size; i++) target[targetAt + i] = bytes[from + i] as number;
  else target.set(bytes.subarray(from, to), targetAt);
  return targetAt + size;
}

/** Bytes of the Features message in an Example of `exampleBytes` bytes: what is left after its tag and its own length. */
function contentBytes(exampleBytes: number): number {
  for (let lengthBytes = 1; lengthBytes < 5; lengthBytes++) {
    const content = exampleBytes - 1 - lengthBytes;
    if (varintSize32(content) === lengthBytes) return content;
  }
  return exampleBytes - 6;
}

function wrongSize(expected: number, actual: number): DatasetsError {
  return new DatasetsError('INTERNAL', `a row announces a tf.Example of ${expected} bytes, but it has ${actual}`, {
    hint: 'This is a fault of the package: the row encoder and the tf.Example writer disagree. Please report it with the features concerned.',
  });
}
