import { stringifyJson } from '../core/json/index.js';
import { type Definition, plainValue } from '../features/index.js';

/** One column of a CSV file: a field that is no record, by its path. */
interface CsvColumn {
  readonly path: string;
  read(example: unknown): unknown;
}

/** Writes examples as records of CSV (RFC 4180). */
export interface CsvFormat {
  /** The header, with its line end. */
  readonly header: string;
  line(example: unknown): string;
}

/**
 * How a schema's examples are written as CSV: records become columns named by their paths (`user/id`), what is no single value (tensors, lists)
 * is JSON inside its cell, bytes are base64, and an absent value is an empty cell.
 */
export function csvFormat(schema: Definition): CsvFormat {
  const columns = schema.kind === 'record' ? columnsOf(schema.fields, '', (example) => example) : [];
  return {
    header: `${columns.map(({ path }) => csvCell(path)).join(',')}\r\n`,
    line: (example) => `${columns.map((column) => csvCell(column.read(example))).join(',')}\r\n`,
  };
}

function columnsOf(
  fields: Readonly<Record<string, Definition>>,
  prefix: string,
  parent: (example: unknown) => unknown,
): readonly CsvColumn[] {
  return Object.entries(fields).flatMap(([name, definition]): readonly CsvColumn[] => {
    const path = prefix + name;
    const field = (example: unknown): unknown => {
      const record = parent(example);
      return typeof record === 'object' && record !== null ? Reflect.get(record, name) : undefined;
    };
    const inner = definition.kind === 'optional' ? definition.feature : definition;
    if (inner.kind === 'dropped') return [];
    if (inner.kind === 'record') return columnsOf(inner.fields, `${path}/`, field);
    const write = plainValue(inner);
    return [
      {
        path,
        read: (example) => {
          const value = field(example);
          return value === null || value === undefined ? undefined : write(value);
        },
      },
    ];
  });
}

function csvCell(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return quoted(value);
  const json = stringifyJson(value);
  // Base64, NaN and infinities are JSON text; in a cell of their own they need no quotes.
  return json.startsWith('"') ? quoted(JSON.parse(json) as string) : quoted(json);
}

/** An empty text is quoted, so that it differs from an absent one. */
function quoted(text: string): string {
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
