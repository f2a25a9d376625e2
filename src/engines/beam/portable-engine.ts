import { join } from 'node:path';
import type { BuildDemands } from '../../builder/index.js';
import { type BeamConnection, type BeamSettings, beamConnection, findProjectRoot } from '../../core/config/index.js';
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

/**
 * Has builds done by a runner that has a Beam job service. gRPC is loaded when a build runs.
 *
 * @throws DatasetsError USAGE for settings that lack something, or do not go together.
 */
export function createPortableEngine(options: PortableEngineOptions): Engine {
  const connection = beamConnection(options.settings);
  return {
    name: 'beam',
    warmUp: async () => {},
    close: async () => {},
    run: (job, run) => runJob(connection, options, job, run),
  };
}

async function runJob(
  { endpoint, environment, workLocation }: BeamConnection,
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
