import { DatasetsError } from '../../core/errors/index.js';
import { nearestHint } from '../../core/names/index.js';
import { type ArrowArray, type Field, type IpcColumns, IpcReader } from '../../formats/index.js';
import type { ReportValue, ValueChoices } from '../columnar/convert.js';
import { locationName } from '../files/location.js';
import { openFile } from '../files/open-file.js';
import { damagedSource, malformedFile, shownFault, type ValueRules } from '../malformed.js';
import { type ColumnValues, type RowFactory, rowFactory } from '../row-factory.js';
import { batchElements, type SourceBatch, type SourceContext } from '../source.js';
import type { ArrowOptions } from './arrow-options.js';
import { type BatchRange, damagedHint, rangesOf } from './batch-range.js';
import { Dictionaries } from './dictionaries.js';
import { type SlotDecoder, slotDecoder } from './slot-decoder.js';
import { requireFound, requireReadable } from './unreadable.js';

/** Columns of a batch of elements are not much larger. */
const batchBytes = 1 << 20;

/** The rows of some record batches. */
export async function* readBatches<T>(
  range: BatchRange,
  context: SourceContext,
  options: ArrowOptions,
): AsyncGenerator<SourceBatch<T>, void, undefined> {
  const name = locationName(range.file);
  const file = await openFile(range.file, range.fileBytes, context);
  let place = name;
  try {
    const reader = await IpcReader.open(rangesOf(file), name);
    const rows = new RowReader<T>(reader, name, options, context);
    await rows.dictionaries.read(range.dictionaries);
    let firstRow = range.row ?? 0;
    for (const [i, start] of range.starts.entries()) {
      place = `${name} record batch ${range.batch + i}`;
      const columns = await reader.read(start, rows.columns);
      yield* rows.batches(columns, place, firstRow);
      firstRow += columns.rows;
    }
  } catch (error) {
    if (error instanceof RangeError) throw malformedAt(name, place, error);
    throw damagedSource(error, name, place, { hint: damagedHint });
  } finally {
    await file.close();
  }
}

/** Makes rows of columns. */
class RowReader<T> {
  /** Indices of the columns that are read. */
  readonly columns: readonly number[];
  readonly dictionaries: Dictionaries;
  readonly #decoders: readonly SlotDecoder[];
  readonly #makeRows: RowFactory;
  readonly #hasRowIndex: boolean;
  readonly #file: string;
  #place = '';

  constructor(reader: IpcReader, file: string, options: ArrowOptions, rules: ValueRules) {
    const choices: ValueChoices = { int64: options.int64 ?? 'bigint', timestamps: options.timestamps ?? 'integer' };
    this.#file = file;
    this.columns = selectColumns(reader.fields, file, options.columns);
    const fields = this.columns.map((column) => reader.fields[column] as Field);
    for (const field of fields) requireReadable(field, file);
    requireFound(reader, this.columns, file);
    const report: ReportValue = (row, what, hint, reason) => this.#report(row, shownFault(what, reason, rules), hint);
    this.dictionaries = new Dictionaries(reader, choices, report);
    const decoding = { choices, report, dictionary: (id: number) => this.dictionaries.values(id) };
    this.#decoders = fields.map((field) => slotDecoder(field, decoding));
    const names = fields.map((field) => field.name);
    this.#hasRowIndex = options.rowIndex !== undefined;
    this.#makeRows = rowFactory(options.rowIndex === undefined ? names : [...names, options.rowIndex]);
  }

  /** @param place names the record batch in messages. */
  *batches({ rows, arrays }: IpcColumns, place: string, firstRow: number): Generator<SourceBatch<T>, void, undefined> {
    this.#place = place;
    const bytes = arrays.reduce((sum, array) => sum + bytesOf(array), 0);
    const size = Math.max(1, Math.min(batchElements, Math.floor((batchBytes * rows) / Math.max(1, bytes))));
    for (let from = 0; from < rows; from += size) {
      const to = Math.min(rows, from + size);
      const columns = this.#decoders.map((decode, i) => decode(arrays[i] as ArrowArray, from, to, (row) => row));
      const all = this.#hasRowIndex ? [...columns, indexes(firstRow + from, to - from)] : columns;
      yield {
        // The author's word for what the file holds.
        elements: this.#makeRows(all, 0, to - from) as T[],
        position: (index) => `${place} row ${from + index}`,
      };
    }
  }

  #report(row: number, what: string, hint: string): never {
    const source = `${this.#place} row ${row}`;
    throw new DatasetsError('SOURCE_MALFORMED', `${source}: ${what}`, { hint, at: { file: this.#file, source } });
  }
}

function selectColumns(
  fields: readonly Field[],
  file: string,
  wanted: readonly string[] | undefined,
): readonly number[] {
  const names = fields.map((field) => field.name);
  const chosen = wanted ?? names;
  const twice = names.find((name, i) => names.indexOf(name) !== i && chosen.includes(name));
  if (twice !== undefined) {
    throw malformedFile(file, `has two columns called ${JSON.stringify(twice)}`, { hint: 'Give each its own name.' });
  }
  return chosen.map((name) => {
    const index = names.indexOf(name);
    if (index >= 0) return index;
    throw malformedFile(file, `has no column ${JSON.stringify(name)}`, { hint: nearestHint(name, names, 'columns') });
  });
}

function bytesOf({ offsets, data, viewed = [], children }: ArrowArray): number {
  const own = (offsets?.byteLength ?? 0) + (data?.length ?? 0) + viewed.reduce((sum, bytes) => sum + bytes.length, 0);
  return children.reduce((sum, child) => sum + bytesOf(child), own);
}

function indexes(start: number, count: number): ColumnValues {
  return Float64Array.from({ length: count }, (_, i) => start + i);
}

function malformedAt(file: string, source: string, cause: RangeError): DatasetsError {
  return new DatasetsError('SOURCE_MALFORMED', `${source} has ${cause.message}`, {
    hint: damagedHint,
    cause,
    at: { file, source },
  });
}
