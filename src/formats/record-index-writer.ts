import { DatasetsError } from '../core/errors/index.js';
import type { ChunkSink } from './file-sink.js';
import {
  digestBytes,
  hashBytes,
  type IndexHeader,
  indexBlockBytes,
  indexFormatVersion,
  indexHeaderBytes,
  indexMagic,
  indexRecordsPerBlock,
} from './record-index.js';
import { frameOverheadBytes } from './tfrecord/frame.js';

/** Writes the index of one shard, a block at a time. See record-index.ts for the layout. */
export class RecordIndexWriter {
  readonly #sink: ChunkSink;
  readonly #expected: number;
  /** The block that is being filled. Columns of a short last block are moved together when it is written. */
  readonly #block = new Uint8Array(indexBlockBytes(indexRecordsPerBlock));
  readonly #hashes = new Uint32Array(this.#block.buffer, 8, indexRecordsPerBlock * 4);
  readonly #digests = new Uint32Array(this.#block.buffer, digestsAt(indexRecordsPerBlock), indexRecordsPerBlock * 2);
  readonly #lengths = new Uint32Array(this.#block.buffer, lengthsAt(indexRecordsPerBlock), indexRecordsPerBlock);
  #records = 0;
  #filled = 0;
  #blockOffset = 0;
  #offset = 0;

  /** @param sink Called with each block, which it must not keep. */
  constructor(sink: ChunkSink, shard: Omit<IndexHeader, 'recordsPerBlock'>) {
    this.#sink = sink;
    this.#expected = shard.records;
    sink(headerBytes(shard));
  }

  get records(): number {
    return this.#records;
  }

  /** Bytes of the tf.Examples so far. */
  get exampleBytes(): number {
    return this.#offset - this.#records * frameOverheadBytes;
  }

  /**
   * Adds a record.
   *
   * @param words Its key hash is in `words[row .. row + 4)`, most significant word first.
   */
  add(words: Int32Array, row: number, digestLow: number, digestHigh: number, exampleBytes: number): void {
    const i = this.#filled;
    for (let k = 0; k < 4; k++) this.#hashes[4 * i + k] = swapBytes(words[row + k] as number);
    this.#digests[2 * i] = digestLow;
    this.#digests[2 * i + 1] = digestHigh;
    this.#lengths[i] = exampleBytes;
    this.#offset += exampleBytes + frameOverheadBytes;
    this.#records++;
    this.#filled = i + 1;
    if (this.#filled === indexRecordsPerBlock) this.#writeBlock();
  }

  /** Writes the last block. The number of records must be the one that was announced. */
  finish(): void {
    if (this.#filled > 0) this.#writeBlock();
    if (this.#records !== this.#expected) {
      throw new DatasetsError(
        'INTERNAL',
        `an index has ${this.#records} records, but ${this.#expected} were announced`,
      );
    }
  }

  #writeBlock(): void {
    const count = this.#filled;
    const block = this.#block;
    new DataView(block.buffer).setBigUint64(0, BigInt(this.#blockOffset), true);
    if (count < indexRecordsPerBlock) {
      block.copyWithin(
        digestsAt(count),
        digestsAt(indexRecordsPerBlock),
        digestsAt(indexRecordsPerBlock) + count * digestBytes,
      );
      block.copyWithin(lengthsAt(count), lengthsAt(indexRecordsPerBlock), lengthsAt(indexRecordsPerBlock) + count * 4);
    }
    this.#sink(block.subarray(0, indexBlockBytes(count)));
    this.#filled = 0;
    this.#blockOffset = this.#offset;
  }
}

function digestsAt(records: number): number {
  return 8 + records * hashBytes;
}

function lengthsAt(records: number): number {
  return digestsAt(records) + records * digestBytes;
}

function headerBytes({ records, shard, shardCount }: Omit<IndexHeader, 'recordsPerBlock'>): Uint8Array {
  const bytes = new Uint8Array(indexHeaderBytes);
  const view = new DataView(bytes.buffer);
  bytes.set(indexMagic);
  view.setUint32(8, indexFormatVersion, true);
  view.setUint32(12, indexRecordsPerBlock, true);
  view.setBigUint64(16, BigInt(records), true);
  view.setUint32(24, shard, true);
  view.setUint32(28, shardCount, true);
  return bytes;
}

function swapBytes(x: number): number {
  return ((x & 0xff) << 24) | ((x & 0xff00) << 8) | ((x >>> 8) & 0xff00) | (x >>> 24);
}
