import { createHash, randomUUID } from 'node:crypto';
import type { BuildDemands } from '../../builder/index.js';
import { type DataflowConfig, findProjectRoot } from '../../core/config/index.js';
import { DatasetsError } from '../../core/errors/index.js';
import { gcsUrlProblem, isGcsUrl, parseGcsUrl } from '../../core/location/index.js';
import { loadBeam } from '../beam/rpc/load-beam.js';
import type { BuildJob, BuildOutput, Engine, EngineRun } from '../engine.js';
import { type DataflowOptions, dataflowOptions } from './dataflow-options.js';
import type { JobAccount } from './job-options.js';
import type { SubmissionOptions } from './submission-options.js';

export interface DataflowEngineOptions {
  readonly settings: DataflowConfig;
  /** Absolute: the folder of the project's configuration. */
  readonly projectDirectory: string;
  /** That the version is published to: its place is part of what tells jobs apart. */
  readonly registry: string;
  readonly demands?: BuildDemands;
  readonly submission?: SubmissionOptions;
}

/**
 * Has builds done by Google Cloud Dataflow. Google's and Beam's packages are loaded when a build runs.
 *
 * @throws DatasetsError CONFIG_INVALID for settings that lack something, or contradict each other; USAGE for a template's place that is none.
 */
export function createDataflowEngine(engineOptions: DataflowEngineOptions): Engine {
  const options = dataflowOptions(engineOptions.settings);
  checkTemplate(engineOptions.submission?.templateLocation);
  return {
    name: 'dataflow',
    warmUp: async () => {},
    close: async () => {},
    run: (job, run) => runJob(options, engineOptions, job, run),
  };
}

/**
 * What a job that somebody submitted builds, for whoever attaches to it.
 *
 * @throws DatasetsError CONFIG_INVALID without project and region; BUILD_UNKNOWN where there is no such job, or it is none of ours; PEER_MISSING
 */
export async function readDataflowJob(settings: DataflowConfig, jobId: string): Promise<JobAccount> {
  const { readJob } = await import('./read-job.js');
  return readJob(settings, jobId);
}

async function runJob(
  options: DataflowOptions,
  { projectDirectory, registry, demands = {}, submission }: DataflowEngineOptions,
  job: BuildJob,
  run: EngineRun,
): Promise<BuildOutput> {
  const [{ BeamEngine }, { DataflowSubmitter }] = await loadBeam(() =>
    Promise.all([import('../beam/beam-engine.js'), import('./dataflow-submitter.js')]),
  );
  const { name: dataset, config, version } = job.builder;
  const target = { dataset, config, version, registry };
  const { formats, numShards, maxShardBytes } = job;
  const output = {
    formats,
    ...(numShards !== undefined && { numShards }),
    ...(maxShardBytes !== undefined && { maxShardBytes }),
  };
  const build = { target, identity: identityOf(job, output), output, demands };
  // The deadline is Dataflow's to keep: it counts from the start of the job, and needs nobody who waits. A queue of FlexRS may take hours before.
  const { timeoutSeconds: _, ...machines } = demands;
  const engine = new BeamEngine({
    name: 'dataflow',
    submitter: new DataflowSubmitter(options, build, submission),
    workLocation: `${options.temp}/work`,
    projectRoot: (await findProjectRoot(projectDirectory)).directory,
    demands: machines,
  });
  return engine.run(job, run);
}

function checkTemplate(location: string | undefined): void {
  if (
    location === undefined ||
    (isGcsUrl(location) && gcsUrlProblem(location) === undefined && parseGcsUrl(location).path !== '')
  )
    return;
  throw new DatasetsError(
    'USAGE',
    `--template-location must be gs://bucket/object, but is ${JSON.stringify(location)}`,
    {
      hint: 'For example: --template-location gs://our-data/templates/product_a.json.',
    },
  );
}

/** Of a build that can't be resumed, because nobody can say what its code is, no job is ever joined. */
function identityOf({ journal }: BuildJob, output: object): string {
  const parts = [journal?.identity ?? randomUUID(), output];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 20);
}
