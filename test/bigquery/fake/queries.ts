import { ApiError } from './api-error.js';
import type { FakeTable, TableReference } from './tables.js';

/** What a query gives. The fake runs no SQL: it answers with the first whose pattern the text matches. */
export interface FakeQuery {
  /** Default: every text. */
  readonly matches?: RegExp;
  readonly result?: FakeTable;
  /** What it reads. Default: 1 MiB. */
  readonly bytesProcessed?: number;
  /** What a dry run says that it reads. Default: what it reads. */
  readonly bytesEstimated?: number;
  /** What is wrong with it, so that a dry run refuses it. */
  readonly refusal?: JobError;
  /** How its runs fail, in place of a result; the last stays. `undefined` is a run that works. */
  readonly failures?: readonly (JobError | undefined)[];
  /** How often a client must ask until it is done; `forever` until it is cancelled. Default: 0. */
  readonly polls?: number | 'forever';
  /** Of the query alone, as a dry run says it. Default: SELECT. */
  readonly statementType?: string;
  readonly referencedTables?: readonly TableReference[];
}

/** Why a job failed: in its status, and with a code over HTTP where its rows are asked for. */
export interface JobError {
  readonly reason: string;
  readonly message: string;
  readonly location?: string;
}

/** The words for a table's state that has gone: https://cloud.google.com/bigquery/docs/time-travel. */
export const expiredSnapshot: JobError = {
  reason: 'invalidQuery',
  message:
    'Invalid time travel timestamp 1582156800000 for table project:dataset.table. Cannot read before 1582761600000.',
};

const statusOfReason: Readonly<Record<string, number>> = {
  accessDenied: 403,
  backendError: 503,
  duplicate: 409,
  internalError: 500,
  notFound: 404,
  quotaExceeded: 403,
  rateLimitExceeded: 403,
};

export function apiErrorOf({ reason, message }: JobError): ApiError {
  return new ApiError(statusOfReason[reason] ?? 400, reason, message);
}

const mebibyte = 2 ** 20;

/** At least 10 MB a query, in steps of 1 MB: https://cloud.google.com/bigquery/pricing#on_demand_pricing. */
export function billedBytes(processed: number): number {
  return processed === 0 ? 0 : Math.max(10 * mebibyte, Math.ceil(processed / mebibyte) * mebibyte);
}

/** Of a query whose script has none. */
export const noResult: FakeTable = { fields: [], rows: [] };
