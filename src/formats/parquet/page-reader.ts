import { crc32 } from 'node:zlib';
import type { PageHeader } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import type { Field } from '../arrow/field.js';
import { BitValues, type ColumnData, type ColumnValues, NumberValues, StringValues } from './column-values.js';
import type { Decompress } from './decompress.js';
import type { FileLeaf } from './file-schema.js';
import { decodeHybrid, widestBits } from './hybrid-decoder.js';
import { bitWidthOf } from './hybrid-encoder.js';

/** A column chunk: levels of all its entries, and its values. */
export interface ColumnChunkData extends ColumnData {
  readonly entries: number;
  /** A byte an entry; undefined where all are 0. */
  readonly repetitions: Uint8Array | undefined;
  /** A byte an entry; undefined where all are the highest. */
  readonly definitions: Uint8Array | undefined;
  readonly values: number;
}

/** What a page may claim to hold; ours have 1 MiB. */
const mostPageBytes = 1 << 30;

/**
 * Decodes a column chunk. hyparquet reads the heads of its pages; their content is put into columns here, which it would make an object of for each value.
 *
 * @param bytes Its pages.
 * @param entries How many it has, by the footer.
 * @throws RangeError, or another error, when it is damaged.
 */
export function readChunk(
  bytes: Uint8Array,
  field: Field,
  leaf: FileLeaf,
  entries: number,
  decompress: Decompress,
): ColumnChunkData {
  return new ChunkReader(field, leaf, entries, decompress).read(bytes);
}

class ChunkReader {
  readonly #leaf: FileLeaf;
  readonly #entries: number;
  readonly #decompress: Decompress;
  readonly #values: ColumnValues;
  #read = 0;
  #valueCount = 0;
  #repetitions: Uint8Array | undefined;
  #definitions: Uint8Array | undefined;

  constructor(field: Field, leaf: FileLeaf, entries: number, decompress: Decompress) {
    this.#leaf = leaf;
    this.#entries = entries;
    this.#decompress = decompress;
    this.#values = valuesOf(field, leaf);
  }

  read(bytes: Uint8Array): ColumnChunkData {
    const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
    while (this.#read < this.#entries) {
      const header = parquetHeader(reader);
      const { compressed_page_size: size } = header;
      if (!(size >= 0 && reader.offset + size <= bytes.length)) throw new RangeError('a page outside its chunk');
      if (!(header.uncompressed_page_size >= 0 && header.uncompressed_page_size <= mostPageBytes)) {
        throw new RangeError('a page of more than 1 GiB');
      }
      const page = bytes.subarray(reader.offset, reader.offset + size);
      reader.offset += size;
      if (header.crc !== undefined && (crc32(page) | 0) !== (header.crc | 0)) {
        throw new RangeError('a page whose CRC-32 is another');
      }
      this.#page(header, page);
    }
    return {
      entries: this.#entries,
      repetitions: this.#repetitions,
      definitions: this.#definitions,
      values: this.#valueCount,
      ...this.#values.finish(),
    };
  }

  #page(header: PageHeader, page: Uint8Array): void {
    const { dictionary_page_header: dictionary, data_page_header: one, data_page_header_v2: two } = header;
    if (dictionary !== undefined) {
      this.#values.setDictionary(this.#restore(page, header.uncompressed_page_size), dictionary.num_values);
    } else if (one !== undefined) {
      this.#requireLevels(one.definition_level_encoding, one.repetition_level_encoding);
      const restored = this.#restore(page, header.uncompressed_page_size);
      const repetitions = levelsBehindLength(restored, this.#leaf.maxRepetition);
      const definitions = levelsBehindLength(repetitions.rest, this.#leaf.maxDefinition);
      this.#data(repetitions.levels, definitions.levels, definitions.rest, one);
    } else if (two !== undefined) {
      const { repetition_levels_byte_length: repetitionBytes, definition_levels_byte_length: definitionBytes } = two;
      const levelBytes = repetitionBytes + definitionBytes;
      if (!(repetitionBytes >= 0 && definitionBytes >= 0 && levelBytes <= page.length)) {
        throw new RangeError('levels outside their page');
      }
      const compressed = page.subarray(levelBytes);
      const size = header.uncompressed_page_size - levelBytes;
      const values = two.is_compressed === false ? compressed : this.#restore(compressed, size);
      this.#data(page.subarray(0, repetitionBytes), page.subarray(repetitionBytes, levelBytes), values, two);
    }
  }

  #requireLevels(...used: readonly string[]): void {
    for (const encoding of used) {
      if (encoding !== 'RLE' && this.#leaf.maxDefinition + this.#leaf.maxRepetition > 0) {
        throw new RangeError(`levels in the encoding ${encoding}, which is not read`);
      }
    }
  }

