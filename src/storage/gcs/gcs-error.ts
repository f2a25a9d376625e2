import { DatasetsError, type ErrorCode } from '../../core/errors/index.js';
import {
  checksumReason,
  credentialsReason,
  damagedReason,
  isAboutConnection,
  RequestFailure,
} from './request-failure.js';

/** Reasons of a 403 that are about how much, not about who: https://cloud.google.com/storage/docs/json_api/v1/status-codes. */
const quotaReasons: ReadonlySet<string> = new Set(['quotaExceeded', 'dailyLimitExceeded', 'usageLimits']);
const billingReasons: ReadonlySet<string> = new Set([
  'accountDisabled',
  'billingNotEnabled',
  'UserProjectAccountProblem',
]);

/**
 * What a failed request means for the user, and what to do next. Tokens and keys never come this far: see RequestFailure.
 *
 * @param verb what was tried: `read`.
 * @param url the `gs://` URL of the object.
 */
export function gcsError(cause: unknown, verb: string, url: string): DatasetsError {
  if (cause instanceof DatasetsError) return cause;
  if (!(cause instanceof RequestFailure)) throw cause;
  const { code, message, hint } = explain(cause, verb, url);
  return new DatasetsError(code, message, { hint, cause, at: { file: url } });
}

interface Explanation {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
}

function explain({ status, reason, message }: RequestFailure, verb: string, url: string): Explanation {
  const bucket = bucketOf(url);
  if (reason === credentialsReason || status === 401) {
    return {
      code: 'CREDENTIALS_MISSING',
      message: `could not ${verb} ${url}: the credentials for Google Cloud are missing or have expired (${message})`,
      hint: 'Run: gcloud auth application-default login. A job names its key file in GOOGLE_APPLICATION_CREDENTIALS, or runs as a service account.',
    };
  }
  if (status === 404 && /bucket/i.test(message)) {
    return {
      code: 'BUCKET_UNKNOWN',
      message: `there is no bucket ${bucket} (could not ${verb} ${url})`,
      hint: `Correct the URL, or create the bucket: gcloud storage buckets create gs://${bucket}`,
    };
  }
  if (status === 403 && reason !== undefined && quotaReasons.has(reason)) {
    return {
      code: 'STORAGE_FULL',
      message: `could not ${verb} ${url}: a quota of the project is used up (${message})`,
      hint: 'See the quotas at https://console.cloud.google.com/iam-admin/quotas, then run again.',
    };
  }
  if (status === 403) {
    const billing = reason !== undefined && billingReasons.has(reason);
    return {
      code: 'STORAGE_DENIED',
      message: `may not ${verb} ${url}: ${message}`,
      hint: billing
        ? `Enable billing for the project of gs://${bucket}.`
        : `Reading needs roles/storage.objectViewer on the bucket, publishing roles/storage.objectAdmin: gcloud storage buckets add-iam-policy-binding gs://${bucket} --member=user:YOU --role=roles/storage.objectAdmin`,
    };
  }
  if (reason === checksumReason || reason === damagedReason) {
    return {
      code: 'DATA_CORRUPT',
      message: `could not ${verb} ${url}: ${message}`,
      hint: 'The bytes changed on their way, more than once. Try another network; if it stays so, verify the version.',
    };
  }
  if (status === undefined) {
    return {
      code: 'STORAGE_UNREACHABLE',
      message: `could not ${verb} ${url}: ${isAboutConnection(reason) ? 'Google Cloud Storage can not be reached' : 'Google Cloud Storage did not answer'} (${message})`,
      hint: 'Check the network, HTTPS_PROXY and STORAGE_EMULATOR_HOST, then run again.',
    };
  }
  return {
    code: 'STORAGE_FAILED',
    message: `could not ${verb} ${url}: ${message} (HTTP ${status})`,
    hint: status === 404 ? 'Check that it exists and was not deleted or replaced meanwhile.' : 'Run again later.',
  };
}

function bucketOf(url: string): string {
  return url.slice('gs://'.length).split('/')[0] ?? '';
}
