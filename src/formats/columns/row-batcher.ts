import { type ColumnBatch, type Leaf, rowWords } from '../../features/index.js';
import { createColumnBuilder } from './column-builder.js';

/** Writes rows to a file of columns. */
export interface RowWriter {
  readonly rows: number;
  /** Appends the compact rows that start at `rowOffsets[from .. to)`; `view` is over the same bytes as `bytes`. */
  appendRows(view: DataView, bytes: Uint8Array, rowOffsets: Uint32Array, from: number, to: number): void;
  /** Writes the last batch and ends the file. The sink stays open. */
  close(): void;
}

/** Takes batches, each valid until the next one. */
export interface BatchTarget {
  write(batch: ColumnBatch): void;
  close(): void;
}

/** Gathers rows into batches of `limits.rows`, or fewer once they have `limits.bytes`: cut by the rows alone, however they are passed. */
export function createRowBatcher(
  leaves: readonly Leaf[],
  limits: { readonly rows: number; readonly bytes: number },
  target: BatchTarget,
): RowWriter {
  const builder = createColumnBuilder(leaves);
  let written = 0;
  let rowBytes = 0;
  const flush = (): void => {
    if (builder.rows > 0) target.write(builder.finish());
    written += builder.rows;
    builder.reset();
    rowBytes = 0;
  };
  return {
    get rows() {
      return written + builder.rows;
    },
    appendRows(view, bytes, rowOffsets, from, to) {
      let start = from;
      for (let row = from; row < to; row++) {
        rowBytes += view.getUint32((rowOffsets[row] as number) + 4 * rowWords.rowBytes, true);
        if (builder.rows + row + 1 - start < limits.rows && rowBytes < limits.bytes) continue;
        builder.appendRows(view, bytes, rowOffsets, start, row + 1);
        start = row + 1;
        flush();
      }
      builder.appendRows(view, bytes, rowOffsets, start, to);
    },
    close() {
      flush();
      target.close();
    },
  };
}
