import { CellColumn, cellTags } from '../../features/index.js';
import { lineEndAt } from '../columns/line-end.js';
import { NumberParser } from '../columns/parse-number.js';
import { SideBuffer } from '../columns/side-buffer.js';
import type { CsvType, CsvTypes } from './csv-types.js';
import type { Dialect } from './dialect.js';
import { type FieldParser, fieldParser, narrowIntegers, notOfType, partsOfType } from './field-parser.js';

const quote = 0x22;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const minus = 0x2d;
const plus = 0x2b;
const zero = 0x30;

/** How the fields of a column are read. */
const kinds = { skipped: 0, text: 1, narrow: 2, wide: 3, float: 4, bool: 5 } as const;

interface ColumnPlan {
  readonly kind: number;
  readonly nullable: boolean;
  readonly minimum: number;
  readonly maximum: number;
  readonly parse: FieldParser | undefined;
  /** Index in `columns`. */
  readonly target: number;
}

/** More decimal digits than these may not fit the type, or not be exact. */
const narrowDigits = 15;
const wideDigits = 16;
/** Digits of which every number is an int32. */
const wordDigits = 9;

/**
 * Parses records of CSV from bytes into cells, 150 ns a record of 8 fields where strings and objects take 700. It takes only what is beyond doubt, and gives up at anything else: a
 * malformed record, a value that is not of its type, an integer beyond 2^53. The chunk then goes the way of `CsvParser`, whose rules these are.
 */
export class CsvCells {
  /** The wanted columns, in their order. */
  readonly columns: readonly CellColumn[];
  readonly side = new SideBuffer();
  readonly #plans: readonly ColumnPlan[];
  readonly #delimiter: number;
  /** Four of them. */
  readonly #delimiters: number;
  readonly #quoted: boolean;
  readonly #numbers = new NumberParser();
  /** Of the bytes that are parsed. */
  #view: DataView = new DataView(new ArrayBuffer(0));
  /** Whether quotes are doubled in the quoted field that was found last. */
  #doubled = false;

