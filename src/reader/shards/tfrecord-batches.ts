import { DatasetsError } from '../../core/errors/index.js';
import type { ColumnBatch, Leaf } from '../../features/index.js';
import {
  type ColumnBuilder,
  createColumnBuilder,
  frameHeaderBytes,
  frameOverheadBytes,
  type RecordBlock,
  TFRecordReader,
} from '../../formats/index.js';
import type { ShardPiece } from '../split/shard-pieces.js';
import { prefetch } from './prefetch.js';
import type { RecordPlaces } from './record-places.js';
import type { ShardFiles } from './shard-files.js';

export interface BatchLimits {
  readonly rows: number;
  /** A batch is closed early once its columns have so many bytes. */
  readonly bytes: number;
}

export interface TFRecordShards {
  readonly files: ShardFiles;
  readonly places: RecordPlaces;
  readonly leaves: readonly Leaf[];
  /** Whether the records' checksums are verified. */
  readonly verify: boolean;
}

const chunkBytes = 1 << 20;
/** How often a batch's bytes are summed up: the sum costs as much as a few records. */
const rowsBetweenChecks = 32;

/** A part of a shard's file. It lies in a buffer that is used again for the chunk after the next. */
interface Chunk {
  readonly read: PieceRead;
  readonly bytes: Uint8Array;
  /** The file ends here. */
  readonly isLast: boolean;
}

/**
 * Reads pieces of TFRecord shards as column batches of exactly `limits.rows` rows, across shards, but for the last.
 *
 * One chunk of 1 MiB is parsed while the next is read. A batch is valid until the next one is asked for.
 *
 * @throws DatasetsError DATA_CORRUPT with file and byte offset.
 */
export async function* readTFRecordBatches(
  shards: TFRecordShards,
  pieces: readonly ShardPiece[],
  limits: BatchLimits,
): AsyncGenerator<ColumnBatch, void, undefined> {
  const builder = createColumnBuilder(shards.leaves);
  for await (const { read, bytes, isLast } of prefetch(readChunks(shards, pieces))) {
    if (read.isDone) continue;
    for (const block of read.reader.push(bytes)) {
      const end = read.take(block);
      for (let at = 0; at < end; ) {
        const stop = Math.min(end, at + rowsBetweenChecks, at + limits.rows - builder.rows);
        appendRecords(builder, block, at, stop, read);
        at = stop;
        if (builder.rows < limits.rows && builder.bytes < limits.bytes) continue;
        yield builder.finish();
        builder.reset();
      }
      if (read.isDone) break;
    }
    if (isLast && !read.isDone) read.finish();
  }
  if (builder.rows > 0) yield builder.finish();
}

/** How far a piece has been read. */
class PieceRead {
  readonly piece: ShardPiece;
  readonly file: string;
  readonly reader: TFRecordReader;
  /** A piece that reaches to the shard's end is read to the file's end: nothing may come behind it. */
  readonly #checksEnd: boolean;
  #remaining: number;

  constructor(piece: ShardPiece, file: string, examples: number, offset: number, verify: boolean) {
    this.piece = piece;
    this.file = file;
    this.reader = new TFRecordReader({ file, verify, fileOffset: offset });
    this.#checksEnd = piece.to === examples;
    this.#remaining = piece.to - piece.from;
  }

  /** Nothing more of the file is needed. */
  get isDone(): boolean {
    return this.#remaining === 0 && !this.#checksEnd;
  }

  /** Returns how many of a block's records, from its first, belong to the piece. */
  take(block: RecordBlock): number {
    const taken = Math.min(block.count, this.#remaining);
    if (this.#checksEnd && taken < block.count) {
      const offset = block.fileOffset + (block.starts[taken] as number) - frameHeaderBytes;
      throw this.#miscounted(`holds more than the ${this.piece.to} records that it was published with`, offset);
    }
    this.#remaining -= taken;
    return taken;
  }

  /** At the end of the file: every record must have come. */
  finish(): void {
    this.reader.finish();
    if (this.#remaining > 0) throw this.#miscounted(`ends ${this.#remaining} records before its last one`, undefined);
  }

  #miscounted(what: string, offset: number | undefined): DatasetsError {
    const place = offset === undefined ? '' : ` (byte ${offset})`;
    return new DatasetsError('DATA_CORRUPT', `${this.file} ${what}${place}`, {
      hint: 'The file is not the one that was published. Restore it, or build the version again.',
      at: { split: this.piece.split, file: this.file, ...(offset !== undefined && { offset }) },
    });
  }
}

function appendRecords(builder: ColumnBuilder, block: RecordBlock, from: number, to: number, read: PieceRead): void {
  const { bytes, starts, ends } = block;
  let record = from;
  try {
    for (; record < to; record++) builder.appendExample(bytes, starts[record] as number, ends[record] as number);
  } catch (cause) {
    if (!(cause instanceof DatasetsError)) throw cause;
    const offset = block.fileOffset + (starts[record] as number) - frameHeaderBytes;
    throw new DatasetsError(cause.code, `${read.file}, record at byte ${offset}: ${cause.message}`, {
      ...(cause.hint !== undefined && { hint: cause.hint }),
      cause,
      at: { ...cause.at, split: read.piece.split, file: read.file, offset },
    });
  }
}

async function* readChunks(
  shards: TFRecordShards,
  pieces: readonly ShardPiece[],
): AsyncGenerator<Chunk, void, undefined> {
  // Two buffers are enough: one is parsed while the other is filled.
  const buffers: [Uint8Array, Uint8Array] = [new Uint8Array(0), new Uint8Array(0)];
  let turn = 0;
  for (const [position, piece] of pieces.entries()) {
    const { start, end } = await extentOf(shards, piece);
    const { source, file } = await shards.files.open('tfrecord', piece);
    try {
      shards.files.announce('tfrecord', pieces, position);
      const read = new PieceRead(piece, file, shards.files.shard(piece).examples, start, shards.verify);
      const limit = end ?? source.bytes;
      let offset = start;
      for (let isLast = false; !isLast && !read.isDone; turn++) {
        const length = Math.min(chunkBytes, limit - offset);
        const buffer = turn % 2 === 0 ? 0 : 1;
        if (buffers[buffer].length < length) buffers[buffer] = new Uint8Array(length);
        const bytes = await source.read(offset, length, buffers[buffer]);
        offset += bytes.length;
        isLast = offset >= limit || bytes.length < length;
        yield { read, bytes, isLast };
      }
    } finally {
      await source.close();
    }
  }
}

/**
 * The bytes of a piece. Its end is looked up where that costs nothing more than a block of the index: so that a slice reads no more than its own
 * records, whatever became of those behind them.
 */
async function extentOf(
  { files, places }: TFRecordShards,
  piece: ShardPiece,
): Promise<{ readonly start: number; readonly end: number | undefined }> {
  const { from, to } = piece;
  const first = from === 0 ? undefined : await places.place(piece, from);
  const start = first?.offset ?? 0;
  if (to === files.shard(piece).examples) return { start, end: undefined };
  if (first !== undefined && to === from + 1) return { start, end: start + first.bytes + frameOverheadBytes };
  return { start, end: files.has('index', piece) ? (await places.place(piece, to)).offset : undefined };
}
