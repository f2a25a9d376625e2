import { DatasetsError } from '../../../core/errors/index.js';
import type { QueryText } from '../query.js';

/** The error for what DuckDB says of a query, with the line that it names. */
export function queryError(query: QueryText, cause: unknown, hint?: string): DatasetsError {
  const said = cause instanceof Error ? cause.message : String(cause);
  const line = /\n\nLINE (\d+):/.exec(said);
  const what = (line === null ? said : said.slice(0, line.index)).trim().replace(/\s*\n\s*/g, '; ');
  const source = line === null ? query.name : `${query.name} line ${line[1]}`;
  return new DatasetsError('QUERY_INVALID', `${source}: ${what}`, {
    hint: hint ?? hintFor(said),
    cause,
    at: { file: query.name, source },
  });
}

/** The error for a query that runs, and isn't what is wanted of it. */
export function refusedQuery(query: QueryText, what: string, hint: string, field?: string): DatasetsError {
  return new DatasetsError('QUERY_INVALID', `${query.name}: ${what}`, {
    hint,
    at: { file: query.name, source: query.name, ...(field === undefined ? {} : { field }) },
  });
}

function hintFor(said: string): string {
  if (/file system operations are disabled|has been disabled|is disabled through configuration/.test(said)) {
    return "A query reads nothing but the files that are named: sql(…, { tables: { name: 'file.csv' } }).";
  }
  if (/^Out of Memory Error/.test(said))
    return 'Give DuckDB more memory (--buffer: it has 16 times that), or ask for less at once.';
  if (/^Catalog Error: Table with name/.test(said)) return 'Tables are named by the option `tables`.';
  if (/^Conversion Error/.test(said)) return 'Use TRY_CAST for values that may not fit, and say what they become.';
  return 'Correct the query. It is written in the dialect of DuckDB.';
}
