import { DatasetsError } from '../../../core/errors/index.js';
import type { QueryText } from '../query.js';

/** The error for what DuckDB says of a query, with the line that it names. */
export function queryError(query: QueryText, cause: unknown, hint?: string): DatasetsError {
  const said = cause instanceof Error ? cause.message : String(cause);
  if (isAboutValue(said)) return valueError(query, said, hint);
  const line = /\n\nLINE (\d+):/.exec(said);
  const what = (line === null ? said : said.slice(0, line.index)).trim().replace(/\s*\n\s*/g, '; ');
  const source = line === null ? query.name : `${query.name} line ${line[1]}`;
  return new DatasetsError('QUERY_INVALID', `${source}: ${what}`, {
    hint: hint ?? hintFor(said),
    cause,
    at: { file: query.name, source },
  });
}

/** Whether a query failed at a value of the data: then DuckDB's message quotes it, and CSV's whole line. */
function isAboutValue(said: string): boolean {
  if (/^Invalid Input Error: (?:No statement|No magic bytes)/.test(said)) return false;
  return /^(?:Conversion|Invalid Input|Out of Range|Constraint|Serialization|Mismatch Type) Error/.test(said);
}

/** Says what is wrong without the value, which may be private: nothing of DuckDB's message but names of columns and types. It is no cause, either. */
function valueError(query: QueryText, said: string, hint: string | undefined): DatasetsError {
  const [kind = ''] = /^[A-Z][A-Za-z ]* Error/.exec(said) ?? [];
  const queryLine = /\n\nLINE (\d+):[^\n]*\n[ ^]*$/.exec(said)?.[1];
  const fileLine = /^Conversion Error: CSV Error on Line: (\d+)\n/.exec(said)?.[1];
  const column =
    [...said.matchAll(/\nColumn (\S+) is being converted as type /g)].at(-1)?.[1] ??
    /when casting from source column (\S+)(?:\n\nLINE \d+:[^\n]*\n[ ^]*)?$/.exec(said)?.[1];
  const source = queryLine === undefined ? query.name : `${query.name} line ${queryLine}`;
  const where = fileLine === undefined ? '' : ` in line ${fileLine} of its file`;
  const what = `a value${column === undefined ? '' : ` of column ${column}`}${where} does not fit`;
  return new DatasetsError('QUERY_INVALID', `${source}: ${kind}: ${what}`, {
    hint: `${hint ?? 'Use TRY_CAST for values that may not fit, and say what they become.'} The value is not shown: it may be private.`,
    at: { file: query.name, source, ...(column === undefined ? {} : { field: column }) },
  });
}

function hintFor(said: string): string {
  if (/file system operations are disabled|has been disabled|is disabled through configuration/.test(said)) {
    return "A query reads nothing but the files that are named: sql(…, { tables: { name: 'file.csv' } }).";
  }
  if (/^Out of Memory Error/.test(said))
    return 'Give DuckDB more memory (--buffer: it has 16 times that), or ask for less at once.';
  if (/^Catalog Error: Table with name/.test(said)) return 'Tables are named by the option `tables`.';
  return 'Correct the query. It is written in the dialect of DuckDB.';
}
