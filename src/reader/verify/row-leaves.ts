import { type Column, type ColumnBatch, itemSize } from '../../features/index.js';

/**
 * Writes the leaves of a row of columns as they lie in a compact row (features/row-layout.ts): what a record's digest is made of.
 *
 * `words` holds the leaves of the last row, padded with zeros to whole words. Rows are written one after the other, in any batch.
 */
export class RowLeaves {
  words = new Int32Array(1024);
  #bytes = new Uint8Array(this.words.buffer);
  #view = new DataView(this.words.buffer);
  #used = 0;

  /** @returns how many words the row has. */
  write(batch: ColumnBatch, row: number): number {
    this.#used = 0;
    for (const column of batch.columns) this.#writeColumn(column, row);
    const words = (this.#used + 3) >>> 2;
    this.#reserve(3);
    this.#bytes.fill(0, this.#used, words * 4);
    return words;
  }

  #writeColumn(column: Column, row: number): void {
    let from = row;
    let to = row + 1;
    if (column.presence !== undefined) {
      const present = column.presence[row] as number;
      this.#reserve(1);
      this.#bytes[this.#used++] = present;
      if (present === 0) return;
      // Absent rows have no item, so that items are counted by the present ones.
      from = presentBefore(column, row);
      to = from + 1;
    }
    for (const offsets of column.sequenceOffsets) {
      this.#writeLengths(offsets, from, to);
      from = offsets[from] as number;
      to = offsets[to] as number;
    }
    if (column.itemOffsets === undefined) {
      const size = itemSize(column.leaf) ?? 1;
      this.#writeValues(column, from * size, to * size);
    } else {
      this.#writeLengths(column.itemOffsets, from, to);
      this.#writeValues(column, column.itemOffsets[from] as number, column.itemOffsets[to] as number);
    }
  }

  #writeValues({ values }: Column, from: number, to: number): void {
    if (values.kind === 'numeric') {
      const { data } = values;
      const width = data.BYTES_PER_ELEMENT;
      this.#writeBytes(new Uint8Array(data.buffer, data.byteOffset + from * width, (to - from) * width));
      return;
    }
    this.#writeLengths(values.offsets, from, to);
    this.#writeBytes(values.bytes.subarray(values.offsets[from], values.offsets[to]));
  }

  #writeLengths(offsets: Int32Array, from: number, to: number): void {
    this.#reserve((to - from) * 4);
    for (let i = from; i < to; i++) {
      this.#view.setUint32(this.#used, (offsets[i + 1] as number) - (offsets[i] as number), true);
      this.#used += 4;
    }
  }

  #writeBytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  #reserve(extra: number): void {
    const needed = this.#used + extra + 4;
    if (needed <= this.#bytes.length) return;
    const larger = new Int32Array(Math.ceil(needed / 2));
    this.words = larger;
    const bytes = new Uint8Array(larger.buffer);
    bytes.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = bytes;
    this.#view = new DataView(larger.buffer);
  }
}

/** Where the counting of a column's present rows has got to: rows are asked for in order, so counting anew would be quadratic. */
const counted = new WeakMap<Column, { row: number; present: number }>();

function presentBefore(column: Column, row: number): number {
  const state = counted.get(column) ?? { row: 0, present: 0 };
  if (state.row > row) Object.assign(state, { row: 0, present: 0 });
  for (; state.row < row; state.row++) state.present += column.presence?.[state.row] ?? 0;
  counted.set(column, state);
  return state.present;
}
