import type { BuildDemands } from '../../builder/index.js';
import type { DataflowConfig } from '../../core/config/index.js';
import { internalError } from '../../core/errors/index.js';
import type { Json } from '../../core/json/index.js';
import { packageVersion } from '../../core/release/index.js';
import type { DataflowOptions } from './dataflow-options.js';
import { type DataflowJob, dataflowJobSchema } from './job-schema.js';

/** A pipeline that lies in a bucket, and what the job says of it. */
export interface StagedPipeline {
  /** `gs://bucket/object` */
  readonly url: string;
  /** Of the object's bytes, lower-case hex. */
  readonly sha256: string;
  readonly environments: readonly StagedEnvironment[];
}

export interface StagedEnvironment {
  /** In the pipeline. */
  readonly id: string;
  readonly image: string;
  readonly capabilities: readonly string[];
}

/** What one job is, besides its pipeline and how it runs. */
export interface JobFacts {
  readonly name: string;
  /** The same for every attempt to create this one job, another one for each job: Dataflow creates no second one for it. */
  readonly clientRequestId: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What the builder asks for. After its time Dataflow ends the job, whether or not anybody still waits for it. */
  readonly demands: BuildDemands;
  /** Pipeline options for people who look at the job, and for who attaches to it. */
  readonly pipelineOptions: Readonly<Record<string, Json>>;
}

/** What Go's and Python's SDKs (2.77) add to every job, without which Dataflow doesn't take a portable pipeline for one. */
const portableExperiments = [
  'beam_fn_api',
  'use_unified_worker',
  'use_runner_v2',
  'use_portable_job_submission',
] as const;
/**
 * One process a core, all in one container: JavaScript has one thread a process. Python's SDK sends the first by itself and the second on request; its capability is
 * `siblingWorkers`.
 */
const processExperiments = ['use_multiple_sdk_containers', 'use_sibling_sdk_workers'] as const;
const multiCore = 'beam:protocol:multi_core_bundle_processing:v1';
const siblingWorkers = 'beam:protocol:sibling_workers:v1';
/** Of the portable worker, as Java's and Python's SDKs ask for it. Go's asks for 6. */
const environmentMajor = '8';
/** https://cloud.google.com/dataflow/docs/optimize-costs: "Stop long-running jobs". */
const deadlineOption = 'max_workflow_runtime_walltime_seconds';

/**
 * The request that creates a job, as plain data.
 *
 * @throws DatasetsError INTERNAL where it is not what the API takes: settings and pipelines are checked before.
 */
export function jobRequest(pipeline: StagedPipeline, options: DataflowOptions, facts: JobFacts): DataflowJob {
  const experiments = unique([
    ...(options.experiments ?? []),
    ...portableExperiments,
    ...(hasSiblings(pipeline) ? processExperiments : []),
    // As Python's SDK: the service looks for it in either place.
    ...(options.serviceOptions?.includes('enable_prime') === true ? ['enable_prime'] : []),
  ]);
  const job: DataflowJob = {
    projectId: options.project,
    name: facts.name,
    type: 'JOB_TYPE_BATCH',
    clientRequestId: facts.clientRequestId,
    labels: { ...facts.labels, ...options.labels },
    environment: {
      tempStoragePrefix: options.temp.replace('gs:/', 'storage.googleapis.com'),
      experiments,
      ...serviceOptions(options, facts),
      ...present({ serviceKmsKeyName: options.kmsKey, serviceAccountEmail: options.serviceAccount }),
      ...present({ workerRegion: options.workerRegion, workerZone: options.workerZone }),
      ...(options.flexrs !== undefined && { flexResourceSchedulingGoal: flexrsGoals[options.flexrs] }),
      userAgent: { name: 'ailab-datasets', version: packageVersion },
      version: { job_type: 'FNAPI_BATCH', major: environmentMajor },
      workerPools: [workerPool(pipeline, options, facts)],
      sdkPipelineOptions: pipelineOptions(pipeline, options, facts, experiments),
    },
  };
  const checked = dataflowJobSchema.safeParse(job);
  if (checked.success) return checked.data;
  const [problem] = checked.error.issues;
  throw internalError(
    `the job for Dataflow is wrong at ${problem?.path.join('.')}: ${problem?.message}`,
    checked.error,
  );
}

/** Compute Engine's GB are GiB. */
const gigabyte = 2 ** 30;

const flexrsGoals = { speed: 'FLEXRS_SPEED_OPTIMIZED', cost: 'FLEXRS_COST_OPTIMIZED' } as const;
const algorithms = { throughput: 'AUTOSCALING_ALGORITHM_BASIC', none: 'AUTOSCALING_ALGORITHM_NONE' } as const;

function serviceOptions(options: DataflowConfig, { demands }: JobFacts): { readonly serviceOptions?: string[] } {
  const asked = options.serviceOptions ?? [];
  const { timeoutSeconds } = demands;
  const deadline =
    timeoutSeconds === undefined || asked.some((option) => option.startsWith(`${deadlineOption}=`))
      ? []
      : [`${deadlineOption}=${timeoutSeconds}`];
  const all = unique([...asked, ...deadline]);
  return all.length === 0 ? {} : { serviceOptions: all };
}

type WorkerPool = DataflowJob['environment']['workerPools'][0];

function workerPool(pipeline: StagedPipeline, options: DataflowOptions, { demands }: JobFacts): WorkerPool {
  const { autoscaling, maxWorkers, publicIps } = options;
  const { diskBytes } = demands;
  return {
    kind: 'harness',
    ...present({ numWorkers: options.numWorkers }),
    autoscalingSettings: {
      ...(autoscaling !== undefined && { algorithm: algorithms[autoscaling] }),
      ...present({ maxNumWorkers: maxWorkers }),
    },
    ...present({ machineType: demands.machineType ?? options.machineType }),
    ...present({ diskSizeGb: diskBytes === undefined ? options.diskGb : Math.ceil(diskBytes / gigabyte) }),
    ...present({ diskType: options.diskType }),
    ...present({ network: options.network, subnetwork: options.subnetwork }),
    ...(publicIps !== undefined && { ipConfiguration: publicIps ? 'WORKER_IP_PUBLIC' : 'WORKER_IP_PRIVATE' }),
    // Dataflow wants it beside the list where there is one environment (Python's apiclient.py, Environment).
    workerHarnessContainerImage: options.image,
    sdkHarnessContainerImages: pipeline.environments.map(({ id, image, capabilities }) => ({
      containerImage: image,
      useSingleCorePerContainer: !capabilities.includes(multiCore),
      environmentId: id,
      capabilities: [...capabilities],
    })),
  };
}

function pipelineOptions(
  { url, sha256 }: StagedPipeline,
  { project, region }: DataflowOptions,
  { name, pipelineOptions: given }: JobFacts,
  experiments: readonly string[],
): DataflowJob['environment']['sdkPipelineOptions'] {
  const shown = { runner: 'dataflow', project, region, job_name: name, ...given };
  return {
    options: {
      ...shown,
      // The names that the service itself reads.
      pipelineUrl: url,
      pipelineProtoHash: sha256,
      experiments: [...experiments],
    },
    display_data: Object.entries(shown).flatMap(([key, value]) =>
      typeof value === 'string' ? [{ key, namespace: 'ailab-datasets', type: 'STRING' as const, value }] : [],
    ),
  };
}

function hasSiblings({ environments }: StagedPipeline): boolean {
  return environments.every(({ capabilities }) => capabilities.includes(siblingWorkers));
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}

/** Without what is undefined: the API takes a missing field for "choose yourself", and refuses null. */
function present<T extends object>(parts: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
