import { DatasetsError } from '../core/errors/index.js';
import { frameOverheadBytes } from './tfrecord/frame.js';

/**
 * The key index of a shard: for each record its key hash, a digest of its content and its size. 28 bytes a record, little-endian:
 *
 *     header   8 bytes   "AILABIDX"
 *              u32       format version, 1
 *              u32       records a block, 4096; the last block may have fewer
 *              u64       records
 *              u32       number of the shard
 *              u32       number of shards of the split
 *     blocks   u64       where the block's first record starts in the shard's TFRecord file
 *              16 bytes  for each record: its key hash, md5(split ‖ key), big-endian as MD5 gives it; ascending through the file
 *              8 bytes   for each record: its content digest (record-hash.ts)
 *              u32       for each record: bytes of its tf.Example; its TFRecord frame has 16 more
 *
 * Blocks but the last have one size, so that the block of any record is read without the rest: 112 KiB for the place of one record, however
 * large the shard. Within a block, columns: a diff reads hashes and digests alone, and columns compress better.
 */
export const indexFormatVersion = 1;
export const indexHeaderBytes = 32;
export const indexRecordsPerBlock = 4096;

export const indexMagic: Uint8Array = Buffer.from('AILABIDX', 'latin1');
export const hashBytes = 16;
export const digestBytes = 8;
const lengthBytes = 4;
const baseBytes = 8;

export interface IndexHeader {
  readonly recordsPerBlock: number;
  readonly records: number;
  readonly shard: number;
  readonly shardCount: number;
}

/** Where a block lies in the index file, and which records it has. */
export interface IndexBlockRange {
  readonly offset: number;
  readonly bytes: number;
  readonly firstRecord: number;
  readonly records: number;
}

/**
 * Reads the header from the first `indexHeaderBytes` of an index.
 *
 * @throws DatasetsError DATA_CORRUPT for another kind of file; FORMAT_TOO_NEW for one of a later release.
 */
export function readIndexHeader(bytes: Uint8Array, file: string): IndexHeader {
  if (bytes.length < indexHeaderBytes || !indexMagic.every((byte, i) => bytes[i] === byte)) {
    throw new DatasetsError('DATA_CORRUPT', `${file} is not a key index: it doesn't start with its header`, {
      hint: 'Verify the version; a copy may be incomplete.',
      at: { file, offset: 0 },
    });
  }
  const view = viewOf(bytes);
  const version = view.getUint32(8, true);
  if (version !== indexFormatVersion) {
    throw new DatasetsError(
      'FORMAT_TOO_NEW',
      `${file} is a key index of format ${version}; this release reads format ${indexFormatVersion}`,
      {
        hint: 'Install a newer release of ailab-datasets.',
        at: { file },
      },
    );
  }
  return {
    recordsPerBlock: view.getUint32(12, true),
    records: Number(view.getBigUint64(16, true)),
    shard: view.getUint32(24, true),
    shardCount: view.getUint32(28, true),
  };
}

export function indexBlockCount(header: IndexHeader): number {
  return Math.ceil(header.records / header.recordsPerBlock);
}

/** Bytes of a whole index file. */
export function indexFileBytes(header: IndexHeader): number {
  return (
    indexHeaderBytes + indexBlockCount(header) * baseBytes + header.records * (hashBytes + digestBytes + lengthBytes)
  );
}

export function indexBlockBytes(records: number): number {
  return baseBytes + records * (hashBytes + digestBytes + lengthBytes);
}

export function indexBlockRange(header: IndexHeader, block: number): IndexBlockRange {
  const firstRecord = block * header.recordsPerBlock;
  const records = Math.min(header.recordsPerBlock, header.records - firstRecord);
  const offset = indexHeaderBytes + block * indexBlockBytes(header.recordsPerBlock);
  return { offset, bytes: indexBlockBytes(records), firstRecord, records };
}

/** Where a record lies in its shard's TFRecord file. */
export interface RecordPlace {
  /** Of its frame; the tf.Example itself starts 12 bytes later. */
  readonly offset: number;
  /** Of its tf.Example. */
  readonly bytes: number;
}

