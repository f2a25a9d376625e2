import type { ArrowStruct, ColumnBatch } from '../../features/index.js';
import { type ArrowArray, arraysOf } from '../arrow/array.js';
import type { ArrowSchema } from '../arrow/arrow-writer.js';
import { encodeBatch } from '../arrow/batch-encoder.js';
import { ChunkBuffer } from '../arrow/chunk-buffer.js';
import { type Field, fieldsOf } from '../arrow/field.js';
import { schemaMessage } from '../arrow/message-writer.js';
import { type BatchTarget, createRowBatcher, type RowWriter } from '../columns/row-batcher.js';
import type { ChunkSink } from '../file-sink.js';
import { ChunkEncoder } from './chunk-encoder.js';
import { loadPageCodec, type ParquetCompression } from './codec.js';
import { footerOf, type RowGroup } from './footer.js';
import { magic } from './parquet-format.js';
import { type ParquetSchema, parquetSchemaOf } from './parquet-schema.js';

export interface ParquetOptions {
  /** Default zstd. */
  readonly compression?: ParquetCompression;
  /** Whether columns of few distinct values are stored as places in a list of these. Default true. */
  readonly dictionary?: boolean;
  /** Rows of a row group; it has fewer once its rows have 32 MiB. Default 122,880. */
  readonly groupRows?: number;
  /** Bytes of a page before compression, about. Default 1 MiB. */
  readonly pageBytes?: number;
}

/** As many as DuckDB's row groups have: it reads and skips by them. */
const defaultGroupRows = 122_880;
/** What a reader has in memory at a time of each column. */
const defaultPageBytes = 1 << 20;
/** Bytes of rows after which a group is closed early: it is in memory while it is written, and while it is read. */
const groupBytes = 32 << 20;

/** Opens a writer of a Parquet file; the sink is called with chunks that it must not keep. */
export type ParquetWriters = (schema: ArrowSchema, sink: ChunkSink) => RowWriter;

/**
 * Prepares writers of Parquet files: loads what compresses, so that writing itself waits for nothing.
 *
 * Every byte of a file follows from its rows: row groups and pages are cut by them alone, however they are passed.
 *
 * @example
 * const openWriter = await parquetWriters();
 * const file = createFileSink('/data/train.parquet');
 * const writer = openWriter(schema, file.write);
 * writer.appendRows(view, bytes, rowOffsets, 0, rowOffsets.length);
 * writer.close();
 * await file.close();
 */
export async function parquetWriters(options: ParquetOptions = {}): Promise<ParquetWriters> {
  const {
    compression = 'zstd',
    dictionary = true,
    pageBytes = defaultPageBytes,
    groupRows = defaultGroupRows,
  } = options;
  const codec = await loadPageCodec(compression);
  return (schema, sink) => {
    const file = new ParquetFileWriter(schema, sink, new ChunkEncoder({ codec, dictionary, pageBytes }));
    return createRowBatcher(schema.leaves, { rows: groupRows, bytes: groupBytes }, file);
  };
}

class ParquetFileWriter implements BatchTarget {
  readonly #root: ArrowStruct;
  readonly #fields: readonly Field[];
  readonly #schema: ParquetSchema;
  readonly #metadata: Readonly<Record<string, string>>;
  readonly #chunks: ChunkBuffer;
  readonly #encoder: ChunkEncoder;
  readonly #groups: RowGroup[] = [];
  #rows = 0;
  #position = 0;

  constructor({ root, leaves, metadata }: ArrowSchema, sink: ChunkSink, encoder: ChunkEncoder) {
    this.#root = root;
    this.#fields = fieldsOf(root, leaves);
    this.#schema = parquetSchemaOf(this.#fields);
    // By this pyarrow knows lists of a fixed size again. Where it is there, it reads the other metadata from it alone.
    const arrowSchema = Buffer.from(schemaMessage(this.#fields, metadata)).toString('base64');
    this.#metadata = { ...metadata, 'ARROW:schema': arrowSchema };
    this.#encoder = encoder;
    this.#chunks = new ChunkBuffer(sink);
    this.#write(magic);
  }

  /** Writes a batch as a row group. */
  write(batch: ColumnBatch): void {
    const { rows } = batch;
    const arrays = arraysOf(this.#fields, encodeBatch(this.#root, batch, 0, rows));
    const write = (part: Uint8Array): void => this.#write(part);
    const chunks = this.#schema.columns.map((column) =>
      this.#encoder.write(column, chainOf(arrays, column.steps), rows, this.#position, write),
    );
    this.#groups.push({ rows, chunks });
    this.#rows += rows;
  }

  close(): void {
    const footer = footerOf(this.#schema, this.#rows, this.#groups, this.#metadata);
    this.#write(footer);
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, footer.length, true);
    this.#write(length);
    this.#write(magic);
    this.#chunks.flush();
  }

  #write(part: Uint8Array): void {
    this.#chunks.write(part);
    this.#position += part.length;
  }
}

/** The arrays on the way to a leaf. */
function chainOf(arrays: readonly ArrowArray[], steps: readonly number[]): readonly ArrowArray[] {
  const chain: ArrowArray[] = [];
  let children = arrays;
  for (const step of steps) {
    const array = children[step] as ArrowArray;
    chain.push(array);
    children = array.children;
  }
  return chain;
}
