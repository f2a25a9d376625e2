import assert from 'node:assert/strict';
import type { DataflowConfig } from '../../src/core/config/index.js';
import { DatasetsError } from '../../src/core/errors/index.js';
import { dataflowOptions } from '../../src/engines/dataflow/dataflow-options.js';
import { jobName } from '../../src/engines/dataflow/job-name.js';
import { type JobFacts, jobRequest, type StagedPipeline } from '../../src/engines/dataflow/job-request.js';
import { dataflowJobSchema } from '../../src/engines/dataflow/job-schema.js';

const image = 'europe-docker.pkg.dev/ours/datasets/worker:1';
const enough = { project: 'ours', region: 'europe-west4', temp: 'gs://lab/tmp/', image };

const pipeline: StagedPipeline = {
  url: 'gs://lab/tmp/pipeline.pb',
  sha256: 'a'.repeat(64),
  environments: [{ id: 'workers', image, capabilities: ['beam:coder:bytes:v1', 'beam:protocol:sibling_workers:v1'] }],
};

const facts: JobFacts = {
  name: 'product-a-1-2-0-4f1c9a02',
  clientRequestId: 'request-1',
  labels: { 'ailab-dataset': 'product_a' },
  demands: {},
  pipelineOptions: {},
};

const request = (settings: DataflowConfig = {}, more: Partial<JobFacts> = {}) =>
  jobRequest(pipeline, dataflowOptions({ ...enough, ...settings }), { ...facts, ...more });

describe('the options of a job on Dataflow', () => {
  it('are refused without project, region, place and image, naming the flags and the settings', () => {
    assert.throws(
      () => dataflowOptions({ region: 'europe-west4', temp: 'gs://lab/tmp' }),
      (error: unknown) => {
        assert.ok(error instanceof DatasetsError);
        assert.equal(error.code, 'CONFIG_INVALID');
        assert.equal(error.message, 'a build on Dataflow needs --project, --image');
        assert.match(error.hint ?? '', /dataflow\.project, dataflow\.image/);
        return true;
      },
    );
  });

  it('are refused where they contradict each other', () => {
    assert.throws(() => request({ numWorkers: 5, maxWorkers: 4 }), /begins with 5 workers, and may have 4/);
    assert.throws(() => request({ workerRegion: 'europe-west4', workerZone: 'europe-west4-a' }), /region and a zone/);
  });

  it('go where the API has a field for each', () => {
    const { labels, environment } = request({
      serviceAccount: 'worker@ours.iam.gserviceaccount.com',
      network: 'net',
      publicIps: true,
      kmsKey: 'projects/p/locations/l/keyRings/r/cryptoKeys/k',
      labels: { team: 'ads' },
      diskGb: 200,
      diskType: 'compute.googleapis.com/projects/p/zones/z/diskTypes/pd-ssd',
      autoscaling: 'none',
      numWorkers: 8,
      flexrs: 'cost',
      workerZone: 'europe-west4-a',
      serviceOptions: ['enable_prime'],
      experiments: ['shuffle_mode=service', 'use_runner_v2'],
    });
    assert.deepEqual(labels, { 'ailab-dataset': 'product_a', team: 'ads' });
    const [pool] = environment.workerPools;
    assert.deepEqual(pool.autoscalingSettings, { algorithm: 'AUTOSCALING_ALGORITHM_NONE' });
    assert.equal(pool.ipConfiguration, 'WORKER_IP_PUBLIC');
    assert.equal(pool.network, 'net');
    assert.equal(pool.diskSizeGb, 200);
    assert.equal(pool.diskType, 'compute.googleapis.com/projects/p/zones/z/diskTypes/pd-ssd');
    assert.equal(environment.flexResourceSchedulingGoal, 'FLEXRS_COST_OPTIMIZED');
    assert.equal(environment.serviceKmsKeyName, 'projects/p/locations/l/keyRings/r/cryptoKeys/k');
    assert.equal(environment.workerZone, 'europe-west4-a');
    assert.equal(environment.tempStoragePrefix, 'storage.googleapis.com/lab/tmp');
    assert.ok(environment.experiments.includes('shuffle_mode=service'));
    assert.ok(environment.experiments.includes('enable_prime'), 'as Python says it in both places');
    assert.equal(environment.experiments.filter((name) => name === 'use_runner_v2').length, 1);
  });

  it('carry the deadline of the builder in the job, so that it ends without its submitter; an own one wins', () => {
    const deadline = 'max_workflow_runtime_walltime_seconds';
    assert.deepEqual(request({}, { demands: { timeoutSeconds: 3600 } }).environment.serviceOptions, [
      `${deadline}=3600`,
    ]);
    const own = request({ serviceOptions: [`${deadline}=60`] }, { demands: { timeoutSeconds: 3600 } });
    assert.deepEqual(own.environment.serviceOptions, [`${deadline}=60`]);
    assert.equal(request().environment.serviceOptions, undefined);
  });

  it('give way to the machine and the disk that the builder asks for', () => {
    const { environment } = request(
      { machineType: 'n2-standard-2', diskGb: 50 },
      { demands: { machineType: 'n2-highmem-8', diskBytes: 499.5 * 2 ** 30 } },
    );
    assert.equal(environment.workerPools[0].machineType, 'n2-highmem-8');
    assert.equal(environment.workerPools[0].diskSizeGb, 500);
  });

  it('leave out what nobody has said: null and empty text mean something to the API', () => {
    assert.doesNotMatch(JSON.stringify(request()), /null|""|undefined/);
  });
});

describe('a job for Dataflow, before it is sent', () => {
  it('is refused where the API would silently drop a part, or miss one', () => {
    const job = request();
    const refused = (change: object) => assert.equal(dataflowJobSchema.safeParse({ ...job, ...change }).success, false);
    assert.equal(dataflowJobSchema.safeParse(job).success, true);
    refused({ steps: [] });
    refused({ name: 'Product_A' });
    refused({ type: 'JOB_TYPE_STREAMING' });
    refused({ environment: { ...job.environment, workerPools: [] } });
    refused({ environment: { ...job.environment, tempStoragePrefix: 'gs://lab/tmp' } });
    refused({ environment: { ...job.environment, kmsKey: 'key' } });
    refused({ labels: Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`l${index}`, ''])) });
  });
});

describe('the name of a job on Dataflow', () => {
  const target = { dataset: 'product_a', config: 'men', version: '1.2.0', registry: 'gs://lab/registry' };

  it('says what is built, and is the same each time', () => {
    assert.match(jobName(target), /^product-a-men-1-2-0-[0-9a-f]{8}$/);
    assert.equal(jobName(target), jobName({ ...target }));
  });

  it('is another one for what only looks the same: names with other letters, other registries', () => {
    const names = [
      target,
      { ...target, registry: 'gs://lab/other' },
      { ...target, dataset: 'product', config: 'a_men' },
      { ...target, dataset: 'product_a_men', config: undefined },
    ].map(jobName);
    assert.equal(new Set(names).size, names.length);
  });

  it('stays what Dataflow takes, however long the names are', () => {
    const name = jobName({ ...target, dataset: `d${'_x'.repeat(60)}`, config: 'C.1' });
    assert.match(name, /^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/);
  });
});
