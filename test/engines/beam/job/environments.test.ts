import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fromBinary } from '@bufbuild/protobuf';
import { WorkerPool } from '../../../../src/engines/beam/job/worker-pool.js';
import { BeamFnExternalWorkerPool } from '../../../../src/engines/beam/protos/fn_execution/v1/beam_fn_api_pb.js';
import { DockerPayloadSchema } from '../../../../src/engines/beam/protos/pipeline/v1/beam_runner_api_pb.js';
import { connect, unary } from '../../../../src/engines/beam/rpc/channel.js';
import { requirePrism, requirePythonRunner } from '../../../beam/index.js';
import { temporaryDirectory } from '../../temporary-directory.js';
import { jobWorker, openSubmitter, type SubmitterOptions, startJob } from './small-job.js';

describe('workers of a job', () => {
  const directory = temporaryDirectory();
  const runsTo = async (state: string, endpoint: string, options: SubmitterOptions): Promise<void> => {
    const submitter = openSubmitter(endpoint, options);
    try {
      assert.equal(await (await startJob(submitter, 'count')).end, state);
    } finally {
      await submitter.close();
    }
  };

  for (const { name, start } of [
    { name: 'Prism', start: requirePrism },
    { name: "Python's runner", start: requirePythonRunner },
  ]) {
    it(`come from a pool that somebody else runs: ${name}`, async function () {
      const { endpoint } = await start(this);
      const pool = await WorkerPool.open({ program: jobWorker, env: {} });
      try {
        await runsTo('done', endpoint, { environment: { kind: 'external', endpoint: pool.endpoint } });
      } finally {
        await pool.close();
      }
    });
  }

  it('are given to the runner of the job alone, which knows a secret of the pipeline', async () => {
    const pool = await WorkerPool.open({ program: jobWorker, env: {}, secret: 'known to the runner' });
    const client = connect(pool.endpoint);
    const { startWorker } = BeamFnExternalWorkerPool.method;
    let started = 0;
    pool.observe({ onStart: () => started++, onLine: () => undefined, onDeath: () => undefined });
    try {
      const stranger = await unary(client, startWorker, { workerId: 'a' });
      assert.match(stranger.error, /workers of its own job alone/);
      const guesser = await unary(client, startWorker, { workerId: 'a', params: { secret: 'guessed' } });
      assert.match(guesser.error, /workers of its own job alone/);
      assert.equal(started, 0);
      const runner = await unary(client, startWorker, { workerId: 'a', params: { secret: 'known to the runner' } });
      assert.equal(runner.error, '');
      assert.equal(started, 1);
    } finally {
      client.close();
      await pool.close();
    }
  });

  it('are processes that Prism starts by a command', async function () {
    const { endpoint } = await requirePrism(this);
    const command = join(directory(), 'worker.sh');
    writeFileSync(command, `#!/bin/sh\nexec ${process.execPath} ${fileURLToPath(jobWorker)} "$@"\n`);
    chmodSync(command, 0o755);
    await runsTo('done', endpoint, { environment: { kind: 'process', command } });
  });

  it('are containers of an image', async () => {
    const submitter = openSubmitter('localhost:1', { environment: { kind: 'docker', image: 'lab/worker:7' } });
    const { urn, payload } = await submitter.openEnvironment();
    assert.equal(urn, 'beam:env:docker:v1');
    assert.equal(fromBinary(DockerPayloadSchema, payload).containerImage, 'lab/worker:7');
    await submitter.close();
  });
});
