import type { ArrowStruct, ColumnBatch, Leaf } from '../../features/index.js';
import { createRowBatcher, type RowWriter } from '../columns/row-batcher.js';
import type { ChunkSink } from '../file-sink.js';
import { type EncodedBatch, encodeBatch } from './batch-encoder.js';
import { ChunkBuffer } from './chunk-buffer.js';
import { fieldsOf } from './field.js';
import { endOfStream, recordBatchMessage, schemaMessage } from './message-writer.js';

/** What an Arrow file of some features looks like. */
export interface ArrowSchema {
  readonly root: ArrowStruct;
  /** In the order of `compareLeaves`. */
  readonly leaves: readonly Leaf[];
  /** Of the schema; HF datasets keeps its features under `huggingface`. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Rows of a record batch: large enough for columns to be scanned at memory speed, small enough to be read at random. */
const arrowBatchRows = 8192;
/** Bytes of rows after which a batch is closed early, so that a reader's memory stays bounded with large values. */
const arrowBatchBytes = 32 << 20;

/** Writes an Arrow IPC stream. */
export interface ArrowWriter {
  /** Rows so far. */
  readonly rows: number;
  /** Writes rows `from .. to` (all by default) as record batches of at most 8192 rows. */
  write(batch: ColumnBatch, from?: number, to?: number): void;
  /** Ends the stream. The sink stays open. */
  close(): void;
}

/**
 * Creates a writer of an Arrow IPC stream (arrow.apache.org/docs/format/Columnar.html), uncompressed, as HF datasets maps it into memory.
 *
 * Every byte follows from the rows and how they are cut into batches.
 *
 * @param sink Called with chunks of about 1 MiB, which it must not keep.
 * @example
 * const file = createFileSink('/data/train.arrow');
 * const writer = createArrowWriter(schema, file.write);
 * writer.write(builder.finish());
 * writer.close();
 * await file.close();
 */
export function createArrowWriter(schema: ArrowSchema, sink: ChunkSink): ArrowWriter {
  return new StreamWriter(schema, sink);
}

/**
 * Creates a writer that gathers rows into batches of 8192, or fewer once they have 32 MiB: batches are cut by the rows alone, however
 * they are passed.
 */
export function createArrowRowWriter(schema: ArrowSchema, sink: ChunkSink): RowWriter {
  return createRowBatcher(
    schema.leaves,
    { rows: arrowBatchRows, bytes: arrowBatchBytes },
    createArrowWriter(schema, sink),
  );
}

class StreamWriter implements ArrowWriter {
  readonly #root: ArrowStruct;
  readonly #chunks: ChunkBuffer;
  #rows = 0;

  constructor({ root, leaves, metadata }: ArrowSchema, sink: ChunkSink) {
    this.#root = root;
    this.#chunks = new ChunkBuffer(sink);
    this.#chunks.write(schemaMessage(fieldsOf(root, leaves), metadata));
  }

  get rows(): number {
    return this.#rows;
  }

  write(batch: ColumnBatch, from = 0, to = batch.rows): void {
    for (let start = from; start < to; start += arrowBatchRows) {
      const end = Math.min(to, start + arrowBatchRows);
      this.#writeBatch(encodeBatch(this.#root, batch, start, end));
      this.#rows += end - start;
    }
  }

  close(): void {
    this.#chunks.write(endOfStream);
    this.#chunks.flush();
  }

  #writeBatch({ rows, nodes, buffers }: EncodedBatch): void {
    let bodyBytes = 0;
    const places = buffers.map((buffer): readonly [number, number] => {
      const start = bodyBytes;
      bodyBytes += padded(buffer.length);
      return [start, buffer.length];
    });
    this.#chunks.write(recordBatchMessage(rows, nodes, places, bodyBytes));
    for (const buffer of buffers) {
      this.#chunks.write(buffer);
      this.#chunks.write(zeros.subarray(0, padded(buffer.length) - buffer.length));
    }
  }
}

const zeros = new Uint8Array(8);

/** Buffers start at multiples of 8 bytes, as pyarrow aligns them in files. */
function padded(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
