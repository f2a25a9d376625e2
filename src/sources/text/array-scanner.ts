/** Where an item of an array begins: lines and columns are counted from 1, columns in UTF-16 units as everywhere, items from 0. */
export interface ItemStart {
  readonly line: number;
  readonly column: number;
  readonly item: number;
}

const quote = 0x22;
const comma = 0x2c;
const backslash = 0x5c;
const lineFeed = 0x0a;

/**
 * Finds where the items of a JSON array begin, without parsing any: brackets are counted outside of strings, whatever they are. In a text that is no JSON the places may be wrong, but
 * then what lies between them is no JSON either. Takes about 1.5 ns a byte.
 */
export class ArrayScanner {
  #depth: number;
  #isInString = false;
  #isEscaped = false;
  #line: number;
  /** UTF-16 units of the line that lie before the block. */
  #unitsBefore: number;
  #item: number;

  /** Index in the block, after the last scan: of the last comma between items, and of the bracket that closes the array; -1 where there is none. */
  comma = -1;
  closing = -1;
  /** The item behind `comma`. */
  next: ItemStart;

  /** @param start the item that the first block begins with; undefined for the start of a file, which must begin with the array's bracket. */
  constructor(start: ItemStart | undefined) {
    this.next = start ?? { line: 1, column: 1, item: 0 };
    this.#depth = start === undefined ? 0 : 1;
    this.#line = this.next.line;
    this.#unitsBefore = this.next.column - 1;
    this.#item = this.next.item;
  }

  /** The array's bracket has come, or the scan begins inside of it. */
  get isOpen(): boolean {
    return this.#depth > 0 || this.closing >= 0;
  }

  /** Where the scan stands. */
  get position(): ItemStart {
    return { line: this.#line, column: this.#unitsBefore + 1, item: this.#item };
  }

  /**
   * Scans a block from `from` on: to its end, to the array's end, or behind the first comma between items at or after `enough`.
   *
   * @returns where it stopped
   */
  scan(block: Uint8Array, from: number, enough = Number.POSITIVE_INFINITY): number {
    this.comma = -1;
    this.closing = -1;
    let depth = this.#depth;
    let inString = this.#isInString;
    let at = from;
    /** Bytes of the line that are no UTF-16 unit of their own. */
    let surplus = 0;
    let lineStart = from;
    if (this.#isEscaped && at < block.length) at++;
    this.#isEscaped = false;
    for (; at < block.length; at++) {
      const byte = block[at] as number;
      if (byte >= 0x80) {
        // A character of four bytes is two units; of two and three bytes one.
        if (byte < 0xc0) surplus++;
        else if (byte >= 0xf0) surplus--;
      } else if (inString) {
        if (byte === backslash) {
          at++;
          this.#isEscaped = at === block.length;
        } else if (byte === quote) inString = false;
      } else if (byte === quote) inString = true;
      else if (byte === 0x7b || byte === 0x5b) depth++;
      else if (byte === 0x7d || byte === 0x5d) {
        depth--;
        if (depth === 0) {
          this.closing = at;
          break;
        }
      } else if (byte === comma && depth === 1) {
        this.comma = at;
        this.#item++;
        this.next = { line: this.#line, column: this.#unitsBefore + at + 2 - lineStart - surplus, item: this.#item };
        if (at >= enough) {
          at++;
          break;
        }
      } else if (byte === lineFeed) {
        this.#line++;
        this.#unitsBefore = 0;
        lineStart = at + 1;
        surplus = 0;
      }
    }
    const stopped = Math.min(at, block.length);
    this.#unitsBefore += stopped - lineStart - surplus;
    this.#depth = depth;
    this.#isInString = inString;
    return stopped;
  }
}
