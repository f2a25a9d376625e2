import { DatasetsError } from '../../core/errors/index.js';
import {
  type ByteValues,
  type Column,
  dtypeBytes,
  itemSize,
  type Leaf,
  type NumericArray,
  type NumericDType,
  type NumericValues,
} from '../../features/index.js';
import { copyFewBytes, manyBytes } from './copy-bytes.js';
import { type NumberCode, numberCodes } from './row-numbers.js';

/** Offsets and byte counts are int32, as in Arrow's lists. */
const maxBytes = 2 ** 31 - 8;

/** Lists of consecutive elements, as a growing array of offsets; keeps its memory over `clear`. */
export class OffsetList {
  offsets = new Int32Array(1024);
  /** Lists so far; `offsets` has one more entry. */
  count = 0;

  /** Where the last list ends: the elements so far. */
  get end(): number {
    return this.offsets[this.count] as number;
  }

  reserve(extra: number): void {
    const needed = this.count + extra + 1;
    if (needed <= this.offsets.length) return;
    const larger = new Int32Array(Math.max(needed, 2 * this.offsets.length));
    larger.set(this.offsets.subarray(0, this.count + 1));
    this.offsets = larger;
  }

  push(length: number): void {
    if (this.count + 2 > this.offsets.length) this.reserve(1);
    this.offsets[this.count + 1] = (this.offsets[this.count] as number) + length;
    this.count++;
  }

  clear(): void {
    this.count = 0;
  }

  finished(): Int32Array {
    return this.offsets.subarray(0, this.count + 1);
  }
}

/** Bytes that grow, seen at every width that values are stored in; keeps its memory over `clear`. */
class ValueBuffer {
  readonly #key: string;
  used = 0;
  uint8 = new Uint8Array(0);
  uint16 = new Uint16Array(0);
  int32 = new Int32Array(0);
  view = new DataView(this.uint8.buffer);

  constructor(key: string) {
    this.#key = key;
    this.#allocate(8192);
  }

  /** Makes room for `extra` bytes behind the used ones. */
  reserve(extra: number): void {
    const needed = this.used + extra;
    if (needed > this.uint8.length) this.#grow(needed);
  }

  #grow(needed: number): void {
    if (needed > maxBytes) {
      throw new DatasetsError('UNSUPPORTED', `'${this.#key}': one batch of examples has more than 2 GiB of values`, {
        hint: 'Read or write fewer examples in a batch.',
        at: { field: this.#key },
      });
    }
    const old = this.uint8.subarray(0, this.used);
    this.#allocate(Math.min(maxBytes, Math.max(needed, 2 * this.uint8.length)));
    this.uint8.set(old);
  }

  #allocate(bytes: number): void {
    const buffer = new ArrayBuffer((bytes + 7) & ~7);
    this.uint8 = new Uint8Array(buffer);
    this.uint16 = new Uint16Array(buffer);
    this.int32 = new Int32Array(buffer);
    this.view = new DataView(buffer);
  }
}

/**
 * One growing column. Whoever fills it keeps its parts consistent: as many lists at a level as elements at the one outside it.
 *
 * `presence` is one byte a row; `values` holds numbers in the dtype's width, or the bytes of strings whose ends are in `strings`.
 */
export class ColumnStore {
  readonly leaf: Leaf;
  readonly isString: boolean;
  readonly code: NumberCode;
  /** Bytes of a value; 0 for strings. */
  readonly width: number;
  /** Values of an item, or -1 where it varies. */
  readonly itemValues: number;
  readonly levels: readonly OffsetList[];
  readonly items: OffsetList | undefined;
  readonly presence: ValueBuffer | undefined;
  readonly strings = new OffsetList();
  readonly values: ValueBuffer;

  constructor(leaf: Leaf) {
    this.leaf = leaf;
    this.isString = leaf.dtype === 'string';
    this.code = leaf.dtype === 'string' ? numberCodes.bool : numberCodes[leaf.dtype];
    this.width = leaf.dtype === 'string' ? 0 : dtypeBytes[leaf.dtype];
    this.itemValues = itemSize(leaf) ?? -1;
    this.levels = leaf.sequences.map(() => new OffsetList());
    this.items = this.itemValues < 0 ? new OffsetList() : undefined;
    this.presence = leaf.optional ? new ValueBuffer(leaf.key) : undefined;
    this.values = new ValueBuffer(leaf.key);
  }

