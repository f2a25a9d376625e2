import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../oracle/index.js';
import { type FakeDataflow, problemsOf, startFakeDataflow } from './index.js';

describe("the stand-in for Dataflow's API", () => {
  const oracle = (name: string) =>
    JSON.parse(readFileSync(join(repositoryRoot, 'test', 'dataflow', 'oracle', name), 'utf8')) as Record<
      string,
      unknown
    >;

  for (const name of ['go-2.77-job.json', 'py-2.77-job.json']) {
    it(`finds nothing wrong with the job of another SDK: ${name}`, () => {
      assert.deepEqual(problemsOf('Job', oracle(name)), []);
    });
  }

  it('finds fields that the API has not, values of another type, and enums without such a value', () => {
    const job = oracle('py-2.77-job.json');
    const [pool] = (job['environment'] as { workerPools: object[] }).workerPools;
    const wrong = {
      ...job,
      labels: { team: 1 },
      typo: true,
      environment: {
        workerPools: [{ ...pool, ipConfiguration: 'WORKER_IP_SECRET', numWorkers: '2', maxWorkers: 4 }],
        experiments: 'use_runner_v2',
        version: 'FNAPI_BATCH',
      },
      createTime: 'today',
    };
    assert.deepEqual(problemsOf('Job', wrong), [
      'environment.workerPools[0].numWorkers is no int32: "2"',
      'environment.workerPools[0].ipConfiguration is no value of WorkerIPAddressConfiguration: "WORKER_IP_SECRET"',
      'environment.workerPools[0].maxWorkers is no field of WorkerPool',
      'environment.experiments is no list',
      'environment.version is no google.protobuf.Struct: "FNAPI_BATCH"',
      'labels.team is no string: 1',
      'typo is no field of Job',
      'createTime is no google.protobuf.Timestamp: "today"',
    ]);
  });

  describe('fails the test whose client', () => {
    let fake: FakeDataflow;
    beforeEach(async () => {
      fake = await startFakeDataflow();
    });
    const jobs = () => `http://${fake.endpoint}/v1b3/projects/ours/locations/europe-west4/jobs`;
    const ints = '$alt=json;enum-encoding=int';
    const post = (job: object) => fetch(`${jobs()}?${ints}`, { method: 'POST', body: JSON.stringify(job) });

    it('sends a field that the API has not', async () => {
      assert.equal((await post({ ...oracle('go-2.77-job.json'), typo: 1 })).status, 400);
      await assert.rejects(fake.stop(), /typo is no field of Job/);
    });

    it('sends a job of another project than its URL, or one without what a portable job needs', async () => {
      const job = oracle('go-2.77-job.json');
      assert.equal((await post(job)).status, 400);
      const { experiments: _, ...environment } = job['environment'] as Record<string, unknown>;
      assert.equal(
        (await post({ ...job, projectId: 'ours', environment: { ...environment, experiments: [] } })).status,
        400,
      );
      await assert.rejects(
        fake.stop(),
        /the project test-project in the job, and ours in the URL[\s\S]*no experiment beam_fn_api/,
      );
    });

    it('asks for what is no method, or with a parameter that it has not', async () => {
      assert.equal((await fetch(`${jobs()}/j:snapshot?${ints}`, { method: 'POST' })).status, 400);
      assert.equal((await fetch(`${jobs()}?${ints}&state=ACTIVE`)).status, 400);
      assert.equal((await fetch(`${jobs()}?${ints}&filter=9`)).status, 400);
      await assert.rejects(
        fake.stop(),
        /no method for POST[\s\S]*state is no field[\s\S]*filter is no value of Filter/,
      );
    });
  });
});
