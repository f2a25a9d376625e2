import { isUtf8 } from 'node:buffer';
import type { CellColumn } from '../../features/index.js';
import type { SourceBatch } from '../source.js';
import type { ChunkParser, TextChunk } from '../text/text-chunks.js';
import { type RowBatch, withoutFirst } from './column-batch.js';
import type { SideBuffer } from './side-buffer.js';

/** Parses whole records from bytes into cells. */
export interface CellParser {
  readonly side: SideBuffer;
  /** The number of rows in `bytes`, which are UTF-8, or -1 where they have to be parsed as elements. */
  parse(bytes: Buffer): number;
}

/** A parser of cells, and those of its columns that were asked for, in order. */
export interface OpenedCells {
  readonly parser: CellParser;
  readonly chosen: readonly CellColumn[];
}

/** Opens a parser as soon as the columns are known: by what was read as elements, or by the chunk that comes next. */
export type OpenCells = (bytes: Buffer) => OpenedCells | undefined;

/** A file in which so many chunks one after the other were no cells is read as elements from there on. */
const mostFailures = 8;

/**
 * Parses chunks into cells, and those that are not beyond doubt into elements.
 *
 */
export class ColumnParser<T> implements ChunkParser<RowBatch<T>> {
  readonly #elements: ChunkParser<SourceBatch<T>>;
  readonly #openCells: OpenCells;
  #cells: OpenedCells | undefined;
  #failures = 0;

  /**
   * @param elements parses every chunk right, with errors that say where
   * @param openCells called before each chunk until it gives a parser
   */
  constructor(elements: ChunkParser<SourceBatch<T>>, openCells: OpenCells) {
    this.#elements = elements;
    this.#openCells = openCells;
  }

  *parse(chunk: TextChunk): Generator<RowBatch<T>, void, undefined> {
    const rows = this.#failures < mostFailures ? this.#rowsOf(chunk) : -1;
    if (rows < 0 || this.#cells === undefined) {
      yield* this.#elements.parse(chunk);
      return;
    }
    const { parser, chosen } = this.#cells;
    const { bytes } = chunk;
    const elements = this.#elements;
    const elementsFrom = (row: number) => withoutFirst(elements.parse(chunk), row);
    yield { rows, columns: chosen, bytes, side: parser.side.bytes, elementsFrom };
  }

  finish(): void {
    this.#elements.finish?.();
  }

  #rowsOf({ bytes }: TextChunk): number {
    this.#cells ??= this.#openCells(bytes);
    const cells = this.#cells;
    const rows = cells !== undefined && isUtf8(bytes) ? cells.parser.parse(bytes) : -1;
    this.#failures = rows < 0 ? this.#failures + 1 : 0;
    return rows;
  }
}
