import { DatasetsError, type ErrorCode, packError, unpackError } from '../core/errors/index.js';

/** What may be told of an error outside of the machine that it happened on. */
export interface FailureFacts {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly split?: string | undefined;
  readonly transform?: string | undefined;
  readonly field?: string | undefined;
}

/**
 * Codes whose messages speak of names, versions, machines and rules. Those of all others may quote what an author's code threw, or a value: they are told by code and place alone. A new code is
 * quoted when somebody has looked at what it says.
 */
const quotable: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'SPLIT_EMPTY',
  'NAME_INVALID',
  'DATASET_UNKNOWN',
  'CONFIG_UNKNOWN',
  'VERSION_UNKNOWN',
  'VERSION_BLOCKED',
  'SOURCE_NOT_FOUND',
  'WAREHOUSE_DENIED',
  'CHECKSUM_MISSING',
  'CHECKSUM_MISMATCH',
  'DOWNLOAD_FAILED',
  'LIMIT_EXCEEDED',
  'WORKER_DIED',
  'JOB_SERVICE_UNREACHABLE',
  'WORKER_MISMATCH',
  'PREEMPTED',
  'STORAGE_FULL',
  'STORAGE_FAILED',
  'STORAGE_DENIED',
  'STORAGE_UNREACHABLE',
  'CREDENTIALS_MISSING',
  'BUCKET_UNKNOWN',
  'STORAGE_UNSUITABLE',
  'VERSION_EXISTS',
  'VERSION_REMOVED',
  'VERSION_YANKED',
  'VERSION_IMMUTABLE',
  'LEASE_LOST',
  'ALIAS_MOVED',
  'BUILD_RUNNING',
  'FORMAT_TOO_NEW',
  'BUILD_REFUSED',
  'GUARD_FAILED',
  'PRIVACY_POLICY_MISSING',
  'PEER_MISSING',
]);

/**
 * What may be told of an error: its code, where it happened, and its message where that can't hold a value of the data or what an author's code threw.
 *
 * @example
 * ```ts
 * failureFacts(error); // { code: 'USER_CODE', message: 'USER_CODE at parse, split train: the log of the build says more', transform: 'parse', split: 'train' }
 * ```
 */
export function failureFacts(thrown: unknown): FailureFacts {
  // A builder may have loaded a second copy of this package, whose errors are known by their shape alone: packing makes them ours.
  const error = unpackError(packError(thrown));
  if (!(error instanceof DatasetsError)) {
    return { code: 'INTERNAL', message: 'INTERNAL: the log of the build says more' };
  }
  const { code, hint, at } = error;
  const { split, transform, field } = at;
  const place = {
    ...(split !== undefined && { split }),
    ...(transform !== undefined && { transform }),
    ...(field !== undefined && { field }),
  };
  if (quotable.has(code)) {
    return { code, message: `${code}: ${error.message}`, ...(hint !== undefined && { hint }), ...place };
  }
  const where = Object.entries(place).map(([part, name]) => `${part} ${name}`);
  const location = where.length === 0 ? '' : ` at ${where.join(', ')}`;
  return { code, message: `${code}${location}: the log of the build says more`, ...place };
}
