import { type CellColumn, cellTags } from '../../features/index.js';
import { NumberParser } from '../columns/parse-number.js';
import { SideBuffer } from '../columns/side-buffer.js';
import { BytePattern } from './byte-pattern.js';
import { unescapeJson } from './json-escapes.js';

const quote = 0x22;
const comma = 0x2c;
const minus = 0x2d;
const zero = 0x30;
const nine = 0x39;
const colon = 0x3a;
const openingBracket = 0x5b;
const backslash = 0x5c;
const closingBracket = 0x5d;
const openingBrace = 0x7b;
const closingBrace = 0x7d;
const space = 0x20;

const words: readonly (readonly [BytePattern, number])[] = [
  [new BytePattern(Buffer.from('null')), cellTags.null],
  [new BytePattern(Buffer.from('true')), cellTags.true],
  [new BytePattern(Buffer.from('false')), cellTags.false],
];

/** Longer numbers are the elements' parser's. */
const mostNumberBytes = 100;

/** And so are values that are nested deeper: this one calls itself. */
const mostDepth = 64;

/**
 * Parses values of JSON from bytes into cells. Gives up at what is malformed and at what has no cell: an object or array that was asked for, an integer beyond 2^53, half a character.
 */
export class JsonValues {
  /** Where texts go that had escapes. */
  readonly side = new SideBuffer();
  readonly #numbers = new NumberParser('json');

  /**
   * Takes the value at `at`; returns where what follows it begins, or -1.
   *
   * @param column undefined for a value that nobody asked for: it is checked all the same
   */
  take(bytes: Buffer, view: DataView, at: number, column: CellColumn | undefined, row: number): number {
    const first = at < bytes.length ? (bytes[at] as number) : 0;
    if (first === quote) return this.#string(bytes, view, at + 1, column, row);
    if ((first >= zero && first <= nine) || first === minus) return this.#number(bytes, at, column, row);
    if (first !== openingBrace && first !== openingBracket) return word(view, at, column, row);
    return column === undefined ? this.#nested(bytes, view, at, 1) : -1;
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

  /** Checks the object or array at `from`; returns where what follows it begins, or -1. */
  #nested(bytes: Buffer, view: DataView, from: number, depth: number): number {
    if (depth > mostDepth) return -1;
    const isObject = bytes[from] === openingBrace;
    const closing = isObject ? closingBrace : closingBracket;
    let at = skipSpace(bytes, from + 1);
    if (bytes[at] === closing) return at + 1;
    for (;;) {
      if (isObject) at = this.#name(bytes, view, at);
      if (at < 0) return -1;
      const isNested = bytes[at] === openingBrace || bytes[at] === openingBracket;
      at = isNested ? this.#nested(bytes, view, at, depth + 1) : this.take(bytes, view, at, undefined, 0);
      if (at < 0) return -1;
      at = skipSpace(bytes, at);
      if (bytes[at] === closing) return at + 1;
      if (bytes[at] !== comma) return -1;
      at = skipSpace(bytes, at + 1);
    }
  }

  /** Checks the name at `from`; returns where its value begins, or -1. */
  #name(bytes: Buffer, view: DataView, from: number): number {
    if (bytes[from] !== quote) return -1;
    const end = this.#string(bytes, view, from + 1, undefined, 0);
    if (end < 0) return -1;
    const at = skipSpace(bytes, end);
    return bytes[at] === colon ? skipSpace(bytes, at + 1) : -1;
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

/** Over what JSON has for space but line feeds, which end the line. */
function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes[at] === space || bytes[at] === 0x09 || bytes[at] === 0x0d) at++;
  return at;
}

/**
 * Where a string goes on with a quote, a backslash or a control character (or where the bytes end): four bytes at a time, of which those are found whose highest bit is clear and would be borrowed, or is set, by what
 * is taken from them. A borrow reaches only bytes behind the one that counts.
 */
export function plainEnd(bytes: Uint8Array, view: DataView, from: number): number {
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
