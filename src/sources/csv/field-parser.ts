import type { CsvBaseType, CsvType } from './csv-types.js';

/** What a parser returns for a field that is not of its type. */
export const notOfType: unique symbol = Symbol('not of its type');

/** Converts the field `text[start .. end)`. */
export type FieldParser = (text: string, start: number, end: number) => unknown;

/** The parser of a type; undefined for plain strings, which need none. */
export function fieldParser(type: CsvType): FieldParser | undefined {
  const { base, nullable } = partsOfType(type);
  const parse = baseParser(base);
  if (!nullable) return parse;
  if (parse === undefined) return (text, start, end) => (start === end ? null : text.substring(start, end));
  return (text, start, end) => (start === end ? null : parse(text, start, end));
}

/** A type without the `?` that lets a field be empty. */
export function partsOfType(type: CsvType): { readonly base: CsvBaseType; readonly nullable: boolean } {
  const nullable = type.endsWith('?');
  return { base: (nullable ? type.slice(0, -1) : type) as CsvBaseType, nullable };
}

/** Least and greatest of the integers that are plain numbers. */
export const narrowIntegers: Readonly<
  Record<'int8' | 'int16' | 'int32' | 'uint8' | 'uint16' | 'uint32', readonly [number, number]>
> = {
  int8: [-0x80, 0x7f],
  int16: [-0x8000, 0x7fff],
  int32: [-0x80000000, 0x7fffffff],
  uint8: [0, 0xff],
  uint16: [0, 0xffff],
  uint32: [0, 0xffffffff],
};

function baseParser(type: CsvBaseType): FieldParser | undefined {
  switch (type) {
    case 'string':
      return undefined;
    case 'bool':
      return parseBool;
    case 'int8':
    case 'int16':
    case 'int32':
    case 'uint8':
    case 'uint16':
    case 'uint32':
      return integerParser(...narrowIntegers[type]);
    case 'int64':
      return bigintParser(-(2n ** 63n), 2n ** 63n - 1n);
    case 'uint64':
      return bigintParser(0n, 2n ** 64n - 1n);
    case 'float32':
    case 'float64':
      return parseFloating;
  }
}

const booleans: ReadonlyMap<string, boolean> = new Map([
  ['1', true],
  ['true', true],
  ['True', true],
  ['TRUE', true],
  ['0', false],
  ['false', false],
  ['False', false],
  ['FALSE', false],
]);

function parseBool(text: string, start: number, end: number): boolean | typeof notOfType {
  return booleans.get(text.substring(start, end)) ?? notOfType;
}

/** Decimal digits with an optional sign, by hand: twice as fast as a regular expression and Number. */
function integerParser(minimum: number, maximum: number): FieldParser {
  return (text, start, end) => {
    const first = text.charCodeAt(start);
    const digits = first === minus || first === plus ? start + 1 : start;
    // 15 digits are always exact in a number; more don't fit any of these types, leading zeros aside.
    if (digits >= end || end - digits > 15) return notOfType;
    let value = 0;
    for (let i = digits; i < end; i++) {
      const digit = text.charCodeAt(i) - zero;
      if (digit < 0 || digit > 9) return notOfType;
      value = value * 10 + digit;
    }
    if (first === minus) value = 0 - value;
    return value >= minimum && value <= maximum ? value : notOfType;
  };
}

function bigintParser(minimum: bigint, maximum: bigint): FieldParser {
  const short = integerParser(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  return (text, start, end) => {
    let value: bigint;
    if (end - start <= 15) {
      const small = short(text, start, end);
      if (typeof small !== 'number') return notOfType;
      value = BigInt(small);
    } else {
      const field = text.substring(start, end);
      if (!/^[+-]?\d{1,40}$/.test(field)) return notOfType;
      // BigInt('+1') is a syntax error.
      value = BigInt(field.startsWith('+') ? field.slice(1) : field);
    }
    return value >= minimum && value <= maximum ? value : notOfType;
  };
}

const minus = 0x2d;
const plus = 0x2b;
const zero = 0x30;

const nonFinite: ReadonlyMap<string, number> = new Map([
  ['nan', Number.NaN],
  ['inf', Number.POSITIVE_INFINITY],
  ['+inf', Number.POSITIVE_INFINITY],
  ['-inf', Number.NEGATIVE_INFINITY],
  ['infinity', Number.POSITIVE_INFINITY],
  ['+infinity', Number.POSITIVE_INFINITY],
  ['-infinity', Number.NEGATIVE_INFINITY],
]);

/** Decimal notation as Python's `float` takes it, without underscores and spaces. */
function parseFloating(text: string, start: number, end: number): number | typeof notOfType {
  const field = text.substring(start, end);
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    const isDigit = code >= zero && code <= 0x39;
    // Of all that Number takes, only digits, signs, the point and the exponent are decimal notation ('', ' 1', '0x1f' are not).
    if (!isDigit && code !== 0x2e && code !== minus && code !== plus && code !== 0x65 && code !== 0x45) {
      return nonFinite.get(field.toLowerCase()) ?? notOfType;
    }
  }
  const value = start === end ? Number.NaN : Number(field);
  return Number.isNaN(value) ? notOfType : value;
}
