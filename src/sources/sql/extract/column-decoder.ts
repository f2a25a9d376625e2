import type { ArrowArray, Field } from '../../../formats/index.js';
import { slotDecoder } from '../../arrow/slot-decoder.js';
import type { ReportValue, ValueChoices } from '../../columnar/convert.js';
import type { ColumnValues } from '../../row-factory.js';
import { baseOf, type SqlBaseType, type SqlType } from '../sql-types.js';

export interface ColumnDecoder {
  readonly name: string;
  /** The values of the rows `from .. to` of a record batch. */
  decode(array: ArrowArray, from: number, to: number): ColumnValues;
}

/** @param report is told the row in the record batch; throws */
export function columnDecoder(
  field: Field,
  declared: SqlType | undefined,
  choices: ValueChoices,
  report: ReportValue,
): ColumnDecoder {
  const { name } = field;
  const { base, optional } = declared === undefined ? { base: undefined, optional: true } : baseOf(declared);
  const range = base === undefined ? undefined : ranges[base];
  const own: ValueChoices = { ...choices, decimals: 'shortest', ...(range?.as === 'number' && { int64: 'number' }) };
  const decode = slotDecoder(field, { choices: own, report, dictionary: () => [] });
  const finish = finisher(field, own);
  return {
    name,
    decode(array, from, to) {
      const raw = decode(array, from, to, (slot) => slot);
      const values = finish === undefined ? raw : Array.from(raw, (value) => (value === null ? null : finish(value)));
      if (!optional) refuseNull(values, name, from, report);
      if (range !== undefined && base !== undefined) refuseOutside(values, base, range, from, report);
      return values;
    },
  };
}

type Finish = (value: unknown) => unknown;

/** What is done to values that are not null; undefined where nothing is. */
function finisher({ type, children }: Field, choices: ValueChoices): Finish | undefined {
  // BigQuery has 64 bits for all; its emulator sends fewer where they are enough.
  if (type.kind === 'int' && type.bits < 64 && choices.int64 === 'bigint') return (value) => BigInt(Number(value));
  const finishers = children.map((child) => finisher(child, choices));
  if (finishers.every((finish) => finish === undefined)) return undefined;
  const [item] = finishers;
  if (type.kind === 'list' && item !== undefined) {
    return (list) => (list as readonly unknown[]).map((value) => (value === null ? null : item(value)));
  }
  return (struct) => {
    const entries = children.map(({ name }, i): [string, unknown] => {
      const value = (struct as Readonly<Record<string, unknown>>)[name];
      return [name, value === null ? null : (finishers[i]?.(value) ?? value)];
    });
    return Object.fromEntries(entries);
  };
}

/** What integers that are declared may be, and how those of up to 32 bits come. BigQuery has 64 bits for all. */
interface IntegerRange {
  readonly least: number;
  readonly most: number;
  readonly as: 'number' | 'chosen';
}

const ranges: Readonly<Partial<Record<SqlBaseType, IntegerRange>>> = {
  int8: { least: -(2 ** 7), most: 2 ** 7 - 1, as: 'number' },
  int16: { least: -(2 ** 15), most: 2 ** 15 - 1, as: 'number' },
  int32: { least: -(2 ** 31), most: 2 ** 31 - 1, as: 'number' },
  uint8: { least: 0, most: 2 ** 8 - 1, as: 'number' },
  uint16: { least: 0, most: 2 ** 16 - 1, as: 'number' },
  uint32: { least: 0, most: 2 ** 32 - 1, as: 'number' },
  uint64: { least: 0, most: 2 ** 64, as: 'chosen' },
};

function refuseOutside(
  values: ColumnValues,
  base: SqlBaseType,
  { least, most }: IntegerRange,
  from: number,
  report: ReportValue,
): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value === null || (Number(value) >= least && Number(value) <= most)) continue;
    report(
      from + i,
      `a value does not fit ${base}`,
      'Declare a wider type, or correct the query. The value is not shown: it may be private.',
    );
  }
}

function refuseNull(values: ColumnValues, name: string, from: number, report: ReportValue): void {
  const row = Array.prototype.indexOf.call(values, null);
  if (row < 0) return;
  report(
    from + row,
    'is NULL',
    `Declare it with a question mark where NULL is right: ${name}: '…?'. Or leave such rows out in the query.`,
  );
}
