import { fieldParser, notOfType } from '../csv/field-parser.js';

/** What a single value is, as far as its text or its JavaScript type tells. */
export type ValueKind =
  | 'bool'
  /** Integers by the smallest type that holds them; `integer` holds more than 64 bits. */
  | 'int64'
  | 'uint64'
  | 'integer'
  | 'float64'
  | 'date'
  /** With an offset from UTC, and without. */
  | 'timestamp'
  | 'local timestamp'
  | 'text'
  | 'bytes'
  | 'list'
  | 'struct';

/** A number of a JSON text that is written as a float and is whole: `1.0`, `1e3`. */
export class WholeFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

const booleanWords: ReadonlySet<string> = new Set(['true', 'false', 'True', 'False', 'TRUE', 'FALSE']);
const integer = /^[+-]?\d+$/;
/** Zip codes, account numbers: as numbers they would lose their zeros. */
const paddedWithZeros = /^[+-]?0\d/;
const parseFloat64 = fieldParser('float64');

/**
 * The kind of a field of a CSV file that is not empty: what `csv()` takes as that type. `0` and `1` are integers, as for pandas and pyarrow; digits after a leading zero
 * are text.
 */
export function kindOfText(text: string): ValueKind {
  if (booleanWords.has(text)) return 'bool';
  if (paddedWithZeros.test(text)) return kindOfTime(text);
  if (integer.test(text)) return text.length <= 18 ? 'int64' : kindOfInteger(bigintOf(text));
  if (parseFloat64?.(text, 0, text.length) !== notOfType) return 'float64';
  return kindOfTime(text);
}

/** Python's, JavaScript's and SQL's notations all allow a sign, which BigInt('+1') does not. */
export function bigintOf(text: string): bigint {
  return BigInt(text.startsWith('+') ? text.slice(1) : text);
}

/** The kind of a value as a source gives it; undefined for null. */
export function kindOfValue(value: unknown): ValueKind | undefined {
  if (value === null || value === undefined) return undefined;
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'number':
      return Number.isInteger(value) ? kindOfInteger(value) : 'float64';
    case 'bigint':
      return kindOfInteger(value);
    case 'string':
      return kindOfTime(value);
  }
  if (value instanceof WholeFloat) return 'float64';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof Date) return 'timestamp';
  return Array.isArray(value) || ArrayBuffer.isView(value) ? 'list' : 'struct';
}

function kindOfInteger(value: number | bigint): ValueKind {
  if (value >= -(2n ** 63n) && value < 2n ** 63n) return 'int64';
  return value >= 0 && value < 2n ** 64n ? 'uint64' : 'integer';
}

/** ISO 8601 as Python, pandas and SQL write it: with a `T` or a space, with or without seconds, their fractions and an offset. */
const timestamp = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2})?(?:\.(\d{1,9}))?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/;

function kindOfTime(text: string): 'date' | 'timestamp' | 'local timestamp' | 'text' {
  if (text.length < 10 || text.charCodeAt(4) !== 0x2d) return 'text';
  const [, date, time, , , offset] = timestamp.exec(text) ?? [];
  if (date === undefined || epochMilliseconds(text) === undefined) return 'text';
  if (time === undefined) return 'date';
  return offset === undefined ? 'local timestamp' : 'timestamp';
}

/** Milliseconds since 1970 of a date or timestamp, in UTC where no offset is written; undefined where there is no such day or time. */
export function epochMilliseconds(text: string): number | undefined {
  const [, date, time = '00:00', seconds = ':00', fraction = '0', offset = 'Z'] = timestamp.exec(text) ?? [];
  if (date === undefined) return undefined;
  const day = Date.parse(`${date}T00:00Z`);
  // Date.parse takes the 30th of February for a day of March.
  if (Number.isNaN(day) || new Date(day).toISOString().slice(0, 10) !== date) return undefined;
  const digits = offset.replace(':', '');
  const zone = digits === 'Z' ? 'Z' : `${digits.slice(0, 3)}:${digits.slice(3) || '00'}`;
  const at = Date.parse(`${date}T${time}${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}${zone}`);
  return Number.isNaN(at) || time.startsWith('24') ? undefined : at;
}
