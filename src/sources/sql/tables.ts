import { DatasetsError } from '../../core/errors/index.js';
import {
  type FileReference,
  isFileReference,
  referencedNames,
  referenceName,
  resolveFiles,
  type SourceFile,
} from '../files/resolve-files.js';
import type { SourceContext } from '../source.js';

/** Files that are a table of DuckDB: CSV (`.csv`, `.tsv`), JSON Lines (`.jsonl`, `.ndjson`), plain or `.gz`, or Parquet. */
export type SqlTable =
  | FileReference
  | {
      readonly files: FileReference;
      /** DuckDB's names of types by column: `{ price: 'DECIMAL(18,3)' }`. Other columns of CSV files are VARCHAR, of JSON Lines those that are inferred from all lines. */
      readonly types: Readonly<Record<string, string>>;
    };

/** Tables by the name that queries call them. */
export type SqlTables = Readonly<Record<string, SqlTable>>;

export type TableFormat = 'csv' | 'tsv' | 'jsonl' | 'parquet';

/** A table whose files were found. */
export interface ResolvedTable {
  readonly name: string;
  readonly format: TableFormat;
  readonly files: readonly SourceFile[];
  readonly types: Readonly<Record<string, string>>;
}

/** @throws DatasetsError SOURCE_NOT_FOUND; UNSUPPORTED for files that DuckDB is not given; PIPELINE_INVALID for a mixture of formats. */
export async function resolveTables(tables: SqlTables, context: SourceContext): Promise<readonly ResolvedTable[]> {
  const names = Object.keys(tables).sort();
  const resolved: ResolvedTable[] = [];
  for (const name of names) {
    const table = tables[name];
    if (table !== undefined) resolved.push(await resolveTable(name, table, context));
  }
  return resolved;
}

/** What tables are declared to be, whatever their files hold: the same for the same declarations, in the order of their names. */
export function declaredTables(
  tables: SqlTables,
  context: SourceContext,
): readonly (readonly [name: string, types: Readonly<Record<string, string>>, files: readonly string[]])[] {
  const named = Object.entries(tables).sort(([a], [b]) => (a < b ? -1 : 1));
  return named.map(([name, table]) => {
    const { files, types } = isFileReference(table) ? { files: table, types: {} } : table;
    return [name, types, referencedNames(files, context)];
  });
}

async function resolveTable(name: string, table: SqlTable, context: SourceContext): Promise<ResolvedTable> {
  const { files, types } = isFileReference(table) ? { files: table, types: {} } : table;
  const found = await resolveFiles(files, context);
  for (const file of found) if (file.location.in === 'bucket') refuseBucket(name, file);
  const formats = new Set(found.map((file) => formatOf(file, name)));
  const [format] = formats;
  if (format !== undefined && formats.size === 1) return { name, format, files: found, types };
  throw new DatasetsError('PIPELINE_INVALID', `the table ${name} mixes files of ${[...formats].join(' and ')}`, {
    hint: `Make each format a table, and put them together in the query. The table is ${referenceName(files)}.`,
    at: { field: name },
  });
}

function refuseBucket(table: string, file: SourceFile): never {
  throw new DatasetsError('UNSUPPORTED', `the table ${table} holds ${file.name}, and DuckDB reads local files alone`, {
    hint: 'Copy the file to this machine, or read it without SQL: parquet(), csv() and jsonl() read gs:// URLs.',
    at: { file: file.name, field: table },
  });
}

function formatOf(file: SourceFile, table: string): TableFormat {
  const [, extension] = /\.(csv|tsv|jsonl|ndjson|parquet)(?:\.gz)?$/.exec(file.name) ?? [];
  switch (extension) {
    case 'csv':
    case 'tsv':
    case 'jsonl':
      return extension;
    case 'ndjson':
      return 'jsonl';
    case 'parquet':
      if (!file.name.endsWith('.gz')) return 'parquet';
  }
  throw new DatasetsError('UNSUPPORTED', `the table ${table} holds ${file.name}, whose name does not tell its format`, {
    hint: 'Tables are files called .csv, .tsv, .jsonl or .ndjson (or with .gz after it), or .parquet.',
    at: { file: file.name, field: table },
  });
}
