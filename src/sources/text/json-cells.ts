import { CellColumn, cellTags } from '../../features/index.js';
import type { CellParser } from '../columns/column-parser.js';
import { lineEndAt } from '../columns/line-end.js';
import { NumberParser } from '../columns/parse-number.js';
import { SideBuffer } from '../columns/side-buffer.js';
import { BytePattern } from './byte-pattern.js';
import { unescapeJson } from './json-escapes.js';
import type { JsonShape } from './json-shape.js';

const quote = 0x22;
const minus = 0x2d;
const zero = 0x30;
const nine = 0x39;
const backslash = 0x5c;
const space = 0x20;

const words: readonly (readonly [BytePattern, number])[] = [
  [new BytePattern(Buffer.from('null')), cellTags.null],
  [new BytePattern(Buffer.from('true')), cellTags.true],
  [new BytePattern(Buffer.from('false')), cellTags.false],
];

/** Longer numbers are the elements' parser's. */
const mostNumberBytes = 100;

interface MemberPlan {
  readonly before: BytePattern;
  /** Where its values go; undefined for one that nobody asked for. */
  readonly column: CellColumn | undefined;
}

/**
 * Parses lines of JSON from bytes into cells where each is written as the first line was: the same names in the same order, with the same spaces. Gives up at anything else, and at what has no cell: an object or
 * array in the object, an integer beyond 2^53, half a character. The chunk then goes the way of `parseJson`, whose rules these are.
 */
export class JsonCells implements CellParser {
  readonly columns: readonly CellColumn[];
  readonly side = new SideBuffer();
  readonly #members: readonly MemberPlan[];
  readonly #after: BytePattern;
  readonly #numbers = new NumberParser('json');

  /** @param names those that are asked for, in the order of `columns`; the shape has them all */
  constructor(shape: JsonShape, names: readonly string[]) {
    this.columns = names.map(() => new CellColumn());
    this.#members = shape.members.map(({ name, before }) => ({
      before: new BytePattern(before),
      column: this.columns[names.indexOf(name)],
    }));
    this.#after = new BytePattern(shape.after);
  }

  parse(bytes: Buffer): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.side.used = 0;
    let row = 0;
    for (let at = 0; at < bytes.length; ) {
      const blank = lineEndAt(bytes, at);
      if (blank > 0) {
        at += blank;
        continue;
      }
      if (row === this.#capacity) for (const column of this.columns) column.grow();
      at = this.#line(bytes, view, at, row);
      if (at < 0) return -1;
      row++;
    }
    return row;
  }

  get #capacity(): number {
    return this.columns[0]?.capacity ?? Number.POSITIVE_INFINITY;
  }

  /** Returns where the next line begins, or -1. */
  #line(bytes: Buffer, view: DataView, start: number, row: number): number {
    const members = this.#members;
    let at = start;
    for (let i = 0; i < members.length; i++) {
      const { before, column } = members[i] as MemberPlan;
      if (!before.isAt(view, at)) return -1;
      at += before.length;
      const first = at < bytes.length ? (bytes[at] as number) : 0;
      if (first === quote) at = this.#string(bytes, view, at + 1, column, row);
      else if ((first >= zero && first <= nine) || first === minus) at = this.#number(bytes, at, column, row);
      else at = word(view, at, column, row);
      if (at < 0) return -1;
    }
    if (!this.#after.isAt(view, at)) return -1;
    at += this.#after.length;
    if (at === bytes.length) return at;
    const end = lineEndAt(bytes, at);
    return end > 0 ? at + end : -1;
  }

  /** Takes the string whose inside begins at `from`; returns where what follows it begins, or -1. */
  #string(bytes: Buffer, view: DataView, from: number, column: CellColumn | undefined, row: number): number {
    let end = plainEnd(bytes, view, from);
    const isPlain = bytes[end] === quote;
    while (bytes[end] === backslash) end = plainEnd(bytes, view, end + 2);
    if (bytes[end] !== quote) return -1;
    if (!isPlain) return this.#unescape(bytes, from, end, column, row) ? end + 1 : -1;
    if (column !== undefined) {
      column.tags[row] = cellTags.text;
      column.starts[row] = from;
      column.ends[row] = end;
    }
    return end + 1;
  }

  #unescape(bytes: Buffer, from: number, to: number, column: CellColumn | undefined, row: number): boolean {
    const { side } = this;
    const start = side.used;
    if (!unescapeJson(bytes, from, to, side)) return false;
    if (column === undefined) side.used = start;
    else {
      column.tags[row] = cellTags.sideText;
      column.starts[row] = start;
      column.ends[row] = side.used;
    }
    return true;
  }

  #number(bytes: Buffer, from: number, column: CellColumn | undefined, row: number): number {
    const value = this.#numbers.parse(bytes, from, bytes.length);
    const { end } = this.#numbers;
    if (Number.isNaN(value) || end - from > mostNumberBytes) return -1;
    const isUnsafe = value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER;
    if (isUnsafe && !/[.eE]/.test(bytes.toString('latin1', from, end))) return -1;
    if (column !== undefined) {
      column.tags[row] = cellTags.number;
      column.numbers[row] = value;
    }
    return end;
  }
}

function word(view: DataView, at: number, column: CellColumn | undefined, row: number): number {
  for (const [pattern, tag] of words) {
    if (!pattern.isAt(view, at)) continue;
    if (column !== undefined) column.tags[row] = tag;
    return at + pattern.length;
  }
  return -1;
}

/**
 * Where a string goes on with a quote, a backslash or a control character (or where the bytes end): four bytes at a time, of which those are found whose highest bit is clear and would be borrowed, or is set, by what
 * is taken from them. A borrow reaches only bytes behind the one that counts.
 */
function plainEnd(bytes: Uint8Array, view: DataView, from: number): number {
  const { length } = bytes;
  let at = from;
  for (; at + 4 <= length; at += 4) {
    const four = view.getInt32(at, true);
    const isQuote = (four ^ 0x22222222) - 0x01010101;
    const isBackslash = (four ^ 0x5c5c5c5c) - 0x01010101;
    const found = (isQuote | isBackslash | (four - 0x20202020)) & ~four & 0x80808080;
    if (found !== 0) return at + ((31 - Math.clz32(found & -found)) >> 3);
  }
  for (; at < length; at++) {
    const byte = bytes[at] as number;
    if (byte === quote || byte === backslash || byte < space) break;
  }
  return at;
}
