import { rowWords } from '../features/index.js';
import type { SpillSlice } from './contract.js';
import type { SpillFiles } from './spill-files.js';

/** Below this, a read of its own costs more in the system call than in the copy. */
const smallReadBytes = 16 << 10;

/**
 * Walks through one slice of a spill file, bucket by bucket.
 *
 * Short parts are taken from a read-ahead: with thousands of runs each has only some hundred bytes in a group of buckets.
 */
export class SliceCursor {
  readonly slice: SpillSlice;
  readonly #files: SpillFiles;
  readonly #aheadCapacity: number;
  #index = 0;
  /** File offset of bucket `#index`. */
  #offset: number;
  readonly #end: number;
  #ahead: Uint8Array | undefined;
  #aheadStart = 0;
  #aheadEnd = 0;

  constructor(slice: SpillSlice, files: SpillFiles, aheadBytes: number) {
    this.slice = slice;
    this.#files = files;
    this.#aheadCapacity = Math.min(aheadBytes, 2 * smallReadBytes);
    this.#offset = slice.offset;
    this.#end = slice.offset + slice.bytes;
  }

  /** Bytes of the rows in buckets below `endBucket` that have not been read yet. */
  bytesBefore(endBucket: number): number {
    const { buckets, rowBytes } = this.slice;
    let bytes = 0;
    for (let i = this.#index; i < buckets.length && (buckets[i] as number) < endBucket; i++)
      bytes += rowBytes[i] as number;
    return bytes;
  }

  /** Copies the rows in buckets below `endBucket` to `target` and moves past them; returns their bytes. */
  read(endBucket: number, target: Uint8Array, at: number): number {
    const length = this.bytesBefore(endBucket);
    if (length === 0) return 0;
    if (length >= smallReadBytes || length > this.#aheadCapacity) {
      this.#files.read(this.slice.file, this.#offset, target, at, length);
    } else {
      this.#copyFromAhead(target, at, length);
    }
    this.skip(endBucket);
    return length;
  }

  /** Moves past the buckets below `endBucket`. */
  skip(endBucket: number): void {
    const { buckets, rowBytes } = this.slice;
    while (this.#index < buckets.length && (buckets[this.#index] as number) < endBucket) {
      this.#offset += rowBytes[this.#index] as number;
      this.#index++;
    }
  }

  /**
   * Calls `visit` for each row in buckets below `endBucket`, reading `chunk.bytes` at a time, without moving past them.
   * A row of any size is whole in `chunk` while it is visited.
   */
  scan(endBucket: number, chunk: RowChunk, visit: (chunk: RowChunk, row: number, bytes: number) => void): void {
    const end = this.#offset + this.bytesBefore(endBucket);
    let kept = 0;
    for (let offset = this.#offset; offset < end; ) {
      const length = Math.min(chunk.bytes.length - kept, end - offset);
      this.#files.read(this.slice.file, offset, chunk.bytes, kept, length);
      offset += length;
      kept = chunk.visitWhole(kept + length, visit);
    }
  }

  #copyFromAhead(target: Uint8Array, at: number, length: number): void {
    if (this.#offset < this.#aheadStart || this.#offset + length > this.#aheadEnd) {
      this.#ahead ??= new Uint8Array(this.#aheadCapacity);
      this.#aheadStart = this.#offset;
      this.#aheadEnd = Math.min(this.#offset + this.#aheadCapacity, this.#end);
      this.#files.read(this.slice.file, this.#offset, this.#ahead, 0, this.#aheadEnd - this.#aheadStart);
    }
    const from = this.#offset - this.#aheadStart;
    if (this.#ahead !== undefined) target.set(this.#ahead.subarray(from, from + length), at);
  }
}

/** A buffer through which rows are streamed; the part of a row at its end moves to its start before the next read. */
export class RowChunk {
  bytes: Uint8Array<ArrayBuffer>;
  words: Int32Array<ArrayBuffer>;

  constructor(capacityBytes: number) {
    this.bytes = new Uint8Array(Math.ceil(capacityBytes / 4) * 4);
    this.words = new Int32Array(this.bytes.buffer);
  }

  /** Visits the whole rows (by word offset and bytes) in the first `filled` bytes; returns how many bytes of the next row are kept. */
  visitWhole(filled: number, visit: (chunk: RowChunk, row: number, bytes: number) => void): number {
    let at = 0;
    let needed = 0;
    while (at + 4 * (rowWords.rowBytes + 1) <= filled) {
      const row = at >>> 2;
      needed = (this.words[row + rowWords.rowBytes] as number) >>> 0;
      if (at + needed > filled) break;
      visit(this, row, needed);
      at += needed;
    }
    const kept = filled - at;
    this.bytes.copyWithin(0, at, filled);
    if (needed > this.bytes.length) this.#grow(needed, kept);
    return kept;
  }

  #grow(neededBytes: number, kept: number): void {
    const larger = new Uint8Array(neededBytes);
    larger.set(this.bytes.subarray(0, kept));
    this.bytes = larger;
    this.words = new Int32Array(larger.buffer);
  }
}
