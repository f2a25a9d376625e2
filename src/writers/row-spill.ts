import { DatasetsError } from '../core/errors/index.js';
import type { RowArena } from '../features/index.js';
import { acquireArena, defaultBufferBytes, releaseArena, scatterTargetOf } from './arena-pool.js';
import type { RunSegment, RunSummary } from './contract.js';
import { RowHasher } from './key-hasher.js';
import { countRows, scatterRows } from './scatter.js';
import { SpillWriter } from './spill-writer.js';

export interface RowSpillOptions {
  readonly split: string;
  /** Absolute path of the spill file; created with the first rows. */
  readonly file: string;
  /** Id of the source shard, for messages about duplicates. */
  readonly sourceShard: string;
  /** Rows held before they are written; default 16 MiB. A larger row is written by itself. */
  readonly bufferBytes?: number;
  /** How many examples of the source shard came before, in other spill files. Default: 0. */
  readonly firstOrdinal?: number;
}

/**
 * Gathers finished rows in an arena; whenever it is full, hashes their keys, scatters them into buckets and writes one segment.
 *
 * Memory: the arena, and one more of its size for the thread.
 */
export class RowSpill {
  readonly #options: RowSpillOptions;
  readonly #bufferBytes: number;
  readonly #hasher: RowHasher;
  readonly #writer: SpillWriter;
  readonly #segments: RunSegment[] = [];
  #arena: RowArena | undefined;
  #rows = 0;

  constructor(options: RowSpillOptions) {
    this.#options = options;
    this.#bufferBytes = options.bufferBytes ?? defaultBufferBytes;
    this.#hasher = new RowHasher(options.split);
    this.#writer = new SpillWriter(options.file);
    this.#arena = acquireArena(this.#bufferBytes);
  }

  /** Rows so far. */
  get rows(): number {
    return this.#rows;
  }

  /** The place of the next row among the examples of its source shard. */
  get ordinal(): number {
    return (this.#options.firstOrdinal ?? 0) + this.#rows;
  }

  /** Where the next row is to be appended. */
  get arena(): RowArena {
    if (this.#arena === undefined) {
      throw new DatasetsError(
        'INTERNAL',
        `rows were added to the spill of split '${this.#options.split}' after its end`,
      );
    }
    return this.#arena;
  }

  /** Takes note of the row that was appended last, at byte `rowStart`. */
  added(rowStart: number): void {
    this.#rows++;
    const end = this.arena.position;
    if (end <= this.#bufferBytes) return;
    const isHuge = end - rowStart > this.#bufferBytes;
    this.#write(isHuge ? rowStart : end);
    if (isHuge) this.#writeAlone(rowStart, end);
    this.#emptyArena();
  }

  /** Writes what is left and closes the file. */
  finish(): RunSummary {
    this.#write(this.arena.position);
    this.#writer.close();
    this.#release();
    const { split, file, sourceShard } = this.#options;
    const { position: bytes, crc32 } = this.#writer;
    return { split, file, sourceShard, rows: this.#rows, bytes, crc32, segments: this.#segments };
  }

  /** Closes and removes the file. */
  abort(): void {
    this.#release();
    this.#writer.discard();
  }

  /** Writes the rows in the arena's first `end` bytes. */
  #write(end: number): void {
    if (end === 0) return;
    const rows = this.#words();
    this.#hasher.hashRows(rows, 0, end >>> 2);
    const target = scatterTargetOf(end >>> 2);
    const tables = scatterRows(rows, end >>> 2, target);
    this.#append(new Uint8Array(target.buffer, 0, end), tables);
  }

  /** A row above the buffer's size: nothing to scatter, and no second arena of its size. */
  #writeAlone(from: number, to: number): void {
    const row = this.#words().subarray(from >>> 2, to >>> 2);
    this.#hasher.hashRows(row, 0, row.length);
    this.#append(this.arena.bytes.subarray(from, to), countRows(row, row.length));
  }

  #append(bytes: Uint8Array, tables: Omit<RunSegment, 'offset'>): void {
    this.#segments.push({ offset: this.#writer.position, ...tables });
    this.#writer.append(bytes);
  }

  #words(): Int32Array {
    const { bytes } = this.arena;
    return new Int32Array(bytes.buffer, 0, bytes.length >>> 2);
  }

  #emptyArena(): void {
    if (this.arena.bytes.length > 4 * this.#bufferBytes) {
      this.#release();
      this.#arena = acquireArena(this.#bufferBytes);
    }
    this.arena.position = 0;
  }

  #release(): void {
    if (this.#arena !== undefined) releaseArena(this.#arena, this.#bufferBytes);
    this.#arena = undefined;
  }
}
