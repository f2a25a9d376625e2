import { type ServiceError, status } from '@grpc/grpc-js';
import { DatasetsError } from '../../../core/errors/index.js';

/** Whether a call failed on its way: the same one may succeed when it is tried again. */
export function isUnreachable(error: unknown): boolean {
  if (error instanceof DatasetsError) return isUnreachable(error.cause);
  return isServiceError(error) && (error.code === status.UNAVAILABLE || error.code === status.DEADLINE_EXCEEDED);
}

/**
 * What a failed call to the job service means for the build.
 *
 * @param call what was asked of it: `take the job`
 */
export function jobServiceError(error: unknown, endpoint: string, call: string): unknown {
  if (!isServiceError(error)) return error;
  switch (error.code) {
    case status.UNAVAILABLE:
      return new DatasetsError('JOB_SERVICE_UNREACHABLE', `no job service of Beam answers at ${endpoint}`, {
        hint: 'Start the runner (`prism` listens on localhost:8073), or correct --job-endpoint.',
        cause: error,
      });
    case status.DEADLINE_EXCEEDED:
      return new DatasetsError(
        'JOB_SERVICE_UNREACHABLE',
        `the job service at ${endpoint} does not answer: it was to ${call}`,
        {
          hint: 'Look at the log of the job service; it may be busy, or another program may listen on that port.',
          cause: error,
        },
      );
    case status.UNIMPLEMENTED:
      return new DatasetsError('JOB_SERVICE_UNREACHABLE', `what answers at ${endpoint} is no job service of Beam`, {
        hint: "Correct --job-endpoint: a runner has several ports, and the job service's is the one that its other SDKs are given.",
        cause: error,
      });
    default:
      return new DatasetsError('JOB_REFUSED', `the job service at ${endpoint} did not ${call}: ${error.details}`, {
        hint: 'Its log may say more. A runner that lacks something is to be replaced by a newer one, or by another.',
        cause: error,
      });
  }
}

/** As `jobServiceError`, for the service that takes the files of a job, at an address that the job service names. */
export function stagingError(error: unknown, endpoint: string, stagingEndpoint: string): unknown {
  if (!isUnreachable(error)) return jobServiceError(error, stagingEndpoint, 'take the files of the job');
  return new DatasetsError(
    'JOB_SERVICE_UNREACHABLE',
    `the job service at ${endpoint} takes files at ${stagingEndpoint}, where nobody answers`,
    {
      hint: 'Make that address reachable from here as well: of a job server in a container, publish the port of its artifact service.',
      cause: error,
    },
  );
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'details' in error && typeof error.code === 'number';
}
