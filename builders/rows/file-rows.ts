import {
  arrow,
  type BadRowOptions,
  type CsvOptions,
  type CsvType,
  csv,
  DatasetsError,
  type Definition,
  type FileReference,
  json,
  jsonl,
  parquet,
  type Source,
} from '../../src/index.js';
import type { RowFormat } from './row-format.js';
import type { Row, RowColumns } from './row-mapping.js';

export type CsvDialect = Pick<CsvOptions, 'delimiter' | 'quotes' | 'header'>;

export interface FileRowsOptions extends BadRowOptions {
  readonly dialect?: CsvDialect | undefined;
  /** Whether each text file is one source shard, so that its rows can be counted. */
  readonly wholeFiles: boolean;
}

/** Reads files as rows that hold some columns (those of JSON hold all); those of CSV files are converted to what their features take. */
export function fileRows(
  reference: FileReference,
  format: RowFormat,
  { columns, fields }: RowColumns,
  { dialect = {}, wholeFiles, maxBadRows }: FileRowsOptions,
): Source<Row> {
  const limit = maxBadRows === undefined ? {} : { maxBadRows };
  const parts = { ...limit, ...(wholeFiles ? { rangeBytes: Number.MAX_SAFE_INTEGER } : {}) };
  if (maxBadRows !== undefined && !mayHaveBadRows.includes(format)) {
    throw new DatasetsError(
      'BUILDER_INVALID',
      `maxBadRows goes with rows that are lines, and the format is ${format}`,
      {
        hint: `Leave it out. The formats that take it are ${mayHaveBadRows.join(', ')}.`,
      },
    );
  }
  switch (format) {
    case 'csv':
    case 'tsv': {
      const delimiter = format === 'tsv' ? { delimiter: '\t' } : {};
      const types = Object.fromEntries(fields.map(({ column, definition }) => [column, csvType(definition)]));
      return csv<Row>(reference, { ...delimiter, ...dialect, ...parts, columns, types });
    }
    case 'jsonl':
      return jsonl<Row>(reference, { ...parts, unsafeIntegers: 'bigint' });
    case 'json':
      return json<Row>(reference, { ...parts, unsafeIntegers: 'bigint' });
    case 'parquet':
      return parquet<Row>(reference, { columns });
    case 'arrow':
      // Rows are counted only where somebody asks for their index.
      return arrow<Row>(reference, { columns, ...(wholeFiles ? { rowIndex: '(row)' } : {}) });
  }
}

/** Whatever is wrong with another format is wrong with the file. */
const mayHaveBadRows: readonly RowFormat[] = ['csv', 'tsv', 'jsonl'];

function csvType(definition: Definition): CsvType {
  if (definition.kind === 'optional') return `${baseType(definition.feature)}?`;
  return baseType(definition);
}

/** What has no type in CSV stays a string, for the encoder to take or refuse. */
function baseType(definition: Definition): Exclude<CsvType, `${string}?`> {
  if (definition.kind === 'class-label') return definition.names === undefined ? 'int32' : 'string';
  if (definition.kind !== 'scalar') return 'string';
  switch (definition.dtype) {
    case 'bytes':
      return 'string';
    case 'float16':
    case 'bfloat16':
      return 'float32';
    default:
      return definition.dtype;
  }
}
