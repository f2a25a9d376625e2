import { DatasetsError, type ErrorCode } from '../../../core/errors/index.js';
import { credentialsReason, isAboutConnection, RequestFailure } from '../../../storage/index.js';
import type { QueryText } from '../query.js';
import { refusedQuery } from '../refused-query.js';

/** What was under way when BigQuery refused. */
export interface QueryStep {
  readonly query: QueryText;
  readonly project: string;
  readonly location: string | undefined;
  /** The job's id, once there is one: then what fails, fails at the data. */
  readonly job?: string;
}

/** Reasons of a 403 that are about how much, not about who: https://cloud.google.com/bigquery/docs/error-messages. */
const quotaReasons: ReadonlySet<string> = new Set([
  'quotaExceeded',
  'billingNotEnabled',
  'blocked',
  'rateLimitExceeded',
]);

/** What a failed request, or a failed job, means for the user, and what to do next. */
export function bigQueryError(cause: unknown, step: QueryStep): DatasetsError {
  if (cause instanceof DatasetsError) return cause;
  if (!(cause instanceof RequestFailure)) throw cause;
  const { query, job } = step;
  const { reason, status } = cause;
  if (reason === 'bytesBilledLimitExceeded') return overCap(query, undefined, cause);
  if (isAboutQuery(reason, status)) return queryError(cause, step);
  const { code, what, hint } = explain(cause, step);
  const about = job === undefined ? '' : ` (job ${job})`;
  return new DatasetsError(code, `${query.name}: ${what}${about}`, {
    hint,
    cause,
    at: { file: query.name, source: query.name },
  });
}

function isAboutQuery(reason: string | undefined, status: number | undefined): boolean {
  return reason === 'invalidQuery' || reason === 'invalid' || (status === 400 && reason === undefined);
}

interface Explanation {
  readonly code: ErrorCode;
  readonly what: string;
  readonly hint: string;
}

function explain({ status, reason, message }: RequestFailure, { project, location }: QueryStep): Explanation {
  if (reason === credentialsReason || status === 401) {
    return {
      code: 'CREDENTIALS_MISSING',
      what: `the credentials for Google Cloud are missing or have expired: ${message}`,
      hint: 'Run: gcloud auth application-default login. A job names its key file in GOOGLE_APPLICATION_CREDENTIALS, or runs as a service account.',
    };
  }
  if (status === 404 || reason === 'notFound') {
    const where = location === undefined ? 'its data set lies' : `${location}, where the job runs`;
    return {
      code: 'SOURCE_NOT_FOUND',
      what: message,
      hint: `Correct the name (project.dataset.table), and see that it lies in ${where}: tables of another location are not found. The settings are bigquery.location and bigquery.dataset.`,
    };
  }
  if (reason !== undefined && quotaReasons.has(reason)) {
    return {
      code: 'WAREHOUSE_FAILED',
      what: message,
      hint: `See quotas and billing of the project ${project}: https://console.cloud.google.com/iam-admin/quotas?project=${project}. Then build again.`,
    };
  }
  if (status === 403 || reason === 'accessDenied') {
    return {
      code: 'WAREHOUSE_DENIED',
      what: message,
      hint: `It takes roles/bigquery.jobUser and roles/bigquery.readSessionUser on the project ${project}, roles/bigquery.dataViewer on what is read, and roles/bigquery.dataEditor on the data set for results.`,
    };
  }
  if (reason === 'stopped' || reason === 'timeout') {
    return {
      code: 'WAREHOUSE_FAILED',
      what: `the query was stopped: ${message}`,
      hint: 'Raise bigquery.timeoutSeconds if it takes that long; or somebody has cancelled the job. Build again.',
    };
  }
  if (status === undefined && (reason === undefined || isAboutConnection(reason))) {
    return {
      code: 'WAREHOUSE_FAILED',
      what: `BigQuery can't be reached: ${message}`,
      hint: 'Check the network, HTTPS_PROXY and BIGQUERY_EMULATOR_HOST, then build again: it goes on.',
    };
  }
  return {
    code: 'WAREHOUSE_FAILED',
    what: `BigQuery failed: ${message}${status === undefined ? '' : ` (HTTP ${status})`}`,
    hint: 'Build again later: it goes on from what it has finished.',
  };
}