  #restore(page: Uint8Array, bytes: number): Uint8Array {
    // Not every decoder knows how nothing is compressed.
    if (bytes === 0) return page.subarray(0, 0);
    const restored = this.#decompress(page, bytes);
    if (restored.length !== bytes) throw new RangeError('a page that has another size than it says');
    return restored;
  }

  #data(
    repetitions: Uint8Array,
    definitions: Uint8Array,
    page: Uint8Array,
    { num_values: entries, encoding }: { readonly num_values: number; readonly encoding: string },
  ): void {
    const from = this.#read;
    const to = from + entries;
    if (!(entries >= 0 && to <= this.#entries)) throw new RangeError('pages of more values than the footer says');
    this.#readRepetitions(repetitions, from, to);
    const values = this.#readDefinitions(definitions, from, to);
    this.#readValues(page, values, encoding);
    this.#read = to;
    this.#valueCount += values;
  }

  #readRepetitions(bytes: Uint8Array, from: number, to: number): void {
    const { maxRepetition } = this.#leaf;
    if (maxRepetition === 0) return;
    this.#repetitions ??= new Uint8Array(this.#entries);
    const levels = this.#repetitions;
    decodeHybrid(bytes, bitWidthOf(maxRepetition), levels, from, to - from);
    if (from === 0 && to > 0 && levels[0] !== 0) throw new RangeError('a row that goes on from none');
    for (let i = from; i < to; i++) if ((levels[i] as number) > maxRepetition) throw new RangeError('a level too high');
  }

  /** @returns how many entries have a value. */
  #readDefinitions(bytes: Uint8Array, from: number, to: number): number {
    const { maxDefinition } = this.#leaf;
    if (maxDefinition === 0) return to - from;
    if (this.#definitions === undefined) {
      if (isRunOf(bytes, maxDefinition, to - from)) return to - from;
      this.#definitions = new Uint8Array(this.#entries).fill(maxDefinition, 0, from);
    }
    const levels = this.#definitions;
    decodeHybrid(bytes, bitWidthOf(maxDefinition), levels, from, to - from);
    let values = 0;
    for (let i = from; i < to; i++) {
      const level = levels[i] as number;
      if (level === maxDefinition) values++;
      else if (level > maxDefinition) throw new RangeError('a level too high');
    }
    return values;
  }

  #readValues(page: Uint8Array, count: number, encoding: string): void {
    switch (encoding) {
      case 'PLAIN':
        this.#values.appendPlain(page, count);
        break;
      case 'RLE':
        if (!(this.#values instanceof BitValues)) throw new RangeError('runs of other values than booleans');
        this.#values.appendRuns(page, count);
        break;
      case 'RLE_DICTIONARY':
      case 'PLAIN_DICTIONARY': {
        const [bitWidth = 0] = page;
        if (bitWidth > widestBits) throw new RangeError('a dictionary that is too large');
        const indices = new Int32Array(count);
        decodeHybrid(page.subarray(1), bitWidth, indices, 0, count);
        this.#values.appendIndexed(indices);
        break;
      }
      default:
        throw new RangeError(`values in the encoding ${encoding}, which is not read`);
    }
  }
}

/** Levels of a page of version 1, behind their length in four bytes; none where there is only one level. */
function levelsBehindLength(page: Uint8Array, max: number): { readonly levels: Uint8Array; readonly rest: Uint8Array } {
  if (max === 0) return { levels: page.subarray(0, 0), rest: page };
  const bytes = new DataView(page.buffer, page.byteOffset, page.byteLength).getUint32(0, true);
  if (4 + bytes > page.length) throw new RangeError('levels outside their page');
  return { levels: page.subarray(4, 4 + bytes), rest: page.subarray(4 + bytes) };
}

/** Whether levels are one run of `value`, as they mostly are: nothing is null. */
function isRunOf(bytes: Uint8Array, value: number, count: number): boolean {
  let head = 0;
  let position = 0;
  for (let scale = 1; scale <= 2 ** 28; scale *= 128) {
    const byte = bytes[position++] ?? 0;
    head += (byte & 127) * scale;
    if (byte < 128) break;
  }
  return head % 2 === 0 && head / 2 >= count && bytes[position] === value;
}

function valuesOf(field: Field, { physicalType, typeBytes }: FileLeaf): ColumnValues {
  switch (physicalType) {
    case 'boolean':
      return new BitValues();
    case 'int32':
    case 'float':
      return new NumberValues(field, 4);
    case 'int64':
    case 'double':
      return new NumberValues(field, 8);
    case 'byteArray':
      return new StringValues();
    case 'fixedLengthByteArray':
      if (typeBytes === 2) return new NumberValues(field, 2);
      break;
    case undefined:
      break;
  }
  throw new RangeError('values of a type that is not read');
}
