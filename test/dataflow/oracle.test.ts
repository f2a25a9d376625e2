import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromBinary } from '@bufbuild/protobuf';
import type { DataflowConfig } from '../../src/core/config/index.js';
import { PipelineSchema } from '../../src/engines/beam/protos/pipeline/v1/beam_runner_api_pb.js';
import { dataflowOptions } from '../../src/engines/dataflow/dataflow-options.js';
import { type JobFacts, jobRequest, type StagedPipeline } from '../../src/engines/dataflow/job-request.js';
import { environmentsOf } from '../../src/engines/dataflow/stage-pipeline.js';
import { repositoryRoot } from '../oracle/index.js';
import { type Difference, differences } from './differences.js';

const folder = join(repositoryRoot, 'test', 'dataflow', 'oracle');
const image = 'us-docker.pkg.dev/test-project/r/tsds-worker:1';

/** The options that both oracles were given: see oracle/README.md. */
const given = {
  project: 'test-project',
  region: 'us-central1',
  temp: 'gs://bkt/tmp',
  image,
  numWorkers: 2,
  maxWorkers: 4,
  machineType: 'n2-standard-4',
  labels: { team: 'x' },
  serviceAccount: 'sa@test-project.iam.gserviceaccount.com',
  subnetwork: 'regions/us-central1/subnetworks/default',
  publicIps: false,
} satisfies DataflowConfig;

const facts: JobFacts = {
  name: 'oracle',
  clientRequestId: 'request-1',
  labels: {},
  demands: {},
  pipelineOptions: {},
};

const options = 'environment.sdkPipelineOptions.options';
/** What the service itself reads of the options: no reason for others covers it. */
const readByService = ['pipelineUrl', 'pipelineProtoHash', 'region', 'experiments'].map((name) => `${options}.${name}`);

/** Where we differ, as a path or the beginning of paths, and why. */
type Reasons = Readonly<Record<string, string>>;

const common: Reasons = {
  [options]:
    'an SDK sends the options of its own parser, for its own container to read; what our worker needs is in the payload of its DoFn',
  'environment.sdkPipelineOptions.display_data': 'what the console shows: each SDK shows its own options',
  'environment.userAgent.name': 'we say who we are',
  'environment.userAgent.version': 'our version, not that of a Beam SDK',
  'environment.workerPools.0.packages': 'files for workers: our code is in the image',
};

const unlikePython: Reasons = {
  ...common,
  clientRequestId: 'a new one for each job',
  'environment.clusterManagerApiService': 'optional, and Go sends none: the service chooses',
  'environment.dataset': 'optional, and Go sends none: no query of BigQuery runs in the pipeline',
  'environment.tempStoragePrefix': 'Python appends a folder of its own for the job: the work location has one anyhow',
  'environment.workerPools.0.taskrunnerSettings': 'of the worker before Runner v2; Go sends none',
};

const unlikeGo: Reasons = {
  ...common,
  clientRequestId: 'Go sends none, so that a request whose reply is lost makes a second job: Python sends one',
  'environment.debugOptions': 'empty: nothing was asked for',
  'environment.experiments': 'enable_prime stands among the service options as well; Python says it in both places',
  [`${options}.experiments`]: 'the same',
  'environment.sdkPipelineOptions.beam:option:go_options:v1': "Go's own options, for its own container",
  'environment.tempStoragePrefix': 'Go says gs://; we say it as Python and as the comment in environment.proto',
  'environment.version.major': "Go's workers are 6, those of Java and Python 8",
  'environment.workerPools.0.sdkHarnessContainerImages.0.useSingleCorePerContainer':
    'false, which Go leaves out: its environment has multi_core_bundle_processing',
};

describe('the job that Dataflow gets', () => {
  it("differs from that of Beam's Python SDK where it is said here, and nowhere else", () => {
    const theirs = readJob('py-2.77-job.json');
    const settings = { ...given, diskGb: 50, serviceOptions: ['enable_google_cloud_profiler'] };
    const ours = jobRequest(pythonPipeline(), dataflowOptions(settings), { ...facts, name: 'oracle-py' });
    assertExplained(differences(ours, { projectId: given.project, ...theirs }), unlikePython);
  });

  it("differs from that of Beam's Go SDK where it is said here, and nowhere else", () => {
    const theirs = readJob('go-2.77-job.json');
    const settings = { ...given, serviceOptions: ['enable_prime'] };
    const ours = jobRequest(goPipeline(theirs), dataflowOptions(settings), { ...facts, name: 'oracle-go' });
    assertExplained(differences(ours, theirs), unlikeGo);
  });
});

function assertExplained(found: readonly Difference[], reasons: Reasons): void {
  const reasonOf = (path: string): string | undefined => {
    if (path in reasons) return path;
    if (readByService.includes(path)) return undefined;
    return Object.keys(reasons).find((prefix) => path.startsWith(`${prefix}.`));
  };
  const unexplained = found.filter(({ path }) => reasonOf(path) === undefined);
  assert.equal(JSON.stringify(unexplained, null, 1), '[]', 'fields differ, and nobody says why');
  const used = new Set(found.map(({ path }) => reasonOf(path)));
  const idle = Object.keys(reasons).filter((prefix) => !used.has(prefix));
  assert.deepEqual(idle, [], 'reasons are given for what does not differ');
}

interface OracleJob {
  readonly environment: {
    readonly sdkPipelineOptions: {
      readonly options: { readonly pipelineUrl: string; readonly pipelineProtoHash: string };
    };
  };
}

function readJob(file: string): OracleJob {
  return JSON.parse(readFileSync(join(folder, file), 'utf8')) as OracleJob;
}

/** Python's own pipeline, from its bytes. */
function pythonPipeline(): StagedPipeline {
  const { pipelineUrl: url, pipelineProtoHash } = readJob('py-2.77-job.json').environment.sdkPipelineOptions.options;
  const pipeline = fromBinary(PipelineSchema, readFileSync(join(folder, 'py-2.77-pipeline.pb')));
  return { url, sha256: pipelineProtoHash, environments: environmentsOf(pipeline) };
}

/** Go's pipeline, from the text that it logs. */
function goPipeline(job: OracleJob): StagedPipeline {
  const { pipelineUrl: url, pipelineProtoHash } = job.environment.sdkPipelineOptions.options;
  const text = readFileSync(join(folder, 'go-2.77-pipeline.textproto'), 'utf8');
  const capabilities = [...text.matchAll(/capabilities:\\?"([^"\\]+)\\?"/g)].map(([, urn = '']) => urn);
  return { url, sha256: pipelineProtoHash, environments: [{ id: 'go', image, capabilities }] };
}
