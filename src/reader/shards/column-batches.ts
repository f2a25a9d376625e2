import { DatasetsError } from '../../core/errors/index.js';
import type { ColumnBatch } from '../../features/index.js';
import { type ArrowSchema, openColumns } from '../../formats/index.js';
import { concatBatches } from '../columns/concat-batches.js';
import { sliceBatch } from '../columns/slice-batch.js';
import type { ShardPiece } from '../split/shard-pieces.js';
import { prefetch } from './prefetch.js';
import type { ShardFiles } from './shard-files.js';

/** The formats that are read column by column. */
export type ColumnFormat = 'arrow' | 'parquet';

export interface ColumnShards {
  readonly format: ColumnFormat;
  readonly files: ShardFiles;
  readonly schema: Pick<ArrowSchema, 'root' | 'leaves'>;
}

/**
 * Reads pieces of Arrow or Parquet shards as column batches, cut as the files are: at record batches or row groups. One batch is decoded while the next is read.
 *
 * @throws DatasetsError DATA_CORRUPT with file and byte offset.
 */
export async function* readColumnBatches(
  shards: ColumnShards,
  pieces: readonly ShardPiece[],
): AsyncGenerator<ColumnBatch, void, undefined> {
  for await (const { batch, from, to } of prefetch(readPieces(shards, pieces))) yield sliceBatch(batch, from, to);
}

interface PieceBatch {
  readonly batch: ColumnBatch;
  readonly from: number;
  readonly to: number;
}

async function* readPieces(
  { format, files, schema }: ColumnShards,
  pieces: readonly ShardPiece[],
): AsyncGenerator<PieceBatch, void, undefined> {
  for (const [position, piece] of pieces.entries()) {
    const { source, file } = await files.open(format, piece);
    try {
      files.announce(format, pieces, position);
      const reader = await openColumns(format, source, schema, file);
      let rows = 0;
      for await (const place of reader.places()) {
        rows = place.firstRow + place.rows;
        const from = Math.max(0, piece.from - place.firstRow);
        const to = Math.min(place.rows, piece.to - place.firstRow);
        if (from < to) yield { batch: await reader.read(place), from, to };
        if (rows > piece.to) break;
      }
      const { examples } = files.shard(piece);
      if (rows < piece.to || (piece.to === examples && rows > examples)) throw miscounted(file, piece, rows, examples);
    } finally {
      await source.close();
    }
  }
}

/** Cuts and joins batches to exactly `rows` rows each, but for the last. Joining copies; cutting doesn't. */
export async function* rebatch(
  batches: AsyncIterable<ColumnBatch>,
  rows: number,
): AsyncGenerator<ColumnBatch, void, undefined> {
  const held: ColumnBatch[] = [];
  let heldRows = 0;
  for await (const batch of batches) {
    let at = 0;
    if (heldRows > 0 && heldRows + batch.rows >= rows) {
      at = rows - heldRows;
      yield concatBatches([...held, sliceBatch(batch, 0, at)]);
      held.length = 0;
      heldRows = 0;
    }
    if (heldRows === 0) for (; at + rows <= batch.rows; at += rows) yield sliceBatch(batch, at, at + rows);
    if (at === batch.rows) continue;
    held.push(sliceBatch(batch, at, batch.rows));
    heldRows += batch.rows - at;
  }
  if (heldRows > 0) yield concatBatches(held);
}

function miscounted(file: string, piece: ShardPiece, rows: number, examples: number): DatasetsError {
  return new DatasetsError('DATA_CORRUPT', `${file} has ${rows} rows; it was published with ${examples}`, {
    hint: 'The file is not the one that was published. Restore it, or build the version again.',
    at: { split: piece.split, file },
  });
}
