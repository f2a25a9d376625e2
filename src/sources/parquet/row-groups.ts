import { DatasetsError } from '../../core/errors/index.js';
import type { TypedColumn } from '../columnar/column-type.js';
import type { ReportValue, ValueChoices } from '../columnar/convert.js';
import { type FileLocation, locationName } from '../files/location.js';
import type { SourceFile } from '../files/resolve-files.js';
import { shownFault, type ValueRules } from '../malformed.js';
import { type ColumnValues, rowFactory } from '../row-factory.js';
import { batchElements, type SourceBatch, type SourceContext, type SourceShard } from '../source.js';
import { openDuckDB } from './duckdb.js';
import { duckdbReads, streamRows } from './duckdb-reader.js';
import { readRows } from './hyparquet-reader.js';
import { openParquet, type ParquetFile, selectColumns } from './open-file.js';
import type { ParquetOptions, Reader } from './parquet-options.js';

/** Rows `start .. end` of a file, which lie in one of its row groups. */
export type RowGroupRange = {
  readonly file: FileLocation;
  readonly fileBytes: number;
  readonly group: number;
  readonly groupStart: number;
  readonly groupRows: number;
  readonly start: number;
  readonly end: number;
};

/**
 * Few large row groups would keep few workers busy, and the last one keep a worker alone: at 20 us a row, two workers are 1.84 times as fast as one with parts of
 * this size, 1.72 with four times it. DuckDB begins anywhere in a row group at little cost (2 ms), hyparquet leaves out the pages before.
 */
const mostShardRows = 65_536;

/** Cuts a file into source shards. */
export async function rowGroups(file: SourceFile, context: SourceContext): Promise<readonly SourceShard[]> {
  const opened = await openParquet(file.location, file.bytes, context);
  await opened.close();
  let start = 0;
  return opened.metadata.row_groups.flatMap((rowGroup, group) => {
    const rows = Number(rowGroup.num_rows);
    const groupStart = start;
    start += rows;
    const bytes = Number(rowGroup.total_compressed_size ?? rowGroup.total_byte_size);
    const parts = Math.ceil(rows / mostShardRows);
    return Array.from({ length: parts }, (_, part): SourceShard => {
      const from = Math.round((rows * part) / parts);
      const to = Math.round((rows * (part + 1)) / parts);
      const whole = { file: file.location, fileBytes: file.bytes, group, groupStart, groupRows: rows };
      const data: RowGroupRange = { ...whole, start: groupStart + from, end: groupStart + to };
      const id = `${file.name} row group ${group}${parts === 1 ? '' : ` part ${part}`}`;
      const origin = { path: file.location.path, row: data.start };
      return { id, data, rows: to - from, bytes: Math.round((bytes * (to - from)) / rows), origin };
    });
  });
}

/**
 * The rows of a range.
 *
 * @param nameRow names a row of the file for messages, by its index; default: file, row group and row
 */
export async function* readRowGroups<T>(
  range: RowGroupRange,
  context: SourceContext,
  options: ParquetOptions & Pick<ValueChoices, 'decimals'>,
  nameRow?: (row: number) => string,
): AsyncGenerator<SourceBatch<T>, void, undefined> {
  const name = locationName(range.file);
  const place = (row: number) =>
    nameRow?.(range.start + row) ?? `${name} row group ${range.group} row ${range.start - range.groupStart + row}`;
  const file = await openParquet(range.file, range.fileBytes, context);
  try {
    const columns = await selectColumns(file, options.columns);
    const names = columns.map((column) => column.name);
    const makeRows = rowFactory(options.rowIndex === undefined ? names : [...names, options.rowIndex]);
    let rowsSoFar = 0;
    for await (const run of columnRuns(file, columns, range, options, reporter(file.name, place, context))) {
      const values = options.rowIndex === undefined ? run : [...run, rowIndexes(range.start + rowsSoFar, rowsOf(run))];
      for (let from = 0; from < rowsOf(run); from += batchElements) {
        const start = rowsSoFar + from;
        // The author's word for what the file holds.
        const elements = makeRows(values, from, Math.min(from + batchElements, rowsOf(run))) as T[];
        yield { elements, position: (index) => place(start + index) };
      }
      rowsSoFar += rowsOf(run);
    }
  } finally {
    await file.close();
  }
}

function rowsOf(columns: readonly ColumnValues[]): number {
  return columns[0]?.length ?? 0;
}

function rowIndexes(start: number, count: number): ColumnValues {
  const indexes = new Float64Array(count);
  for (let i = 0; i < count; i++) indexes[i] = start + i;
  return indexes;
}

function reporter(file: string, place: (row: number) => string, rules: ValueRules): ReportValue {
  return (row, what, hint, reason) => {
    const source = place(row);
    const shown = shownFault(what, reason, rules);
    throw new DatasetsError('SOURCE_MALFORMED', `${source}: ${shown}`, { hint, at: { file, source } });
  };
}

/** The rows of a range as runs of columns, by whichever library was chosen. */
async function* columnRuns(
  file: ParquetFile,
  columns: readonly TypedColumn[],
  range: RowGroupRange,
  options: ParquetOptions & Pick<ValueChoices, 'decimals'>,
  report: ReportValue,
): AsyncGenerator<readonly ColumnValues[], void, undefined> {
  const { int64 = 'bigint', timestamps = 'integer', decimals } = options;
  const choices: ValueChoices = { int64, timestamps, ...(decimals !== undefined && { decimals }) };
  const duckdb = await chooseDuckDB(file, columns, range.groupRows, options.reader ?? 'auto');
  if (duckdb === undefined || file.path === undefined) yield await readRows(file, columns, range, choices, report);
  else yield* streamRows(duckdb, { path: file.path, name: file.name }, columns, range, choices, report);
}

/** Below so many rows, starting DuckDB (50 ms in each worker) costs more than it saves. */
const fewRows = 100_000;

async function chooseDuckDB(file: ParquetFile, columns: readonly TypedColumn[], rows: number, reader: Reader) {
  if (reader === 'hyparquet' || (reader === 'auto' && file.path === undefined)) return undefined;
  if (file.path === undefined) {
    throw new DatasetsError('UNSUPPORTED', `${file.name} is to be read with DuckDB, which reads local files alone`, {
      hint: "Read it with { reader: 'auto' }, or copy it to this machine.",
      at: { file: file.name },
    });
  }
  const left = columns.find((column) => !duckdbReads(column));
  if (left !== undefined && reader === 'duckdb') {
    throw new DatasetsError(
      'UNSUPPORTED',
      `${file.name}: column ${left.name} has a type that is not read through DuckDB`,
      {
        hint: "Read the file with { reader: 'auto' }.",
        at: { file: file.name, field: left.name },
      },
    );
  }
  if (left !== undefined || (reader === 'auto' && rows < fewRows)) return undefined;
  const duckdb = await openDuckDB();
  if (duckdb !== undefined || reader === 'auto') return duckdb;
  throw new DatasetsError('PEER_MISSING', `${file.name} is to be read with DuckDB, which is not installed`, {
    hint: 'npm install @duckdb/node-api',
  });
}
