import { leaveOut, type TakeBadRow } from '../bad-rows/bad-row.js';
import { malformedFile, malformedText } from '../malformed.js';
import { type RowFactory, rowFactory } from '../row-factory.js';
import { batchElements, type SourceBatch } from '../source.js';
import type { ChunkParser, TextChunk } from '../text/text-chunks.js';
import type { CsvTypes } from './csv-types.js';
import type { Dialect } from './dialect.js';
import { type FieldParser, fieldParser, notOfType } from './field-parser.js';
import { CsvTokenizer } from './tokenizer.js';

export interface CsvParserOptions {
  readonly file: string;
  readonly dialect: Dialect;
  readonly types: CsvTypes;
  /** Columns wanted, in this order; undefined for all. */
  readonly select: readonly string[] | undefined;
  /** Columns of the file; undefined when its first record names them. */
  readonly header: readonly string[] | undefined;
  /** Takes malformed records; undefined where they are errors. */
  readonly takeBadRow: TakeBadRow | undefined;
  /** Messages show no value. */
  readonly hidesValues: boolean;
}

/** One column of the file: where its values go, and how they are converted. */
interface FileColumn {
  readonly name: string;
  /** Values of the batch so far; undefined for a column that nobody asked for. */
  readonly values: unknown[] | undefined;
  readonly type: string;
  readonly parse: FieldParser | undefined;
}

/** The columns of one file, and the rows that are made of them. */
class Table {
  readonly header: readonly string[];
  /** Those that rows have. */
  readonly wanted: readonly string[];
  readonly fileColumns: readonly FileColumn[];
  readonly #rows: RowFactory;
  readonly #columns: readonly unknown[][];

  constructor(header: readonly string[], options: CsvParserOptions) {
    const wanted = options.select ?? header;
    this.header = header;
    this.wanted = wanted;
    this.#columns = wanted.map(() => []);
    this.#rows = rowFactory(wanted);
    this.fileColumns = header.map((name) => {
      const type = Object.hasOwn(options.types, name) ? (options.types[name] ?? 'string') : 'string';
      return { name, type, parse: fieldParser(type), values: this.#columns[wanted.indexOf(name)] };
    });
  }

  take(count: number): object[] {
    return this.#rows(this.#columns, 0, count);
  }
}

/** Parses chunks of whole records into row objects. */
export class CsvParser<T> implements ChunkParser<SourceBatch<T>> {
  readonly #options: CsvParserOptions;
  readonly #tokenizer: CsvTokenizer;
  #table: Table | undefined;
  #chunk: TextChunk | undefined;

  constructor(options: CsvParserOptions) {
    this.#options = options;
    this.#tokenizer = new CsvTokenizer(options.dialect, (line, column, what, hint, reason) =>
      this.#fail({ line, column }, what, hint, reason),
    );
    if (options.header !== undefined) this.#table = new Table(checkHeader(options.header, options), options);
  }

  /** The columns of the file and of its rows, as soon as they are known. */
  get columns(): { readonly header: readonly string[]; readonly wanted: readonly string[] } | undefined {
    return this.#table;
  }

