import { DatasetsError, type ErrorCode } from '../core/errors/index.js';

/** Faults that end when there is a network again, or a log-in: until then what is in the cache is as good as it was. */
const passing: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['STORAGE_UNREACHABLE', 'CREDENTIALS_MISSING']);

/**
 * Whether an error says that a registry can't be asked now, and not that it has answered no. A server that keeps failing (HTTP 503) counts; a fault
 * of this machine's disk doesn't.
 *
 * @param location the registry's.
 */
export function isUnreachable(error: unknown, location: string): error is DatasetsError {
  if (!(error instanceof DatasetsError)) return false;
  return passing.has(error.code) || (error.code === 'STORAGE_FAILED' && error.at.file?.startsWith(location) === true);
}
