import { DatasetsError } from '../../../core/errors/index.js';
import { grpcCode } from './stream-messages.js';

/**
 * What a failure of the Storage Read API means for the user.
 *
 * @param query what messages call the query
 */
export function readError(cause: unknown, query: string): unknown {
  if (cause instanceof DatasetsError || !(cause instanceof Error)) return cause;
  const code = grpcCode(cause);
  const isAboutCredentials = code === 16 || /default credentials|invalid_grant|invalid_rapt/.test(cause.message);
  if (code === undefined && !isAboutCredentials) return cause;
  const at = { file: query, source: query };
  if (isAboutCredentials) {
    return new DatasetsError(
      'CREDENTIALS_MISSING',
      `${query}: the credentials for Google Cloud are missing or have expired`,
      {
        hint: 'Run: gcloud auth application-default login. A job names its key file in GOOGLE_APPLICATION_CREDENTIALS, or runs as a service account.',
        cause,
        at,
      },
    );
  }
  if (code === 7) {
    return new DatasetsError('WAREHOUSE_DENIED', `${query}: the result may not be read: ${cause.message}`, {
      hint: 'Reading a result takes roles/bigquery.readSessionUser on the project that pays, and roles/bigquery.dataViewer on the data set for results.',
      cause,
      at,
    });
  }
  if (code === 3) {
    return new DatasetsError(
      'QUERY_INVALID',
      `${query}: the part of its result that is to be read is refused: ${cause.message}`,
      {
        hint: 'Correct `part.where`: comparisons of columns with values, put together with AND, OR and NOT.',
        cause,
        at,
      },
    );
  }
  if (isGone(cause)) {
    return new DatasetsError('WAREHOUSE_FAILED', `${query}: its result is not there any more: ${cause.message}`, {
      hint: 'A read session lives for six hours, and a table for bigquery.expirationHours. Build again: it makes a new session, and runs the query again where the table is gone.',
      cause,
      at,
    });
  }
  return new DatasetsError('WAREHOUSE_FAILED', `${query}: its result can't be read: ${cause.message}`, {
    hint: 'Build again: it goes on from what it has finished.',
    cause,
    at,
  });
}

/** NOT_FOUND, and FAILED_PRECONDITION, which is what a session that has expired gives. */
export function isGone(cause: unknown): boolean {
  const code = grpcCode(cause);
  return code === 5 || code === 9;
}
