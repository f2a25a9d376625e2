import { nearestHint } from '../../core/names/index.js';
import type { QueryText } from './query.js';
import { refusedQuery } from './refused-query.js';

/** What of a query's result is read. The query runs once for all sources that read parts of its result. */
export interface ResultPart {
  /** Names of columns. Default: all. */
  readonly columns?: readonly string[];
  /** A condition in SQL that rows have to meet, of comparisons that every warehouse knows: `price > 0 AND item = 'a'`. */
  readonly where?: string;
}

/** Columns that are read, in the result's order. @throws DatasetsError QUERY_INVALID for one that the result has not */
export function columnsOfPart(
  names: readonly string[],
  part: ResultPart | undefined,
  query: QueryText,
): readonly string[] {
  const wanted = part?.columns;
  if (wanted === undefined) return names;
  const absent = wanted.find((name) => !names.includes(name));
  if (absent !== undefined) {
    const hint = nearestHint(absent, names, 'columns');
    throw refusedQuery(query, `its result has no column ${absent}, which is to be read`, hint, absent);
  }
  return names.filter((name) => wanted.includes(name));
}
