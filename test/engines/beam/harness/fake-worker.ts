import { runWorker } from '../../../../src/engines/beam/harness/run-worker.js';
import { FakeRunner } from './fake-runner.js';
import { byPayload, type DoFns } from './small-pipeline.js';

/** Lets a worker serve a fake runner until the test is done with it, and waits for its end. */
export async function withWorker(doFns: DoFns, body: (runner: FakeRunner) => Promise<void>): Promise<void> {
  const runner = await FakeRunner.start();
  const worker = runWorker({
    id: 'worker-7',
    controlEndpoint: runner.endpoint,
    loggingEndpoint: runner.endpoint,
    createDoFn: byPayload(doFns),
  });
  try {
    await Promise.race([
      body(runner),
      worker.then(() => Promise.reject(new Error('the worker ended before its time'))),
    ]);
    await runner.endControl();
    await worker;
  } finally {
    runner.stop();
  }
}
