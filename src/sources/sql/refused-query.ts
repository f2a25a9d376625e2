import { DatasetsError } from '../../core/errors/index.js';
import type { QueryText } from './query.js';

/** The error for a query that runs, and isn't what is wanted of it. */
export function refusedQuery(query: QueryText, what: string, hint: string, field?: string): DatasetsError {
  return new DatasetsError('QUERY_INVALID', `${query.name}: ${what}`, {
    hint,
    at: { file: query.name, source: query.name, ...(field === undefined ? {} : { field }) },
  });
}