  *parse(chunk: TextChunk): Generator<SourceBatch<T>, void, undefined> {
    this.#chunk = chunk;
    this.#tokenizer.start(chunk.text);
    this.#table ??= this.#readHeader();
    if (this.#table === undefined) return;
    for (;;) {
      const lines: number[] = [];
      this.#readRecords(this.#table, chunk.text, lines);
      if (lines.length === 0) return;
      yield {
        // The author's word, or the declared types, say what a row is.
        elements: this.#table.take(lines.length) as T[],
        position: (index) => `${this.#options.file} line ${chunk.firstLine() + (lines[index] ?? 0)}`,
      };
    }
  }

  finish(): void {
    if (this.#table !== undefined) return;
    throw malformedFile(this.#options.file, 'is empty: it has no header', {
      hint: 'Fetch or write the file again; a file without a header is read with { header: [...] }.',
    });
  }

  #readHeader(): Table | undefined {
    if (!this.#tokenizer.next()) return undefined;
    const names: string[] = [];
    for (let i = 0; i < this.#tokenizer.count; i++) {
      const name = this.#tokenizer.field(i);
      if (names.includes(name))
        this.#failField(i, `a second column called ${JSON.stringify(name)}`, 'Give each column its own name.');
      names.push(name);
    }
    return new Table(checkHeader(names, this.#options), this.#options);
  }

  /** Records until the batch is full or the text ends; the line of each is added to `lines`. */
  #readRecords(table: Table, text: string, lines: number[]): void {
    for (;;) {
      try {
        while (lines.length < batchElements && this.#tokenizer.next()) {
          this.#readRecord(table, text, lines.length);
          lines.push(this.#tokenizer.line);
        }
        return;
      } catch (error) {
        const { file, takeBadRow } = this.#options;
        if (takeBadRow === undefined) throw error;
        leaveOut(error, file, this.#tokenizer.skipRecord(), takeBadRow);
      }
    }
  }

  #readRecord(table: Table, text: string, row: number): void {
    const { starts, ends, doubled, count } = this.#tokenizer;
    const columns = table.fileColumns;
    if (count !== columns.length) this.#failCount(count, columns.length);
    for (let i = 0; i < count; i++) {
      const column = columns[i];
      if (column?.values === undefined) continue;
      const start = starts[i] ?? 0;
      const end = ends[i] ?? 0;
      if (doubled[i] === true) column.values[row] = this.#convert(column, i, this.#tokenizer.field(i));
      else if (column.parse === undefined) column.values[row] = text.substring(start, end);
      else {
        const value = column.parse(text, start, end);
        if (value === notOfType) this.#failType(column, i);
        column.values[row] = value;
      }
    }
  }

  #convert(column: FileColumn, index: number, field: string): unknown {
    const value = column.parse === undefined ? field : column.parse(field, 0, field.length);
    if (value === notOfType) this.#failType(column, index);
    return value;
  }

  #failType(column: FileColumn, index: number): never {
    const field = this.#tokenizer.field(index);
    const ofLength = `a text of ${field.length} characters`;
    const shown = field.length <= 40 && !this.#options.hidesValues ? JSON.stringify(field) : ofLength;
    const where = `in column ${JSON.stringify(column.name)} is not of type ${column.type}`;
    const nullable = field === '' ? ` Declare it '${column.type}?' if it may be empty.` : '';
    return this.#failField(
      index,
      `${shown} ${where}`,
      `Correct the value, or declare another type for the column.${nullable}`,
      `${ofLength} ${where}`,
    );
  }

  #failCount(found: number, wanted: number): never {
    const fields = found === 1 ? '1 field' : `${found} fields`;
    return this.#fail(
      { line: this.#tokenizer.line },
      `${fields} where ${wanted} columns are`,
      'Quote fields that hold the delimiter or a line end.',
    );
  }

  #failField(index: number, what: string, hint: string, reason?: string): never {
    return this.#fail(this.#tokenizer.positionOf(index), what, hint, reason);
  }

  #fail(
    position: { readonly line: number; readonly column?: number },
    what: string,
    hint: string,
    reason: string = what,
  ): never {
    const line = (this.#chunk?.firstLine() ?? 1) + position.line;
    const shown = this.#options.hidesValues ? reason : what;
    throw malformedText(this.#options.file, { ...position, line }, shown, { hint, reason });
  }
}

/** Every column that the author names must be there. */
function checkHeader(header: readonly string[], options: CsvParserOptions): readonly string[] {
  for (const name of [...(options.select ?? []), ...Object.keys(options.types)]) {
    if (header.includes(name)) continue;
    const columns = header.slice(0, 20).map((column) => JSON.stringify(column));
    throw malformedFile(options.file, `has no column ${JSON.stringify(name)}`, {
      hint: `It has ${columns.join(', ')}${header.length > 20 ? ` and ${header.length - 20} more` : ''}.`,
    });
  }
  return header;
}
