import { DatasetsError, type ErrorCode } from '../../core/errors/index.js';
import { credentialsReason, isAboutConnection, RequestFailure } from '../../storage/index.js';

/**
 * What a failed request to Dataflow means for the user, and what to do next.
 *
 * @param verb what was tried: `create the job product-a-1-2-0-4f1c9a02`
 */
export function dataflowError(cause: unknown, verb: string, project: string): unknown {
  if (!(cause instanceof RequestFailure)) return cause;
  const { code, message, hint } = explain(cause, verb, project);
  return new DatasetsError(code, message, { hint, cause });
}

interface Explanation {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
}

function explain({ status, reason, message }: RequestFailure, verb: string, project: string): Explanation {
  if (reason === credentialsReason || status === 401) {
    return {
      code: 'CREDENTIALS_MISSING',
      message: `could not ${verb}: the credentials for Google Cloud are missing or have expired (${message})`,
      hint: 'Run: gcloud auth application-default login. A job names its key file in GOOGLE_APPLICATION_CREDENTIALS, or runs as a service account.',
    };
  }
  if (status === 403) {
    return {
      code: 'JOB_REFUSED',
      message: `may not ${verb}: ${message}`,
      hint: /disabled|has not been used/i.test(message)
        ? `Run: gcloud services enable dataflow.googleapis.com --project=${project}`
        : `Submitting needs roles/dataflow.developer in the project, and roles/iam.serviceAccountUser on the workers' account: gcloud projects add-iam-policy-binding ${project} --member=user:YOU --role=roles/dataflow.developer`,
    };
  }
  if (status === 404) {
    return {
      code: 'BUILD_UNKNOWN',
      message: `could not ${verb}: ${message}`,
      hint: 'Check --project and --region: a job is known in its own region alone.',
    };
  }
  if (status === 429) {
    return {
      code: 'JOB_REFUSED',
      message: `could not ${verb}: a quota of the project is used up (${message})`,
      hint: 'See https://console.cloud.google.com/iam-admin/quotas, then run again.',
    };
  }
  if (status !== undefined && status < 500) {
    return {
      code: 'JOB_REFUSED',
      message: `could not ${verb}: Dataflow refuses (${message})`,
      hint: 'See the reason in the message; docs/dataflow.md lists the options.',
    };
  }
  const silent = isAboutConnection(reason) ? 'can not be reached' : 'does not answer';
  return {
    code: 'JOB_SERVICE_UNREACHABLE',
    message: `could not ${verb}: Dataflow ${silent} (${message})`,
    hint: 'Check the network and HTTPS_PROXY, then run again: a job that runs is found and joined.',
  };
}