/** One block of an index, over the bytes of its range. */
export class IndexBlock {
  readonly firstRecord: number;
  readonly records: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(range: IndexBlockRange, bytes: Uint8Array) {
    this.firstRecord = range.firstRecord;
    this.records = range.records;
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
  }

  /** The 16 bytes of the key hash of the block's record `i`; a view. */
  keyHash(i: number): Uint8Array {
    const at = baseBytes + i * hashBytes;
    return this.#bytes.subarray(at, at + hashBytes);
  }

  /** The 8 bytes of the content digest of the block's record `i`; a view. */
  digest(i: number): Uint8Array {
    const at = baseBytes + this.records * hashBytes + i * digestBytes;
    return this.#bytes.subarray(at, at + digestBytes);
  }

  /** All key hashes, four words each, as they lie in the file: their bytes are in order, not the words. A view where the block's bytes are aligned. */
  get hashWords(): Uint32Array {
    return this.#words(baseBytes, this.records * hashBytes);
  }

  /** All content digests, two words each. */
  get digestWords(): Uint32Array {
    return this.#words(baseBytes + this.records * hashBytes, this.records * digestBytes);
  }

  exampleBytes(i: number): number {
    return this.#view.getUint32(baseBytes + this.records * (hashBytes + digestBytes) + i * lengthBytes, true);
  }

  /** The place of the block's record `i` in the TFRecord file. Linear in `i`. */
  place(i: number): RecordPlace {
    let offset = Number(this.#view.getBigUint64(0, true));
    for (let before = 0; before < i; before++) offset += this.exampleBytes(before) + frameOverheadBytes;
    return { offset, bytes: this.exampleBytes(i) };
  }

  #words(from: number, length: number): Uint32Array {
    const bytes = this.#bytes.subarray(from, from + length);
    const aligned = bytes.byteOffset % Uint32Array.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice();
    return new Uint32Array(aligned.buffer, aligned.byteOffset, length >>> 2);
  }
}

/** A whole index file in memory. */
export interface RecordIndex {
  readonly header: IndexHeader;
  readonly blocks: readonly IndexBlock[];
}

/**
 * Reads a whole index file.
 *
 * @param file Its name, for messages.
 * @throws DatasetsError DATA_CORRUPT when it is no index or not whole; FORMAT_TOO_NEW for one of a later release.
 * @example
 * const { blocks } = readIndex(readFileSync(file), file);
 * for (const block of blocks) for (let i = 0; i < block.records; i++) compare(block.keyHash(i), block.digest(i));
 */
export function readIndex(bytes: Uint8Array, file: string): RecordIndex {
  const header = readIndexHeader(bytes, file);
  const expected = indexFileBytes(header);
  if (bytes.length !== expected) {
    throw new DatasetsError(
      'DATA_CORRUPT',
      `${file} has ${bytes.length} bytes, but an index of ${header.records} records has ${expected}`,
      {
        hint: 'Verify the version; a copy may be incomplete.',
        at: { file, offset: Math.min(bytes.length, expected) },
      },
    );
  }
  const blocks = Array.from({ length: indexBlockCount(header) }, (_, block) => {
    const range = indexBlockRange(header, block);
    return new IndexBlock(range, bytes.subarray(range.offset, range.offset + range.bytes));
  });
  return { header, blocks };
}

/** Finds a key hash; returns the number of its record in the shard, or -1. */
export function findKeyHash({ blocks }: RecordIndex, keyHash: Uint8Array): number {
  let low = 0;
  let high = blocks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (Buffer.compare((blocks[middle] as IndexBlock).keyHash(0), keyHash) <= 0) low = middle;
    else high = middle - 1;
  }
  const block = blocks[low];
  return block === undefined ? -1 : findInBlock(block, keyHash);
}

function findInBlock(block: IndexBlock, keyHash: Uint8Array): number {
  let low = 0;
  let high = block.records - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const order = Buffer.compare(block.keyHash(middle), keyHash);
    if (order === 0) return block.firstRecord + middle;
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
