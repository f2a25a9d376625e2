import type { ColumnValues } from '../row-factory.js';
import type { ColumnType, LeafType, TimeUnit } from './column-type.js';

/** How an author wants values that JavaScript has two types for. */
export interface ValueChoices {
  /** 64-bit integers, and times and timestamps as counts of their unit. */
  readonly int64: 'bigint' | 'number';
  readonly timestamps: 'integer' | 'date';
  /** `shortest` leaves out zeros at the end, which say how a column is declared and not what a value is. Default: as many digits as its scale has. */
  readonly decimals?: 'shortest';
}

/** Reports a value that the chosen type doesn't hold; throws. `row` is the index in `target`; `reason` says it without the value, where `what` shows it. */
export type ReportValue = (row: number, what: string, hint: string, reason?: string) => never;

type Convert = (raw: unknown, row: number) => unknown;

/**
 * Turns a piece of a column, in its physical form (integers for dates, times and decimals), into the author's values, written to `target` from `offset` on.
 */
export function convertPiece(
  type: ColumnType,
  choices: ValueChoices,
  piece: ColumnValues,
  target: unknown[],
  offset: number,
  report: ReportValue,
): void {
  if (piece instanceof BigInt64Array && asNumber(type, choices)) {
    safeIntegers(piece, target, offset, report);
    return;
  }
  const convert = converterOf(type, choices, report);
  for (let i = 0; i < piece.length; i++) target[offset + i] = convert(piece[i], offset + i);
}

function asNumber(type: ColumnType, choices: ValueChoices): boolean {
  return type.kind === 'leaf' && isInt64(type.leaf, choices) && choices.int64 === 'number';
}

/** Whether a leaf is stored as a signed 64-bit integer and handed out as one. */
function isInt64(leaf: LeafType, choices: ValueChoices): boolean {
  if (leaf.kind === 'timestamp') return choices.timestamps === 'integer';
  return leaf.kind === 'int64' || (leaf.kind === 'time' && leaf.unit !== 'ms');
}

/** From 64-bit integers to numbers by way of their halves: 5 ns each, where Number(bigint) costs 26 and the BigInt itself 124. */
function safeIntegers(values: BigInt64Array, target: unknown[], offset: number, report: ReportValue): void {
  const halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  for (let i = 0; i < values.length; i++) {
    const value = (halves[2 * i + 1] ?? 0) * 0x1_0000_0000 + ((halves[2 * i] ?? 0) >>> 0);
    if (!Number.isSafeInteger(value)) reportUnsafe(values[i] ?? 0n, offset + i, report);
    target[offset + i] = value;
  }
}

function converterOf(type: ColumnType, choices: ValueChoices, report: ReportValue): Convert {
  switch (type.kind) {
    case 'leaf':
      return leafConverter(type.leaf, choices, report);
    case 'list': {
      const element = converterOf(type.element, choices, report);
      return (raw, row) => (Array.isArray(raw) ? raw.map((value) => element(value, row)) : null);
    }
    case 'struct': {
      const fields = type.fields.map((field) => ({
        name: field.name,
        convert: converterOf(field.type, choices, report),
      }));
      return (raw, row) => {
        if (typeof raw !== 'object' || raw === null) return null;
        const struct: Record<string, unknown> = {};
        for (const { name, convert } of fields) struct[name] = convert(Reflect.get(raw, name), row);
        return struct;
      };
    }
  }
}

function leafConverter(leaf: LeafType, choices: ValueChoices, report: ReportValue): Convert {
  switch (leaf.kind) {
    case 'boolean':
    case 'number':
    case 'float16':
    case 'text':
    case 'bytes':
    case 'uuid':
      return (raw) => raw ?? null;
    case 'date':
      return (raw) => (typeof raw === 'number' ? new Date(raw * 86_400_000) : null);
    case 'decimal':
      return (raw) => {
        if (raw === null || raw === undefined) return null;
        const text = decimalText(raw, leaf.scale);
        return choices.decimals === 'shortest' ? shortestDecimal(text) : text;
      };
    case 'timestamp':
      if (choices.timestamps === 'date') return dateConverter(leaf.unit, report);
      return integerConverter(choices, report);
    case 'time':
    case 'int64':
    case 'uint64':
      return integerConverter(choices, report);
  }
}

function integerConverter(choices: ValueChoices, report: ReportValue): Convert {
  if (choices.int64 === 'bigint') {
    return (raw) => (typeof raw === 'number' ? BigInt(raw) : (raw ?? null));
  }
  return (raw, row) => {
    if (typeof raw !== 'bigint') return raw ?? null;
    const value = Number(raw);
    if (!Number.isSafeInteger(value)) reportUnsafe(raw, row, report);
    return value;
  };
}

const unitsInMillisecond: Readonly<Record<TimeUnit, bigint>> = { s: 1n, ms: 1n, us: 1_000n, ns: 1_000_000n };

function dateConverter(unit: TimeUnit, report: ReportValue): Convert {
  const divisor = unitsInMillisecond[unit];
  const factor = unit === 's' ? 1_000n : 1n;
  return (raw, row) => {
    if (typeof raw !== 'bigint' && typeof raw !== 'number') return null;
    const count = BigInt(raw) * factor;
    const date = new Date(Number(count / divisor));
    if (count % divisor === 0n && !Number.isNaN(date.getTime())) return date;
    return report(
      row,
      `the timestamp ${raw} ${unit} cannot be a Date, which holds whole milliseconds`,
      "Read with { timestamps: 'integer' } to get it exactly.",
      `a timestamp in ${unit} cannot be a Date, which holds whole milliseconds`,
    );
  };
}

function reportUnsafe(value: bigint, row: number, report: ReportValue): never {
  return report(
    row,
    `the integer ${value} is too large to be held exactly by a number`,
    "Read with { int64: 'bigint' } to get it exactly.",
    'an integer is too large to be held exactly by a number',
  );
}

/** The exact decimal notation of an unscaled integer: 12345 with scale 3 is `12.345`, with scale -1 `123450`. */
function decimalText(raw: unknown, scale: number): string {
  if (scale < 0) return `${BigInt(raw as number | bigint) * 10n ** BigInt(-scale)}`;
  const unscaled = raw instanceof Uint8Array ? signedInteger(raw) : BigInt(raw as number | bigint);
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const sign = unscaled < 0n ? '-' : '';
  const point = digits.length - scale;
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** `2.50` as `2.5`, `3.00` as `3`. */
function shortestDecimal(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** A big-endian two's complement integer of any length. */
function signedInteger(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return BigInt.asIntN(bytes.length * 8, value);
}
