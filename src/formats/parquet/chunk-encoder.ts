import { crc32 } from 'node:zlib';
import type { ArrowArray } from '../arrow/array.js';
import type { PageCodec } from './codec.js';
import { type Dictionary, dictionaryOf } from './dictionary.js';
import type { ColumnChunk } from './footer.js';
import { appendHybrid, appendRun, bitWidthOf } from './hybrid-encoder.js';
import { PageBuffer } from './page-buffer.js';
import { encodings, pageTypes } from './parquet-format.js';
import type { ParquetColumn } from './parquet-schema.js';
import { appendPlain } from './plain-encoder.js';
import { type Shredded, shred } from './shred.js';
import { extremesOf } from './statistics.js';
import { type ThriftField, thrift, writeThrift } from './thrift-writer.js';

/** A column that shrinks less is stored as it is: images and sound, which are compressed already. */
const worthwhileRatio = 0.9;
/** A column chunk beyond this, which holds a value as large, is stored as it is: zstd's memory is limited. */
const mostCompressedBytes = 256 << 20;

export interface ChunkOptions {
  readonly codec: PageCodec;
  /** Whether columns of few distinct values are stored as places in a list of these. */
  readonly dictionary: boolean;
  /** Bytes of a page before compression, about. */
  readonly pageBytes: number;
}

/**
 * Encodes columns of a row group as chunks of pages (data pages of version 1, which every reader knows), each with its CRC-32.
 *
 * Keeps its buffers from chunk to chunk.
 */
export class ChunkEncoder {
  readonly #options: ChunkOptions;
  readonly #page = new PageBuffer();
  readonly #levels = new PageBuffer();

  constructor(options: ChunkOptions) {
    this.#options = options;
  }

  /**
   * Writes one column.
   *
   * @param chain The arrays from the table's column down to the leaf.
   * @param offset Where in the file the chunk begins.
   */
  write(
    column: ParquetColumn,
    chain: readonly ArrowArray[],
    rows: number,
    offset: number,
    write: (part: Uint8Array) => void,
  ): ColumnChunk {
    const leaf = chain.at(-1) as ArrowArray;
    const { codec, pageBytes } = this.#options;
    const plainBytes = bytesOf(leaf);
    const isHuge = plainBytes > mostCompressedBytes;
    const dictionary = this.#options.dictionary && !isHuge ? dictionaryOf(leaf) : undefined;
    const chunk = new PageSequence(write);
    if (dictionary !== undefined) {
      const head = thrift.struct([1, thrift.i32(dictionary.count)], [2, thrift.i32(encodings.plain)]);
      chunk.add(pageTypes.dictionary, [7, head], dictionary.page, codec.compress(dictionary.page));
    }
    const dataOffset = offset + chunk.compressedBytes;
    let entries = 0;
    let values = 0;
    let compresses = codec.compression !== 'none' && !isHuge;
    const valueBytes = dictionary === undefined ? plainBytes : (leaf.length * dictionary.bitWidth) / 8;
    // Pages of about `pageBytes`.
    const step = Math.max(1, Math.floor(rows / Math.max(1, Math.ceil(valueBytes / pageBytes))));
    for (let from = 0; from < rows; from += step) {
      const part = shred(chain, from, Math.min(rows, from + step), column.maxDefinition);
      const page = this.#encode(column, leaf, dictionary, part);
      const compressed = compresses ? codec.compress(page) : page;
      // Decided by the first page. A dictionary before it is compressed already, and binds the chunk to it.
      if (from === 0 && dictionary === undefined && compressed.length > worthwhileRatio * page.length)
        compresses = false;
      const head = thrift.struct(
        [1, thrift.i32(part.entries)],
        [2, thrift.i32(dictionary === undefined ? encodings.plain : encodings.rleDictionary)],
        [3, thrift.i32(encodings.rle)],
        [4, thrift.i32(encodings.rle)],
      );
      chunk.add(pageTypes.data, [5, head], page, compresses ? compressed : page);
      entries += part.entries;
      values += part.values;
    }
    return {
      column,
      compression: compresses ? codec.compression : 'none',
      entries,
      nulls: entries - values,
      extremes: extremesOf(dictionary?.distinct ?? leaf),
      dictionaryOffset: dictionary === undefined ? undefined : offset,
      dataOffset,
      uncompressedBytes: chunk.uncompressedBytes,
      compressedBytes: chunk.compressedBytes,
    };
  }

  /** The page of some rows: repetition levels, definition levels, values. */
  #encode(column: ParquetColumn, leaf: ArrowArray, dictionary: Dictionary | undefined, part: Shredded): Uint8Array {
    const page = this.#page;
    page.clear();
    if (column.maxRepetition > 0) this.#appendLevels(part.repetitions, part.entries, column.maxRepetition, 0);
    this.#appendLevels(part.definitions, part.entries, column.maxDefinition, column.maxDefinition);
    if (dictionary === undefined) {
      appendPlain(page, leaf, part);
      return page.finished();
    }
    page.reserve(1);
    page.bytes[page.used++] = dictionary.bitWidth;
    const { from, slots, values } = part;
    const indices = slots === undefined ? dictionary.indices : gather(dictionary.indices, slots);
    const start = slots === undefined ? from : 0;
    appendHybrid(page, indices, start, start + values, dictionary.bitWidth);
    return page.finished();
  }

  /** Appends levels behind the length that they take; `all` stands for each where there are none. */
  #appendLevels(levels: Uint8Array | undefined, entries: number, max: number, all: number): void {
    const encoded = this.#levels;
    encoded.clear();
    if (levels === undefined) appendRun(encoded, all, entries, bitWidthOf(max));
    else appendHybrid(encoded, levels, 0, entries, bitWidthOf(max));
    const page = this.#page;
    page.reserve(4);
    page.view.setUint32(page.used, encoded.used, true);
    page.used += 4;
    page.append(encoded.finished());
  }
}

/** Writes the pages of a chunk, each behind its head. */
class PageSequence {
  readonly #write: (part: Uint8Array) => void;
  uncompressedBytes = 0;
  compressedBytes = 0;

  constructor(write: (part: Uint8Array) => void) {
    this.#write = write;
  }

  add(type: number, head: ThriftField, page: Uint8Array, compressed: Uint8Array): void {
    const header = writeThrift(
      thrift.struct(
        [1, thrift.i32(type)],
        [2, thrift.i32(page.length)],
        [3, thrift.i32(compressed.length)],
        // Thrift has signed integers only.
        [4, thrift.i32(crc32(compressed) | 0)],
        head,
      ),
    );
    this.#write(header);
    this.#write(compressed);
    this.uncompressedBytes += header.length + page.length;
    this.compressedBytes += header.length + compressed.length;
  }
}

/** Bytes of an array's values, about what they take in PLAIN. */
function bytesOf({ offsets, length, data }: ArrowArray): number {
  if (offsets === undefined) return data?.length ?? 0;
  return (offsets[length] as number) - (offsets[0] as number) + 4 * length;
}

function gather(indices: Uint16Array, slots: Int32Array): Uint16Array {
  const gathered = new Uint16Array(slots.length);
  for (let i = 0; i < gathered.length; i++) gathered[i] = indices[slots[i] as number] as number;
  return gathered;
}