/** The query is wrong; or, once it runs as a job, a value of the data does not fit it. */
function queryError(cause: RequestFailure, { query, job }: QueryStep): DatasetsError {
  const { message } = cause;
  const about = job === undefined ? '' : ` (job ${job})`;
  if (/^Invalid (?:time travel timestamp|snapshot time) \d+ for table /.test(message)) {
    return refusedQuery(
      query,
      `${message}${about}`,
      'Time travel reaches back seven days at most, and a build that goes on reads as of the time of its first attempt: begin anew with --restart. Views, external tables and tables with row-level policies have none: read them without `snapshot`.',
    );
  }
  if (/^CREATE TABLE columns must be named/.test(message)) {
    return refusedQuery(query, 'a column of its result has no name', 'Name it: count(*) AS clicks.');
  }
  if (job !== undefined) return valueError(message, query, job);
  const place = /\s*(?:at )?\[(\d+):(\d+)\]\.?$/.exec(message);
  const source = place === null ? query.name : `${query.name} line ${place[1]}`;
  const what = place === null ? message : message.slice(0, place.index);
  return new DatasetsError('QUERY_INVALID', `${source}: ${what}`, {
    hint: 'Correct the query. It is written in GoogleSQL, the dialect of BigQuery.',
    cause,
    at: { file: query.name, source },
  });
}

/** How messages about a value begin; a value may stand anywhere after it. */
const kindsOfValueErrors =
  /^(?:Bad (?:int64|double|bool|numeric|bignumeric) value|Could not (?:cast|parse)|Invalid (?:date|time|datetime|timestamp|JSON|UTF-8)|Failed to parse input string|Division by zero|Out of range|(?:int64|double|numeric|bignumeric) overflow|Scalar subquery produced more than one element|Array index|Resources exceeded)/i;

/** The dry run has passed, so the message is about a value, which may be private, and quotes it: nothing is shown but a beginning that is known. It is no cause, either. */
function valueError(message: string, query: QueryText, job: string): DatasetsError {
  const [kind] = kindsOfValueErrors.exec(message) ?? [];
  return refusedQuery(
    query,
    `${kind === undefined ? '' : `${kind}: `}a value of the data does not fit (job ${job})`,
    `Use SAFE_CAST, or functions with SAFE. before their name, for values that may not fit, and say what they become. The value is not shown: it may be private. Who may see the job sees it: bq show -j ${job.replace('.', ':')}.`,
  );
}

/** @param estimate what a dry run says that the query reads, where it was that */
export function overCap(query: QueryText, estimate: Estimate | undefined, cause?: unknown): DatasetsError {
  const reads =
    estimate === undefined
      ? 'would be billed more than bigquery.maximumBytesBilled allows'
      : `reads ${inWords(estimate.bytes)} (${estimate.bytes} bytes), and at most ${inWords(estimate.cap)} are allowed`;
  const enough = estimate === undefined ? '2 TiB' : raised(estimate.bytes);
  return new DatasetsError('LIMIT_EXCEEDED', `${query.name}: the query ${reads}; it was not run`, {
    hint: `Read less: fewer columns, partitions of a time. If that much is meant, raise the cap in ailab-datasets.config.ts: bigquery: { maximumBytesBilled: '${enough}', … }.`,
    cause,
    at: { file: query.name, source: query.name, field: 'bigquery.maximumBytesBilled' },
  });
}

export interface Estimate {
  readonly bytes: number;
  readonly cap: number;
}

const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

function inWords(bytes: number): string {
  const unit = unitOf(bytes);
  return `${Number((bytes / 1024 ** unit).toPrecision(3))} ${units[unit]}`;
}

/** A round size that is enough. */
function raised(bytes: number): string {
  const unit = Math.min(4, Math.max(2, unitOf(bytes)));
  return `${Math.ceil((bytes * 1.1) / 1024 ** unit)} ${units[unit]}`;
}

function unitOf(bytes: number): number {
  return bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
}
