import { DatasetsError, type ErrorCode } from '../core/errors/index.js';

const unknownCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'DATASET_UNKNOWN',
  'CONFIG_UNKNOWN',
  'VERSION_UNKNOWN',
]);

/** Whether an error says that there is no such version, as a registry answers. */
export function isUnknownReference(error: unknown): error is DatasetsError {
  return error instanceof DatasetsError && unknownCodes.has(error.code);
}
