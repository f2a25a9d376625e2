import { join } from 'node:path';
import type { BuildDemands } from '../../builder/index.js';
import { type BeamSettings, findProjectRoot, type WorkerEnvironmentChoice } from '../../core/config/index.js';
import { DatasetsError } from '../../core/errors/index.js';
import type { BuildJob, BuildOutput, Engine, EngineRun } from '../engine.js';
import { loadBeam } from './rpc/load-beam.js';
import { projectVariable } from './worker/project-variable.js';

export interface PortableEngineOptions {
  readonly settings: BeamSettings;
  /** Threads of each worker process in LOOPBACK. */
  readonly threads: number;
  /** Absolute: the folder of the project's configuration. */
  readonly projectDirectory: string;
  readonly demands?: BuildDemands;
}

/** Settings that go together. */
interface Connection {
  readonly endpoint: string;
  readonly environment: WorkerEnvironmentChoice;
  /** undefined: a folder of the build, which only workers of this machine see. */
  readonly workLocation: string | undefined;
}

/**
 * Has builds done by a runner that has a Beam job service. gRPC is loaded when a build runs.
 *
 * @throws DatasetsError USAGE for settings that lack something, or do not go together.
 */
export function createPortableEngine(options: PortableEngineOptions): Engine {
  const connection = checkSettings(options.settings);
  return {
    name: 'beam',
    warmUp: () => {},
    close: async () => {},
    run: (job, run) => runJob(connection, options, job, run),
  };
}

async function runJob(
  { endpoint, environment, workLocation }: Connection,
  { settings, threads, projectDirectory, demands }: PortableEngineOptions,
  job: BuildJob,
  run: EngineRun,
): Promise<BuildOutput> {
  const [{ BeamEngine }, { PortableSubmitter }] = await loadBeam(() =>
    Promise.all([import('./beam-engine.js'), import('./job/portable-submitter.js')]),
  );
  const projectRoot = (await findProjectRoot(projectDirectory)).directory;
  const workers = {
    program: new URL('./worker/worker-main.js', import.meta.url),
    flags: [`--threads=${threads}`],
    env: { [projectVariable]: projectRoot },
  };
  const engine = new BeamEngine({
    name: 'beam',
    submitter: new PortableSubmitter({ endpoint, environment, workers }),
    workLocation: workLocation ?? join(job.workDirectory, 'beam'),
    projectRoot,
    pipelineOptions: settings.options,
    ...(demands !== undefined && { demands }),
  });
  return engine.run(job, run);
}

function checkSettings({ jobEndpoint: endpoint, environment: chosen, workLocation }: BeamSettings): Connection {
  if (endpoint === undefined) {
    throw usage(
      'the runner beam needs the address of its job service',
      'Name it by --job-endpoint (a Prism on this machine: `prism`, then --job-endpoint localhost:8073), or as beam.jobEndpoint in the configuration.',
    );
  }
  const environment = chosen ?? { kind: 'loopback' };
  if (environment.kind === 'loopback') {
    if (!isHere(endpoint)) {
      throw usage(
        `the runner at ${endpoint} can't have its workers on this machine, which it can't reach`,
        'Say where they run: --environment docker:IMAGE, process:COMMAND or external:HOST:PORT, with a --work-location that all of them reach. A runner behind a forwarded port is named by localhost.',
      );
    }
  } else if (workLocation === undefined) {
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
