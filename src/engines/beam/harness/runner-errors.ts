import { DatasetsError } from '../../../core/errors/index.js';

/** A stream of the runner ended before its time. */
export function brokenOff(service: string, url: string, cause?: unknown): DatasetsError {
  return new DatasetsError('JOB_SERVICE_UNREACHABLE', `the runner's ${service} service at ${url} broke off`, {
    hint: 'See why the runner ended, and run the job again.',
    cause,
  });
}
