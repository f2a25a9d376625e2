import { DatasetsError } from '../errors/index.js';
import type { BeamSettings } from './beam-settings.js';
import type { WorkerEnvironmentChoice } from './worker-environment.js';

/** Settings that are complete and go together. */
export interface BeamConnection {
  /** `host:port` of the job service. */
  readonly endpoint: string;
  readonly environment: WorkerEnvironmentChoice;
  /** undefined: a folder of the build, which only workers of this machine see. */
  readonly workLocation: string | undefined;
}

/**
 * What a build on a runner with a job service takes.
 *
 * @throws DatasetsError USAGE for settings that lack something, or do not go together.
 */
export function beamConnection(settings: BeamSettings): BeamConnection {
  const { jobEndpoint: endpoint, environment = { kind: 'loopback' }, workLocation } = settings;
  if (endpoint === undefined) {
    throw usage(
      'the runner beam needs the address of its job service',
      'Name it by --job-endpoint (a Prism on this machine: `prism`, then --job-endpoint localhost:8073), or as beam.jobEndpoint in the configuration.',
    );
  }
  if (environment.kind === 'loopback' && !isHere(endpoint)) {
    throw usage(
      `the runner at ${endpoint} can't have its workers on this machine, which it can't reach`,
      'Say where they run: --environment docker:IMAGE, process:COMMAND or external:HOST:PORT, with a --work-location that all of them reach. A runner behind a forwarded port is named by localhost.',
    );
  }
  if (environment.kind !== 'loopback' && workLocation === undefined) {
    throw usage(
      'workers that are not processes of this machine need a work location',
      'Name a place that they and this machine can read and write: --work-location gs://bucket/prefix, or a directory that all of them see under the same path.',
    );
  }
  return { endpoint, environment, workLocation };
}

/** LOOPBACK workers, and the pool that starts them, listen on this machine alone. */
function isHere(endpoint: string): boolean {
  const host = endpoint.slice(0, endpoint.lastIndexOf(':'));
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i.test(host);
}

function usage(message: string, hint: string): DatasetsError {
  return new DatasetsError('USAGE', message, { hint });
}