  /**
   * @param header the columns of the file
   * @param wanted those that are read, and checked
   */
  constructor(header: readonly string[], wanted: readonly string[], types: CsvTypes, dialect: Dialect) {
    this.columns = wanted.map(() => new CellColumn());
    this.#plans = header.map((name) =>
      planOf(Object.hasOwn(types, name) ? (types[name] ?? 'string') : 'string', wanted.indexOf(name)),
    );
    this.#delimiter = dialect.delimiter.charCodeAt(0);
    this.#delimiters = Math.imul(this.#delimiter, 0x01010101);
    this.#quoted = dialect.quoted;
  }

  /** The number of rows in `bytes`, which are UTF-8, or -1 where they have to be parsed the other way. */
  parse(bytes: Buffer): number {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.side.used = 0;
    let row = 0;
    for (let at = 0; at < bytes.length; ) {
      const blank = lineEndAt(bytes, at);
      if (blank > 0) {
        at += blank;
        continue;
      }
      if (row === this.#capacity) for (const column of this.columns) column.grow();
      at = this.#record(bytes, at, row);
      if (at < 0) return -1;
      row++;
    }
    return row;
  }

  get #capacity(): number {
    return this.columns[0]?.capacity ?? Number.POSITIVE_INFINITY;
  }

  /** Returns where the next record begins, or -1. */
  #record(bytes: Buffer, start: number, row: number): number {
    const plans = this.#plans;
    const last = plans.length - 1;
    let at = start;
    for (let i = 0; i <= last; i++) {
      const plan = plans[i] as ColumnPlan;
      if (this.#quoted && bytes[at] === quote) at = this.#quotedField(bytes, at, plan, row);
      else if (plan.kind === kinds.narrow || plan.kind === kinds.wide) at = this.#integer(bytes, at, plan, row);
      else if (plan.kind === kinds.float) at = this.#float(bytes, at, plan, row);
      else at = this.#plainField(bytes, at, plan, row);
      if (at < 0) return -1;
      if (i === last) break;
      if (at >= bytes.length || bytes[at] !== this.#delimiter) return -1;
      at++;
    }
    if (at === bytes.length) return at;
    const end = lineEndAt(bytes, at);
    return end > 0 ? at + end : -1;
  }

  /** Returns where the field ends, or -1; an integer with a sign and some digits is looked at once. */
  #integer(bytes: Buffer, start: number, plan: ColumnPlan, row: number): number {
    const { length } = bytes;
    const first = start < length ? (bytes[start] as number) : 0;
    const digits = first === minus || first === plus ? start + 1 : start;
    const stop = Math.min(length, digits + wordDigits);
    let word = 0;
    let at = digits;
    for (; at < stop; at++) {
      const digit = (bytes[at] as number) - zero;
      if (digit < 0 || digit > 9) break;
      word = (Math.imul(word, 10) + digit) | 0;
    }
    let value = word;
    if (at === digits + wordDigits) {
      for (; at < length; at++) {
        const digit = (bytes[at] as number) - zero;
        if (digit < 0 || digit > 9) break;
        value = value * 10 + digit;
      }
    }
    if (at === start) return this.#empty(plan, row) ? at : -1;
    if (at === digits || at - digits > (plan.kind === kinds.wide ? wideDigits : narrowDigits)) return -1;
    if (first === minus) value = 0 - value;
    if (value < plan.minimum || value > plan.maximum) return -1;
    const column = this.columns[plan.target] as CellColumn;
    column.tags[row] = plan.kind === kinds.wide ? cellTags.wide : cellTags.number;
    column.numbers[row] = value;
    return at;
  }

  /** The same for a float; nan, inf and what is nothing of the kind are left to the parser of strings. */
  #float(bytes: Buffer, start: number, plan: ColumnPlan, row: number): number {
    const value = this.#numbers.parse(bytes, start, bytes.length);
    if (Number.isNaN(value)) return this.#plainField(bytes, start, plan, row);
    const column = this.columns[plan.target] as CellColumn;
    column.tags[row] = cellTags.number;
    column.numbers[row] = value;
    return this.#numbers.end;
  }

  #plainField(bytes: Buffer, start: number, plan: ColumnPlan, row: number): number {
    const { length } = bytes;
    const view = this.#view;
    const delimiters = this.#delimiters;
    // Four bytes at a time up to a delimiter, a quote or a control character: see `plainEnd` of JSON's cells.
    let at = start;
    for (; at + 4 <= length; at += 4) {
      const four = view.getInt32(at, true);
      const isDelimiter = (four ^ delimiters) - 0x01010101;
      const isQuote = (four ^ 0x22222222) - 0x01010101;
      const found = (isDelimiter | isQuote | (four - 0x20202020)) & ~four & 0x80808080;
      if (found === 0) continue;
      at += (31 - Math.clz32(found & -found)) >> 3;
      break;
    }
    const delimiter = this.#delimiter;
    for (; at < length; at++) {
      const byte = bytes[at] as number;
      if (byte === delimiter || byte === lineFeed || byte === carriageReturn) break;
      if (byte === quote && this.#quoted) return -1;
    }
    return this.#cell(bytes, start, at, plan, row) ? at : -1;
  }

  #quotedField(bytes: Buffer, open: number, plan: ColumnPlan, row: number): number {
    const close = this.#closingQuote(bytes, open + 1);
    if (close < 0) return -1;
    if (this.#doubled) {
      // Only text has quotes.
      if (plan.kind === kinds.text) this.#undouble(bytes, open + 1, close, plan, row);
      else if (plan.kind !== kinds.skipped) return -1;
    } else if (!this.#cell(bytes, open + 1, close, plan, row)) return -1;
    return close + 1;
  }

  #closingQuote(bytes: Buffer, from: number): number {
    this.#doubled = false;
    let close = bytes.indexOf(quote, from);
    while (close >= 0 && bytes[close + 1] === quote) {
      this.#doubled = true;
      close = bytes.indexOf(quote, close + 2);
    }
    return close;
  }

  /** Copies a field in which quotes are doubled, with half of them. */
  #undouble(bytes: Buffer, from: number, to: number, plan: ColumnPlan, row: number): void {
    const { side } = this;
    side.reserve(to - from);
    const start = side.used;
    let end = start;
    for (let at = from; at < to; at++) {
      const byte = bytes[at] as number;
      side.bytes[end++] = byte;
      if (byte === quote) at++;
    }
    side.used = end;
    const column = this.columns[plan.target] as CellColumn;
    column.tags[row] = cellTags.sideText;
    column.starts[row] = start;
    column.ends[row] = end;
  }

  /** Takes the field `bytes[from .. to)`; false where it is not of its type, or may not be. */
  #cell(bytes: Buffer, from: number, to: number, plan: ColumnPlan, row: number): boolean {
    if (plan.kind === kinds.skipped) return true;
    if (from === to && plan.nullable) return this.#empty(plan, row);
    const column = this.columns[plan.target] as CellColumn;
    if (plan.kind === kinds.text) {
      column.tags[row] = cellTags.text;
      column.starts[row] = from;
      column.ends[row] = to;
      return true;
    }
    const text = bytes.toString('latin1', from, to);
    const value = plan.parse?.(text, 0, text.length) ?? notOfType;
    if (typeof value === 'boolean') {
      column.tags[row] = value ? cellTags.true : cellTags.false;
      return true;
    }
    if (typeof value !== 'number' && typeof value !== 'bigint') return false;
    const isWide = typeof value === 'bigint';
    column.tags[row] = isWide ? cellTags.wide : cellTags.number;
    column.numbers[row] = isWide ? Number(value) : value;
    return !isWide || Number.isSafeInteger(column.numbers[row]);
  }

  #empty({ nullable, target }: ColumnPlan, row: number): boolean {
    if (nullable) (this.columns[target] as CellColumn).tags[row] = cellTags.null;
    return nullable;
  }
}

function planOf(type: CsvType, target: number): ColumnPlan {
  const { base, nullable } = partsOfType(type);
  const plan = { nullable, minimum: 0, maximum: 0, parse: fieldParser(base), target };
  if (target < 0) return { ...plan, kind: kinds.skipped };
  switch (base) {
    case 'string':
      return { ...plan, kind: kinds.text };
    case 'int64':
      return { ...plan, kind: kinds.wide, minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER };
    case 'uint64':
      return { ...plan, kind: kinds.wide, maximum: Number.MAX_SAFE_INTEGER };
    case 'bool':
      return { ...plan, kind: kinds.bool };
    case 'float32':
    case 'float64':
      return { ...plan, kind: kinds.float };
    default: {
      const [minimum, maximum] = narrowIntegers[base];
      return { ...plan, kind: kinds.narrow, minimum, maximum };
    }
  }
}
