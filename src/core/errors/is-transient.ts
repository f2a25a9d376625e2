import { DatasetsError, type ErrorCode } from './datasets-error.js';

/** Faults of machines and networks, which the same build may not meet again. */
const transient: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'PREEMPTED',
  'WORKER_DIED',
  'STORAGE_FAILED',
  'STORAGE_DENIED',
  'STORAGE_UNREACHABLE',
  'DOWNLOAD_FAILED',
  'WAREHOUSE_DENIED',
  'WAREHOUSE_FAILED',
  'CREDENTIALS_MISSING',
  'BUCKET_UNKNOWN',
  'LEASE_LOST',
]);

/** What a network does to the author's own requests. */
const networkFaults: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'ENETDOWN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_SOCKET',
]);

/**
 * Whether a build that failed is worth going on with: the fault lay with the machine or the network. After a mistake in code or data, or Ctrl-C, or on a
 * full disk, nothing is kept.
 */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof DatasetsError)) return false;
  if (transient.has(error.code)) return true;
  return error.code === 'USER_CODE' && causesOf(error).some(isNetworkFault);
}

/** Whether a fault lay outside of code and data: a transient one, or a full disk. What was made so far is right. */
export function isOutside(error: unknown): error is DatasetsError {
  return isTransient(error) || (error instanceof DatasetsError && error.code === 'STORAGE_FULL');
}

function isNetworkFault(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' && networkFaults.has(cause.code);
}

function causesOf(error: Error): readonly unknown[] {
  const seen = new Set<unknown>();
  for (let cause: unknown = error.cause; cause instanceof Error && !seen.has(cause); cause = cause.cause)
    seen.add(cause);
  return [...seen];
}
