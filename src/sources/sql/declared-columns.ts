import { nearestHint } from '../../core/names/index.js';
import type { QueryText } from './query.js';
import { refusedQuery } from './refused-query.js';
import type { SqlTypes } from './sql-types.js';

/** Refuses types of columns that a result has not. @throws DatasetsError QUERY_INVALID */
export function checkDeclared(types: SqlTypes, names: readonly string[], query: QueryText): void {
  const absent = Object.keys(types).find((name) => !names.includes(name));
  if (absent === undefined) return;
  const hint = nearestHint(absent, names, 'columns');
  throw refusedQuery(query, `its result has no column ${absent}, which is declared`, hint, absent);
}
