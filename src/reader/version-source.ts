import type { Table } from 'apache-arrow';
import { DatasetsError } from '../core/errors/index.js';
import type { ColumnBatch, Leaf } from '../features/index.js';
import { type ArrowSchema, openColumns, toArrowTable } from '../formats/index.js';
import type { RecordFormat, VersionInfo } from '../registry/index.js';
import { selectColumns, selectFields, selectLeaves } from './columns/select-columns.js';
import { sliceBatch } from './columns/slice-batch.js';
import type { ExampleSource, SourceLimits } from './dataset.js';
import { type ColumnFormat, readColumnBatches, rebatch } from './shards/column-batches.js';
import { RecordPlaces } from './shards/record-places.js';
import type { ShardFiles } from './shards/shard-files.js';
import { readTFRecordBatches, type TFRecordShards } from './shards/tfrecord-batches.js';
import type { ShardPiece } from './split/shard-pieces.js';

export type ReadFormat = RecordFormat;

export interface VersionSourceOptions<Example> {
  readonly files: ShardFiles;
  readonly arrow: ArrowSchema;
  readonly format: ReadFormat;
  /** Whether the checksums of TFRecords are verified. */
  readonly verify: boolean;
  readonly decode: (batch: ColumnBatch) => readonly Example[];
}

/** Reads the shards of a version in one of its formats. */
export class VersionSource<Example> implements ExampleSource<Example> {
  readonly info: VersionInfo;
  readonly #files: ShardFiles;
  readonly #arrow: ArrowSchema;
  readonly #format: ReadFormat;
  readonly #verify: boolean;
  readonly #decode: (batch: ColumnBatch) => readonly Example[];
  readonly #places: RecordPlaces;

  constructor(options: VersionSourceOptions<Example>) {
    this.info = options.files.info;
    this.#files = options.files;
    this.#arrow = options.arrow;
    this.#format = options.format;
    this.#verify = options.verify;
    this.#decode = options.decode;
    this.#places = new RecordPlaces(options.files);
  }

  batches(pieces: readonly ShardPiece[], limits: SourceLimits): AsyncGenerator<ColumnBatch, void, undefined> {
    const { rows, bytes = Number.POSITIVE_INFINITY, fields } = limits;
    const leaves = selectLeaves(this.#arrow.leaves, fields);
    if (this.#format !== 'tfrecord') return rebatch(this.#columnBatches(this.#format, pieces, fields), rows);
    return readTFRecordBatches(this.#tfrecordShards(leaves), pieces, { rows, bytes });
  }

  decode(batch: ColumnBatch): readonly Example[] {
    return this.#decode(batch);
  }

  async example(piece: ShardPiece): Promise<Example> {
    const batch =
      this.#format === 'tfrecord' || this.#prefersRecords(piece)
        ? await this.#readRecord(piece)
        : await this.#readRow(this.#format, piece);
    const [example] = this.#decode(batch);
    return example as Example;
  }

  toArrowTable(batches: AsyncIterable<ColumnBatch>): Promise<Table> {
    return toArrowTable(batches, this.#arrow);
  }

  /**
   * A single example comes from TFRecord also where columns are read, unless they differ: a record is smaller than a batch of 8192 rows or more. Of a
   * remote version that would fetch a second file.
   */
  #prefersRecords(piece: ShardPiece): boolean {
    if (!this.#files.areLocal) return false;
    const hasFloat64 = this.#arrow.leaves.some((leaf) => leaf.dtype === 'float64');
    return !hasFloat64 && this.#files.has('tfrecord', piece);
  }

  #tfrecordShards(leaves: readonly Leaf[]): TFRecordShards {
    return { files: this.#files, places: this.#places, leaves, verify: this.#verify };
  }

  async *#columnBatches(format: ColumnFormat, pieces: readonly ShardPiece[], fields: readonly string[] | undefined) {
    const shards = { format, files: this.#files, schema: selectFields(this.#arrow, fields) };
    for await (const batch of readColumnBatches(shards, pieces)) yield selectColumns(batch, fields);
  }

  async #readRecord(piece: ShardPiece): Promise<ColumnBatch> {
    const shards = this.#tfrecordShards(this.#arrow.leaves);
    for await (const batch of readTFRecordBatches(shards, [piece], { rows: 1, bytes: 0 })) return batch;
    throw new DatasetsError('INTERNAL', `record ${piece.from} of shard ${piece.shard} of ${piece.split} was not read`, {
      hint: 'Report this with the command that you ran.',
    });
  }

  async #readRow(format: ColumnFormat, piece: ShardPiece): Promise<ColumnBatch> {
    const { source, file } = await this.#files.open(format, piece);
    try {
      const reader = await openColumns(format, source, this.#arrow, file);
      for await (const place of reader.places()) {
        const row = piece.from - place.firstRow;
        if (row < place.rows) return sliceBatch(await reader.read(place), row, row + 1);
      }
      throw new DatasetsError('DATA_CORRUPT', `${file} has no row ${piece.from}`, {
        hint: 'The file is not the one that was published. Restore it, or build the version again.',
        at: { split: piece.split, file },
      });
    } finally {
      await source.close();
    }
  }
}
