import type { DecodedArray, FileMetaData, ParquetParsers, SchemaElement } from 'hyparquet';
import { DatasetsError } from '../../core/errors/index.js';
import type { TypedColumn } from '../columnar/column-type.js';
import { convertPiece, type ReportValue, type ValueChoices } from '../columnar/convert.js';
import { malformedFile } from '../malformed.js';
import type { ColumnValues } from '../row-factory.js';
import type { ParquetFile } from './open-file.js';

interface Piece {
  readonly values: DecodedArray;
  readonly rowStart: number;
}

/**
 * Reads rows of one row group, converted to the author's values. All of them are in memory; pages without any are left out.
 *
 * hyparquet's own conversions lose microseconds and round decimals, so it is shown a schema without them and its raw values are converted here.
 */
export async function readRows(
  file: ParquetFile,
  columns: readonly TypedColumn[],
  rows: { readonly start: number; readonly end: number },
  choices: ValueChoices,
  report: ReportValue,
): Promise<readonly ColumnValues[]> {
  const [{ parquetRead }, { compressors }] = await Promise.all([import('hyparquet'), import('hyparquet-compressors')]);
  const pieces = new Map<string, Piece[]>(columns.map((column) => [column.name, []]));
  await parquetRead({
    file: file.buffer,
    metadata: physicalSchema(file.metadata, choices),
    columns: columns.map((column) => column.name),
    rowStart: rows.start,
    rowEnd: rows.end,
    compressors,
    utf8: false,
    geoparquet: false,
    parsers,
    onChunk: (chunk) => pieces.get(chunk.columnName)?.push({ values: chunk.columnData, rowStart: chunk.rowStart }),
  }).catch((error: unknown) => {
    if (error instanceof DatasetsError) throw error;
    throw malformedFile(file.name, `rows ${rows.start} to ${rows.end - 1} cannot be decoded`, {
      hint: 'Fetch or write the file again.',
      cause: error,
    });
  });
  return columns.map((column) => {
    const values = new Array<unknown>(rows.end - rows.start);
    let filled = 0;
    for (const { values: read, rowStart } of pieces.get(column.name) ?? []) {
      // A piece is a page: it may begin before the range, and end after it.
      const from = Math.max(0, rows.start - rowStart);
      const wanted = read.slice(from, Math.max(from, rows.end - rowStart));
      convertPiece(column.type, choices, wanted, values, rowStart + from - rows.start, report);
      filled += wanted.length;
    }
    if (filled === values.length) return values;
    throw malformedFile(file.name, `column ${column.name} holds ${filled} values for ${values.length} rows`, {
      hint: 'Fetch or write the file again.',
    });
  });
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const parsers: Partial<ParquetParsers> = {
  stringFromBytes: (bytes) => (bytes === undefined || bytes === null ? null : decoder.decode(bytes)),
  // INT96, which has no annotation to take away; hyparquet makes nanoseconds of it.
  timestampFromNanoseconds: (nanoseconds) => nanoseconds,
  // Nullable integers, see `physicalElement`. One that is not safe stays a bigint, for `convertPiece` to report with its row.
  timestampFromMicroseconds: (value) => {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  },
};

/** The footer with every annotation taken away that hyparquet would convert inexactly. */
function physicalSchema(metadata: FileMetaData, choices: ValueChoices): FileMetaData {
  return { ...metadata, schema: metadata.schema.map((element) => physicalElement(element, choices)) };
}

function physicalElement(element: SchemaElement, choices: ValueChoices): SchemaElement {
  const { logical_type: logical, converted_type: converted, ...rest } = element;
  // hyparquet boxes the values of a nullable column one by one. Shown as timestamps, the values of a dictionary become numbers once, in the
  // dictionary, and not a BigInt for each row: 945 ns a row of the flights became 590.
  const asNumbers =
    choices.int64 === 'number' &&
    element.type === 'INT64' &&
    element.repetition_type === 'OPTIONAL' &&
    converted !== 'UINT_64' &&
    (logical?.type !== 'INTEGER' || logical.isSigned);
  const physical: SchemaElement = asNumbers ? { ...rest, converted_type: 'TIMESTAMP_MICROS' } : rest;
  switch (logical?.type) {
    case 'STRING':
    case 'ENUM':
    case 'JSON':
      return { ...physical, converted_type: 'UTF8' };
    case 'LIST':
      return { ...physical, converted_type: 'LIST' };
    case 'DATE':
    case 'TIME':
    case 'TIMESTAMP':
    case 'DECIMAL':
    case 'GEOMETRY':
    case 'GEOGRAPHY':
      return physical;
  }
  switch (converted) {
    case 'ENUM':
    case 'JSON':
      return { ...physical, converted_type: 'UTF8' };
    case 'DATE':
    case 'TIME_MILLIS':
    case 'TIME_MICROS':
    case 'TIMESTAMP_MILLIS':
    case 'TIMESTAMP_MICROS':
    case 'DECIMAL':
      return physical;
  }
  return asNumbers ? physical : element;
}
