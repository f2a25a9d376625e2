import { type Column, type ColumnBatch, itemSize } from '../../features/index.js';

/** Rows `from .. to` of a batch, over the same memory. */
export function sliceBatch(batch: ColumnBatch, from: number, to: number): ColumnBatch {
  if (from === 0 && to === batch.rows) return batch;
  return { rows: to - from, columns: batch.columns.map((column) => sliceColumn(column, from, to)) };
}

/** With sequences only the outermost offsets are cut: they lead to the same elements as before. */
function sliceColumn(column: Column, from: number, to: number): Column {
  const presence = column.presence?.subarray(from, to);
  const [outermost, ...inner] = column.sequenceOffsets;
  if (outermost !== undefined) {
    return { ...column, presence, sequenceOffsets: [outermost.subarray(from, to + 1), ...inner] };
  }
  const firstItem = column.presence === undefined ? from : countPresent(column.presence, 0, from);
  const items = presence === undefined ? to - from : countPresent(presence, 0, to - from);
  if (column.itemOffsets !== undefined) {
    return { ...column, presence, itemOffsets: column.itemOffsets.subarray(firstItem, firstItem + items + 1) };
  }
  const size = itemSize(column.leaf) ?? 0;
  const first = firstItem * size;
  const last = first + items * size;
  const { values } = column;
  return {
    ...column,
    presence,
    values:
      values.kind === 'bytes'
        ? { ...values, offsets: values.offsets.subarray(first, last + 1) }
        : { kind: 'numeric', data: values.data.subarray(first, last) },
  };
}

export function countPresent(presence: Uint8Array, from: number, to: number): number {
  let count = 0;
  for (let row = from; row < to; row++) count += presence[row] as number;
  return count;
}
