import { DatasetsError } from '../../../core/errors/index.js';
import { convertPiece, type ReportValue, type ValueChoices } from '../../columnar/convert.js';
import { type ColumnValues, rowFactory } from '../../row-factory.js';
import { batchElements, type SourceBatch } from '../../source.js';
import { baseOf, type SqlBaseType, type SqlTypes } from '../sql-types.js';
import { arrowColumns } from './arrow-columns.js';
import type { StreamMessage } from './stream-messages.js';

export interface StreamToRead {
  /** Arrow's message of the schema. */
  readonly schema: Uint8Array;
  readonly types: SqlTypes;
  readonly choices: ValueChoices;
  /** Names a row of the stream for messages, by its index. */
  place(row: number): string;
}

/** The rows of a stream, in values. */
export async function* streamRows(
  messages: AsyncIterable<Pick<StreamMessage, 'batch'>>,
  { schema, types, choices, place }: StreamToRead,
): AsyncGenerator<SourceBatch<object>, void, undefined> {
  let start = 0;
  for await (const { batch } of messages) {
    const { columns, rows } = await arrowColumns(schema, batch);
    const first = start;
    const values = columns.map(({ name, type, values }): ColumnValues => {
      const declared = Object.hasOwn(types, name) ? types[name] : undefined;
      const { base, optional } = declared === undefined ? { base: undefined, optional: true } : baseOf(declared);
      const report: ReportValue = (row, what, hint) => {
        const source = place(first + row);
        throw new DatasetsError('SOURCE_MALFORMED', `${source}: ${name}: ${what}`, {
          hint,
          at: { source, field: name },
        });
      };
      const range = base === undefined ? undefined : ranges[base];
      const converted = new Array<unknown>(rows);
      const own: ValueChoices = range?.[2] === 'number' ? { ...choices, int64: 'number' } : choices;
      convertPiece(type, own, values, converted, 0, report);
      if (!optional) refuseNull(converted, name, report);
      if (range !== undefined) refuseOutside(converted, base ?? '', range, report);
      return converted;
    });
    const makeRows = rowFactory(columns.map(({ name }) => name));
    for (let from = 0; from < rows; from += batchElements) {
      const elements = makeRows(values, from, Math.min(from + batchElements, rows));
      const at = first + from;
      yield { elements, position: (index) => place(at + index) };
    }
    start += rows;
  }
}

/** What integers that are declared may be, and how those of up to 32 bits come. BigQuery has 64 bits for all. */
type Range = readonly [least: bigint, most: bigint, as: 'number' | 'chosen'];

const ranges: Readonly<Partial<Record<SqlBaseType, Range>>> = {
  int8: [-128n, 127n, 'number'],
  int16: [-32_768n, 32_767n, 'number'],
  int32: [-2_147_483_648n, 2_147_483_647n, 'number'],
  uint8: [0n, 255n, 'number'],
  uint16: [0n, 65_535n, 'number'],
  uint32: [0n, 4_294_967_295n, 'number'],
  uint64: [0n, 2n ** 64n - 1n, 'chosen'],
};

function refuseOutside(values: readonly unknown[], base: string, [least, most]: Range, report: ReportValue): void {
  const [low, high] = [Number(least), Number(most)];
  for (const [row, value] of values.entries()) {
    const fits =
      typeof value === 'number' ? value >= low && value <= high : typeof value !== 'bigint' || value >= least;
    if (!fits)
      report(
        row,
        `a value does not fit ${base}`,
        'Declare a wider type, or correct the query. The value is not shown: it may be private.',
      );
  }
}

function refuseNull(values: readonly unknown[], name: string, report: ReportValue): void {
  const row = values.indexOf(null);
  if (row < 0) return;
  report(
    row,
    'is NULL',
    `Declare it with a question mark where NULL is right: ${name}: '…?'. Or leave such rows out in the query.`,
  );
}
