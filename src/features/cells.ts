/**
 * What a cell holds: a number, `wide` where elements hold it as a bigint; `missing` where they hold nothing, not even null. Text lies in the batch's `bytes`, or where it had to be decoded in its `side`.
 */
export const cellTags = { null: 0, number: 1, wide: 2, text: 3, sideText: 4, false: 5, true: 6, missing: 7 } as const;

const firstRows = 256;

/** The cells of one column of a batch, row by row. Arrays are reused, and may be longer than the batch. */
export class CellColumn {
  /** One of `cellTags`. */
  tags = new Uint8Array(firstRows);
  /** The value of a number: any double but for integers beyond 2^53, of which a batch holds none. */
  numbers = new Float64Array(firstRows);
  /** Where a text's UTF-8 begins and ends, in bytes. */
  starts = new Uint32Array(firstRows);
  ends = new Uint32Array(firstRows);

  /** How many rows there is room for. */
  get capacity(): number {
    return this.tags.length;
  }

  /** Makes room for twice as many rows. */
  grow(): void {
    const rows = 2 * this.capacity;
    const { tags, numbers, starts, ends } = this;
    this.tags = new Uint8Array(rows);
    this.numbers = new Float64Array(rows);
    this.starts = new Uint32Array(rows);
    this.ends = new Uint32Array(rows);
    this.tags.set(tags);
    this.numbers.set(numbers);
    this.starts.set(starts);
    this.ends.set(ends);
  }
}

/**
 * Rows as a parser finds them in bytes: cells by column, with no object or string made of any. What takes no code of the author's is encoded from here at a third of the
 * cost. Valid until the next one is asked for.
 */
export interface CellBatch {
  readonly rows: number;
  readonly columns: readonly CellColumn[];
  readonly bytes: Uint8Array;
  readonly side: Uint8Array;
}

/** What an element has in a cell's place. */
export function cellValue(batch: CellBatch, { tags, numbers, starts, ends }: CellColumn, row: number): unknown {
  switch (tags[row]) {
    case cellTags.number:
      return numbers[row];
    case cellTags.wide:
      return BigInt(numbers[row] as number);
    case cellTags.text:
      return textOf(batch.bytes, starts[row] as number, ends[row] as number);
    case cellTags.sideText:
      return textOf(batch.side, starts[row] as number, ends[row] as number);
    case cellTags.false:
      return false;
    case cellTags.true:
      return true;
    case cellTags.missing:
      return undefined;
    default:
      return null;
  }
}

function textOf({ buffer, byteOffset }: Uint8Array, from: number, to: number): string {
  return Buffer.from(buffer, byteOffset + from, to - from).toString('utf8');
}
