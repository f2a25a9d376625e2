import { type ColumnBatch, type Leaf, rowHeaderBytes } from '../../features/index.js';
import { ExampleParser } from '../example/example-parser.js';
import { ColumnStore } from './column-store.js';
import { gatherLeaf } from './row-gather.js';

/** Gathers examples into columns, from rows or from tf.Examples. */
export interface ColumnBuilder {
  /** Examples so far. */
  readonly rows: number;
  /** Bytes of the columns so far: what bounds a batch. */
  readonly bytes: number;
  /** Appends the compact row that starts at `rowOffset`; `view` is over the same bytes as `bytes`. */
  appendRow(view: DataView, bytes: Uint8Array, rowOffset: number): void;
  /** Appends the rows that start at `rowOffsets[from .. to)`: faster than one by one, and in any order. */
  appendRows(view: DataView, bytes: Uint8Array, rowOffsets: Uint32Array, from: number, to: number): void;
  /**
   * Appends the tf.Example in `bytes[from .. to)`. Its keys may come in any order, and those of no leaf are ignored.
   *
   * @throws DatasetsError `DATA_CORRUPT`, naming the key, for one that is missing or does not fit its leaf; the builder must be reset then.
   */
  appendExample(bytes: Uint8Array, from: number, to: number): void;
  /** The examples so far, over the builder's own memory: valid until the next call that appends or resets. */
  finish(): ColumnBatch;
  /** Starts a new batch in the same memory. */
  reset(): void;
}

/**
 * Creates a builder of column batches.
 *
 * @param leaves In the order of `compareLeaves`. For `appendExample` they may be some of a file's leaves.
 * @example
 * const builder = createColumnBuilder(leavesOf(schema));
 * for await (const block of readTFRecords(chunks, { file })) {
 *   for (let i = 0; i < block.count; i++) builder.appendExample(block.bytes, block.starts[i], block.ends[i]);
 * }
 * const batch = builder.finish();
 */
export function createColumnBuilder(leaves: readonly Leaf[]): ColumnBuilder {
  return new StoreColumnBuilder(leaves);
}

/** Rows gathered at a time: their bytes stay in the cache while leaf after leaf is read from them. */
const blockRows = 512;

class StoreColumnBuilder implements ColumnBuilder {
  readonly #leaves: readonly Leaf[];
  readonly #stores: readonly ColumnStore[];
  readonly #cursors = new Uint32Array(blockRows);
  #parser: ExampleParser | undefined;
  #rows = 0;

  constructor(leaves: readonly Leaf[]) {
    this.#leaves = leaves;
    this.#stores = leaves.map((leaf) => new ColumnStore(leaf));
  }

  get rows(): number {
    return this.#rows;
  }

  get bytes(): number {
    return this.#stores.reduce((sum, store) => sum + store.bytes, 0);
  }

  appendRow(view: DataView, bytes: Uint8Array, rowOffset: number): void {
    this.#cursors[0] = rowOffset + rowHeaderBytes;
    this.#gather(view, bytes, 1);
  }

  appendRows(view: DataView, bytes: Uint8Array, rowOffsets: Uint32Array, from: number, to: number): void {
    const cursors = this.#cursors;
    for (let block = from; block < to; block += blockRows) {
      const count = Math.min(blockRows, to - block);
      for (let i = 0; i < count; i++) cursors[i] = (rowOffsets[block + i] as number) + rowHeaderBytes;
      this.#gather(view, bytes, count);
    }
  }

  appendExample(bytes: Uint8Array, from: number, to: number): void {
    this.#parser ??= new ExampleParser(this.#leaves, this.#stores);
    this.#parser.append(bytes, from, to);
    this.#rows++;
  }

  finish(): ColumnBatch {
    return { rows: this.#rows, columns: this.#stores.map((store) => store.finished()) };
  }

  reset(): void {
    for (const store of this.#stores) store.clear();
    this.#rows = 0;
  }

  #gather(view: DataView, bytes: Uint8Array, count: number): void {
    const stores = this.#stores;
    for (let i = 0; i < stores.length; i++) gatherLeaf(stores[i] as ColumnStore, view, bytes, this.#cursors, count);
    this.#rows += count;
  }
}
