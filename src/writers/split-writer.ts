import { DatasetsError } from '../core/errors/index.js';
import {
  type AnyFeature,
  type CellBatch,
  type CellColumn,
  type CellEncoder,
  cellTags,
  createCellEncoder,
  createRowEncoder,
  finishRow,
  finishRowWithText,
  type RowArena,
  type RowEncoder,
} from '../features/index.js';
import type { Key } from '../pipeline/index.js';
import type { RunSummary } from './contract.js';
import { keyBytes, keyText } from './key-bytes.js';
import { RowSpill, type RowSpillOptions } from './row-spill.js';
import { showKey } from './show-key.js';

export interface SplitWriterOptions extends RowSpillOptions {
  readonly schema: AnyFeature;
  /** Shows keys as a hash prefix in messages. */
  readonly privateKeys?: boolean;
  /** What is hashed and kept in place of a key: its pseudonym. */
  readonly replaceKey?: ((key: Key) => Key) | undefined;
}

/**
 * Phase 1 of writing a split: takes the examples of one source shard and spills them as rows, scattered by the hash of their keys.
 *
 * One for each pair of split and source task. Arenas are pooled in the thread.
 *
 * @example
 * const writer = new SplitWriter({ split: 'train', schema, file: join(work, 'train-0.rows'), sourceShard: shard.id });
 * for (const [key, example] of pairs) writer.add(key, example);
 * const run = writer.finish();
 */
export class SplitWriter {
  /**
   * There only where the schema has values that can't be encoded at once (pixels for JPEG): gives the example that `add` takes. Many may be
   * prepared at a time; the order of `add` decides.
   */
  readonly prepare: ((key: Key, example: unknown) => Promise<unknown>) | undefined;
  readonly #options: SplitWriterOptions;
  readonly #encoder: RowEncoder;
  /** Made when somebody has cells. */
  #cells: CellEncoder | undefined;
  readonly #spill: RowSpill;
  readonly #replaceKey: ((key: Key) => Key) | undefined;

  constructor(options: SplitWriterOptions) {
    this.#options = options;
    this.#replaceKey = options.replaceKey;
    this.#encoder = createRowEncoder(options.schema);
    this.#spill = new RowSpill(options);
    const { prepare } = this.#encoder;
    this.prepare = prepare === undefined ? undefined : (key, example) => this.#prepare(prepare, key, example);
  }

  /** The schema's fields, in the order in which `addCells` takes their columns; undefined where it takes none. */
  get cellFields(): readonly string[] | undefined {
    if (this.#replaceKey === undefined) this.#cells ??= createCellEncoder(this.#options.schema);
    return this.#cells?.fields;
  }

  /** Examples so far. */
  get examples(): number {
    return this.#spill.rows;
  }

  /**
   * Adds one example.
   *
   * @throws DatasetsError EXAMPLE_INVALID or KEY_INVALID, with the split and the key; STORAGE_FULL or STORAGE_FAILED. After an invalid example the
   * writer is as it was before it.
   */
  add(key: Key, example: unknown): void {
    const spill = this.#spill;
    const { arena } = spill;
    const start = arena.position;
    try {
      this.#encoder.encode(example, arena);
      finishRow(
        arena,
        start,
        spill.ordinal,
        normalisedKey(this.#replaceKey === undefined ? key : this.#replaceKey(key)),
      );
    } catch (error) {
      arena.position = start;
      throw this.#located(error, key);
    }
    spill.added(start);
  }

  /**
   * Adds the rows `from .. to` of cells.
   *
   * @param columns in the order of `cellFields`
   * @returns the first row that it didn't take, because something about it is wrong or out of the ordinary: `add` tells; else `to`
   * @throws DatasetsError STORAGE_FULL or STORAGE_FAILED
   */
  addCells(batch: CellBatch, key: CellColumn, columns: readonly CellColumn[], from: number, to: number): number {
    const encoder = this.#cells;
    if (encoder === undefined) return from;
    const spill = this.#spill;
    for (let row = from; row < to; row++) {
      const { arena } = spill;
      const start = arena.position;
      if (!encoder.encode(batch, columns, row, arena)) return row;
      if (!finishWithCell(arena, start, spill.ordinal, batch, key, row)) {
        arena.position = start;
        return row;
      }
      spill.added(start);
    }
    return to;
  }

  async #prepare(prepare: (example: unknown) => Promise<unknown>, key: Key, example: unknown): Promise<unknown> {
    try {
      return await prepare(example);
    } catch (error) {
      throw this.#located(error, key);
    }
  }

  /** Writes what is left and closes the spill file. */
  finish(): RunSummary {
    return this.#spill.finish();
  }

  /** Closes and removes the spill file. */
  abort(): void {
    this.#spill.abort();
  }

  /** The same error, saying of which example. */
  #located(error: unknown, key: Key): unknown {
    if (!(error instanceof DatasetsError)) return error;
    const { split, privateKeys = false } = this.#options;
    const shownKey = error.code === 'KEY_INVALID' ? undefined : showKey(split, keyBytes(key), privateKeys);
    const where = shownKey === undefined ? `split '${split}'` : `split '${split}', key ${shownKey}`;
    return new DatasetsError(error.code, `${where}: ${error.message}`, {
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      cause: error,
      at: { ...error.at, split, ...(shownKey === undefined ? {} : { key: shownKey }) },
    });
  }
}

/** What `finishRow` is to write: it takes text as it is, and the hash is over text with `/` for `\`. */
function normalisedKey(key: Key): Key {
  if (typeof key === 'number' && Number.isSafeInteger(key)) return key;
  return key instanceof Uint8Array ? key : keyText(key);
}

const backslash = 0x5c;

/** Completes a row with a key that is text or a whole number; false where it is neither, or is hashed otherwise than it stands there. */
function finishWithCell(
  arena: RowArena,
  start: number,
  ordinal: number,
  batch: CellBatch,
  { tags, numbers, starts, ends }: CellColumn,
  row: number,
): boolean {
  const tag = tags[row] as number;
  if (tag === cellTags.number || tag === cellTags.wide) {
    const key = numbers[row] as number;
    if (!Number.isSafeInteger(key)) return false;
    finishRow(arena, start, ordinal, key);
    return true;
  }
  if (tag !== cellTags.text && tag !== cellTags.sideText) return false;
  const source = tag === cellTags.text ? batch.bytes : batch.side;
  const from = starts[row] as number;
  const to = ends[row] as number;
  for (let at = from; at < to; at++) if (source[at] === backslash) return false;
  finishRowWithText(arena, start, ordinal, source, from, to);
  return true;
}
