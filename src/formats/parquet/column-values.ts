import type { Field } from '../arrow/field.js';
import { OffsetList } from '../columns/column-store.js';
import { copyFewBytes, manyBytes } from '../columns/copy-bytes.js';
import { decodeHybrid } from './hybrid-decoder.js';
import { PageBuffer } from './page-buffer.js';

/** Values one after the other: numbers as Arrow has them, booleans as bytes, strings with `offsets`. */
export interface ColumnData {
  readonly data: Uint8Array;
  readonly offsets: Int32Array | undefined;
}

/** Collects the values of a column chunk, page by page. Each method throws a RangeError for a page that holds less than it should. */
export interface ColumnValues {
  /** Takes the values of a dictionary page. */
  setDictionary(page: Uint8Array, count: number): void;
  appendPlain(page: Uint8Array, count: number): void;
  /** Appends the values at some places of the dictionary. */
  appendIndexed(indices: Int32Array): void;
  finish(): ColumnData;
}

/** Booleans come in bits, or in runs. */
export class BitValues implements ColumnValues {
  readonly #bytes = new PageBuffer();

  setDictionary(): void {
    throw new RangeError('a dictionary of booleans');
  }

  appendPlain(page: Uint8Array, count: number): void {
    this.#append(page, count);
  }

  appendRuns(page: Uint8Array, count: number): void {
    // Behind its length (Encodings.md, "RLE = 3").
    this.#append(page.subarray(4), count, decodeHybrid);
  }

  appendIndexed(): void {
    throw new RangeError('a dictionary of booleans');
  }

  finish(): ColumnData {
    return { data: this.#bytes.finished(), offsets: undefined };
  }

  #append(page: Uint8Array, count: number, decode?: typeof decodeHybrid): void {
    const bytes = this.#bytes;
    bytes.reserve(count);
    if (decode !== undefined) decode(page, 1, bytes.bytes, bytes.used, count);
    else {
      if (count > 8 * page.length) throw new RangeError('a page that is too short');
      for (let i = 0; i < count; i++) bytes.bytes[bytes.used + i] = ((page[i >> 3] as number) >> (i & 7)) & 1;
    }
    bytes.used += count;
  }
}

/** Numbers of 2, 4 or 8 bytes. Those that Arrow holds in fewer are cut at the end. */
export class NumberValues implements ColumnValues {
  readonly #field: Field;
  readonly #width: number;
  readonly #values = new PageBuffer();
  #dictionary = new Uint8Array(0);

  constructor(field: Field, width: number) {
    this.#field = field;
    this.#width = width;
  }

  setDictionary(page: Uint8Array, count: number): void {
    // `slice` of a Buffer would not copy.
    this.#dictionary = new Uint8Array(requireBytes(page, count * this.#width));
  }

  appendPlain(page: Uint8Array, count: number): void {
    this.#values.append(requireBytes(page, count * this.#width));
  }

  appendIndexed(indices: Int32Array): void {
    const width = this.#width;
    const values = this.#values;
    values.reserve(indices.length * width);
    const count = this.#dictionary.length / width;
    const dictionary = new DataView(this.#dictionary.buffer);
    const { view } = values;
    let at = values.used;
    for (let i = 0; i < indices.length; i++) {
      const index = indices[i] as number;
      if (index >= count) throw new RangeError('an index outside its dictionary');
      const from = index * width;
      if (width === 2) {
        view.setInt16(at, dictionary.getInt16(from));
      } else {
        view.setInt32(at, dictionary.getInt32(from));
        if (width === 8) view.setInt32(at + 4, dictionary.getInt32(from + 4));
      }
      at += width;
    }
    values.used = at;
  }

  finish(): ColumnData {
    const bytes = this.#values.finished();
    const { type } = this.#field;
    if (type.kind !== 'int' || type.bits >= 8 * this.#width) return { data: bytes, offsets: undefined };
    const words = new Int32Array(bytes.buffer, 0, bytes.length / 4);
    const narrow = type.bits === 8 ? new Uint8Array(words) : new Uint16Array(words);
    return { data: new Uint8Array(narrow.buffer), offsets: undefined };
  }
}

/** Byte arrays. */
export class StringValues implements ColumnValues {
  readonly #bytes = new PageBuffer();
  readonly #offsets = new OffsetList();
  #dictionary: StringValues | undefined;

  setDictionary(page: Uint8Array, count: number): void {
    this.#dictionary = new StringValues();
    this.#dictionary.appendPlain(page, count);
  }

  appendPlain(page: Uint8Array, count: number): void {
    const source = new DataView(page.buffer, page.byteOffset, page.byteLength);
    if (4 * count > page.length) throw new RangeError('a page that is too short');
    this.#bytes.reserve(page.length - 4 * count);
    this.#offsets.reserve(count);
    let at = 0;
    for (let i = 0; i < count; i++) {
      if (at + 4 > page.length) throw new RangeError('a page that is too short');
      const size = source.getUint32(at, true);
      at += 4;
      if (at + size > page.length) throw new RangeError('a page that is too short');
      this.#append(source, page, at, at + size);
      at += size;
    }
  }

  appendIndexed(indices: Int32Array): void {
    const dictionary = this.#dictionary;
    if (dictionary === undefined) throw new RangeError('indices without a dictionary');
    const { bytes, view } = dictionary.#bytes;
    const { offsets, count } = dictionary.#offsets;
    this.#offsets.reserve(indices.length);
    for (let i = 0; i < indices.length; i++) {
      const index = indices[i] as number;
      if (index >= count) throw new RangeError('an index outside its dictionary');
      this.#append(view, bytes, offsets[index] as number, offsets[index + 1] as number);
    }
  }

  finish(): ColumnData {
    return { data: this.#bytes.finished(), offsets: this.#offsets.finished() };
  }

  #append(source: DataView, bytes: Uint8Array, from: number, to: number): void {
    const target = this.#bytes;
    const size = to - from;
    target.reserve(size);
    if (target.used + size > 0x7fff_ffff) throw new RangeError('more than 2 GiB of strings');
    if (size < manyBytes) copyFewBytes(source, from, to, target.view, target.used);
    else target.bytes.set(bytes.subarray(from, to), target.used);
    target.used += size;
    this.#offsets.push(size);
  }
}

function requireBytes(page: Uint8Array, bytes: number): Uint8Array {
  if (page.length < bytes) throw new RangeError('a page that is too short');
  return page.subarray(0, bytes);
}
