import { DatasetsError } from '../../core/errors/index.js';
import type { CellColumn } from '../../features/index.js';
import { badRowLimit } from '../bad-rows/bad-row.js';
import { ColumnParser, type OpenedCells } from '../columns/column-parser.js';
import { fileSource } from '../file-source.js';
import { compressionOf } from '../files/compression.js';
import { locationName } from '../files/location.js';
import { mapFiles } from '../files/map-files.js';
import type { FileReference, SourceFile } from '../files/resolve-files.js';
import type { Source, SourceContext } from '../source.js';
import { type FileRange, rangeOf, shardOfRange, wholeFile } from '../text/file-range.js';
import { type LineFileOptions, rangeBytesOf } from '../text/line-files.js';
import { splitAtLines } from '../text/split-lines.js';
import { readText, type Tolerance } from '../text/text-chunks.js';
import { CsvCells } from './csv-cells.js';
import { CsvParser } from './csv-parser.js';
import type { CsvRow, CsvTypes } from './csv-types.js';
import { dialectOf } from './dialect.js';
import { readHeader } from './read-header.js';
import { splitAtRecords } from './split-csv.js';

/** So that one file is waited for while another is looked at; each has two pieces in memory. */
const filesSplitAtOnce = 2;

export interface CsvOptions extends LineFileOptions {
  /** One ASCII character between fields; default `,`. */
  readonly delimiter?: string;
  /** Whether fields may be quoted with `"` (RFC 4180); false for files in which a quote is a character like any other. Default true. */
  readonly quotes?: boolean;
  /** True (the default) when the first record names the columns; otherwise their names. */
  readonly header?: true | readonly string[];
  /** Only these columns, in this order. */
  readonly columns?: readonly string[];
  /** What columns are converted to; the others stay strings. */
  readonly types?: CsvTypes;
}

/**
 * Reads CSV files (RFC 4180): UTF-8 with or without a byte order mark, LF or CRLF, plain, gzip (`*.gz`) or zstd (`*.zst`). Each record is a plain object with the columns as
 * properties, in the file's order. A column without a name is called `''`. Blank lines are skipped, as Python's `csv.DictReader` does.
 *
 * Fields are strings unless `types` says otherwise: `bool` takes 1, 0, true, false (also True, TRUE); integers up to 32 bits and floats become numbers, `int64` and
 * `uint64` bigint; `int32?` and the like give null for an empty field. A value that is not of its type is an error.
 *
 * Plain files larger than `rangeBytes` are split at records, after one reading that looks for quotes, since quoted fields may hold line ends; a compressed file is one source shard.
 *
 * @throws DatasetsError while reading: SOURCE_MALFORMED with file, line and column
 * @example
 * ```ts
 * const clicks = pipeline.read(csv('clicks-*.csv.gz', { types: { item: 'int32', click: 'bool', note: 'string' } }));
 * const items = pipeline.read(csv<{ item_id: string; colour: string }>(new URL('./items.csv', import.meta.url)));
 * ```
 */
export function csv<const T extends CsvTypes>(
  files: FileReference,
  options: CsvOptions & { readonly types: T },
): Source<CsvRow<T>>;
export function csv<T extends object = Record<string, string>>(files: FileReference, options?: CsvOptions): Source<T>;
export function csv(files: FileReference, options: CsvOptions = {}): Source<object> {
  const dialect = dialectOf(options);
  const rangeBytes = rangeBytesOf(options);
  const named = options.header === undefined || options.header === true ? undefined : checkNames(options.header);
  if (options.columns !== undefined) checkNames(options.columns);
  const maxBadRows = badRowLimit(options);
  const mayBeMalformed = maxBadRows !== undefined;
  const parserOptions = { dialect, types: options.types ?? {}, select: options.columns };

  async function splitFile(file: SourceFile, context: SourceContext): Promise<readonly FileRange[]> {
    if (compressionOf(file.name) !== undefined || file.bytes <= rangeBytes) return [wholeFile(file)];
    const header = named ?? (await readHeader(wholeFile(file), context, dialect, mayBeMalformed));
    if (dialect.quoted) return splitAtRecords(file, header, context, { rangeBytes, mayBeMalformed, dialect });
    const ranges = await splitAtLines(file, context, rangeBytes);
    return ranges.map((range) => (range.from === 0 ? range : { ...range, header }));
  }

  function parserOf(range: FileRange, context: SourceContext): CsvParser<object> {
    return new CsvParser<object>({
      ...parserOptions,
      file: locationName(range.file),
      header: headerOf(range),
      takeBadRow: mayBeMalformed ? context.onBadRow : undefined,
      hidesValues: context.hidesValues === true,
    });
  }

  function toleranceOf(range: FileRange, { onBadRow: take }: SourceContext): Tolerance | undefined {
    if (!mayBeMalformed || take === undefined) return undefined;
    const delimiter = dialect.quoted ? dialect.delimiter : undefined;
    return { delimiter, hasHeader: headerOf(range) === undefined, take };
  }

  function headerOf(range: FileRange): readonly string[] | undefined {
    return named ?? range.header ?? undefined;
  }

  function openCells(parser: CsvParser<object>, columns: readonly string[]): OpenedCells | undefined {
    if (parser.columns === undefined) return undefined;
    const { header, wanted } = parser.columns;
    if (!columns.every((name) => wanted.includes(name))) return undefined;
    const cells = new CsvCells(header, wanted, parserOptions.types, dialect);
    return { parser: cells, chosen: columns.map((name) => cells.columns[wanted.indexOf(name)] as CellColumn) };
  }

  return fileSource<object>(files, {
    kind: 'csv',
    maxBadRows,
    async split(found, context) {
      const ranges = await mapFiles(found, (file) => splitFile(file, context), filesSplitAtOnce);
      return ranges.flat().map(shardOfRange);
    },
    read(shard, context) {
      const range = rangeOf(shard);
      return readText(range, context, dialect.quoted, parserOf(range, context), toleranceOf(range, context));
    },
    readColumns(shard, context, columns) {
      const range = rangeOf(shard);
      const parser = parserOf(range, context);
      const cells = new ColumnParser(parser, () => openCells(parser, columns));
      return readText(range, context, dialect.quoted, cells, toleranceOf(range, context));
    },
  });
}

function checkNames(names: readonly string[]): readonly string[] {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return names;
  throw new DatasetsError('PIPELINE_INVALID', `Two columns are called ${JSON.stringify(twice)}`, {
    hint: 'Give each column its own name.',
  });
}
