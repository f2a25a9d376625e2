import { DatasetsError, type ErrorCode } from '../core/errors/index.js';

/** Faults that end when there is a network again, or a log-in: until then what is in the cache is as good as it was. */
const passing: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'STORAGE_UNREACHABLE',
  'STORAGE_FAILED',
  'CREDENTIALS_MISSING',
]);

/** Whether an error says that a registry can't be asked now, and not that it has answered no. */
export function isUnreachable(error: unknown): error is DatasetsError {
  return error instanceof DatasetsError && passing.has(error.code);
}
