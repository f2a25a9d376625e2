import type { ColumnBatch } from '../features/index.js';

/** Rows of a file that are read at once: not yet read. */
export interface BatchPlace {
  /** Index of its first row in the file. */
  readonly firstRow: number;
  readonly rows: number;
  /** Bytes that it takes in the file. */
  readonly bytes: number;
}

/** An open file of columns. */
export interface BatchReader<Place extends BatchPlace = BatchPlace> {
  /** Metadata of the file's schema. */
  readonly metadata: ReadonlyMap<string, string>;
  /** The batches in order, unread. */
  places(): AsyncIterable<Place>;
  /** Reads one batch, of those that `places` gives, into memory of its own. */
  read(place: Place): Promise<ColumnBatch>;
  /** Reads batch after batch; a batch lies in memory of its own, so that at most those in use are held. */
  [Symbol.asyncIterator](): AsyncIterator<ColumnBatch>;
}