  /** Bytes of memory in use. */
  get bytes(): number {
    let offsets = this.isString ? this.strings.count : 0;
    for (const level of this.levels) offsets += level.count;
    if (this.items !== undefined) offsets += this.items.count;
    return this.values.used + 4 * offsets + (this.presence?.used ?? 0);
  }

  /** Appends `bytes[from .. to)` to the values; `view` is over the same bytes. */
  appendBytes(view: DataView, bytes: Uint8Array, from: number, to: number): void {
    const { values } = this;
    const size = to - from;
    values.reserve(size);
    if (size < manyBytes) copyFewBytes(view, from, to, values.view, values.used);
    else values.uint8.set(bytes.subarray(from, to), values.used);
    values.used += size;
  }

  appendString(view: DataView, bytes: Uint8Array, from: number, to: number): void {
    this.appendBytes(view, bytes, from, to);
    this.strings.push(to - from);
  }

  /** Appends a value of four bytes. */
  appendWord(word: number): void {
    const { values } = this;
    values.reserve(4);
    values.int32[values.used >> 2] = word;
    values.used += 4;
  }

  /** Appends a value of eight bytes. */
  appendWords(low: number, high: number): void {
    const { values } = this;
    values.reserve(8);
    const at = values.used >> 2;
    values.int32[at] = low;
    values.int32[at + 1] = high;
    values.used += 8;
  }

  /** Notes whether the next row of an optional leaf has a value; an absent row has no item. */
  pushPresence(present: 0 | 1): void {
    const presence = this.presence;
    if (presence === undefined) return;
    presence.reserve(1);
    presence.uint8[presence.used++] = present;
  }

  clear(): void {
    for (const level of this.levels) level.clear();
    this.items?.clear();
    this.strings.clear();
    this.values.used = 0;
    if (this.presence !== undefined) this.presence.used = 0;
  }

  /** The column over this store's memory: valid until the store is filled further or cleared. */
  finished(): Column {
    const { leaf, presence } = this;
    return {
      leaf,
      sequenceOffsets: this.levels.map((level) => level.finished()),
      itemOffsets: this.items?.finished(),
      presence: presence?.uint8.subarray(0, presence.used),
      values: leaf.dtype === 'string' ? this.#byteValues() : this.#numericValues(leaf.dtype),
    };
  }

  #byteValues(): ByteValues {
    return {
      kind: 'bytes',
      offsets: this.strings.finished(),
      bytes: this.values.uint8.subarray(0, this.values.used),
    };
  }

  #numericValues(dtype: NumericDType): NumericValues {
    return {
      kind: 'numeric',
      data: numericArray(dtype, this.values.uint8.buffer, 0, this.values.used / dtypeBytes[dtype]),
    };
  }
}

/** The typed array of a dtype over part of a buffer; `offset` is a multiple of the dtype's width. */
export function numericArray(
  dtype: NumericDType,
  buffer: ArrayBufferLike,
  offset: number,
  count: number,
): NumericArray {
  switch (dtype) {
    case 'bool':
    case 'uint8':
      return new Uint8Array(buffer, offset, count);
    case 'int8':
      return new Int8Array(buffer, offset, count);
    case 'uint16':
    case 'float16':
    case 'bfloat16':
      return new Uint16Array(buffer, offset, count);
    case 'int16':
      return new Int16Array(buffer, offset, count);
    case 'uint32':
      return new Uint32Array(buffer, offset, count);
    case 'int32':
      return new Int32Array(buffer, offset, count);
    case 'uint64':
      return new BigUint64Array(buffer, offset, count);
    case 'int64':
      return new BigInt64Array(buffer, offset, count);
    case 'float32':
      return new Float32Array(buffer, offset, count);
    case 'float64':
      return new Float64Array(buffer, offset, count);
  }
}
