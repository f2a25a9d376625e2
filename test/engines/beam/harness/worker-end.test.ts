import assert from 'node:assert/strict';
import { status } from '@grpc/grpc-js';
import type { DatasetsError } from '../../../../src/core/errors/index.js';
import type { BundleContext, DoFn } from '../../../../src/engines/beam/harness/do-fn.js';
import { runWorker } from '../../../../src/engines/beam/harness/run-worker.js';
import { LogEntry_Severity_Enum as Severity } from '../../../../src/engines/beam/protos/fn_execution/v1/beam_fn_api_pb.js';
import { bytesElement, describeStage } from './descriptors.js';
import { Events } from './events.js';
import { FakeRunner } from './fake-runner.js';
import { withWorker } from './fake-worker.js';
import { byPayload, type DoFns } from './small-pipeline.js';
import { startWorkerProcess } from './worker-process.js';

/** Works until nobody waits for it any more. */
function patient() {
  const entered = new Events<BundleContext>();
  const doFn = (): DoFn => ({
    async process(_element, c) {
      entered.add(c);
      await new Promise((_resolve, reject) => {
        c.signal.addEventListener('abort', () => reject(c.signal.reason), { once: true });
      });
    },
  });
  return { entered, doFn };
}

async function startWorker(runner: FakeRunner, doFns: DoFns, signal?: AbortSignal): Promise<void> {
  await runWorker({
    id: 'worker-7',
    controlEndpoint: runner.endpoint,
    loggingEndpoint: runner.endpoint,
    createDoFn: byPayload(doFns),
    ...(signal === undefined ? {} : { signal }),
  });
}

describe('a worker', () => {
  const ends = [
    ['ends the control stream', (runner: FakeRunner) => runner.endControl()],
    ['cancels it', (runner: FakeRunner) => runner.endControl({ code: status.CANCELLED, details: 'over' })],
    ['ends itself', async (runner: FakeRunner) => runner.stop()],
  ] as const;
  for (const [what, end] of ends) {
    it(`ends when the runner ${what}, also in the middle of a bundle, and tells the author's code`, async () => {
      const { entered, doFn } = patient();
      const runner = await FakeRunner.start();
      const worker = startWorker(runner, { patient: doFn });
      runner.describe(describeStage({ id: 'stage', url: runner.endpoint, doFn: 'patient' }));
      void runner.instruct('bundle', { case: 'processBundle', value: { processBundleDescriptorId: 'stage' } });
      await runner.send('bundle', 'source', bytesElement('x'), true);
      const { signal } = await entered.latest();
      await end(runner);
      await worker;
      assert.match(String(signal.reason), /nobody waits for this bundle/);
      runner.stop();
    });
  }

  it('leaves nothing behind that keeps its process alive', async () => {
    const runner = await FakeRunner.start();
    const worker = startWorkerProcess(runner.endpoint);
    runner.describe(describeStage({ id: 'stage', url: runner.endpoint, doFn: 'echo' }));
    const processed = runner.process('bundle', 'stage');
    await runner.send('bundle', 'source', bytesElement('x'), true);
    await processed;
    await runner.endControl();
    assert.equal(await worker.exit(), 0);
    runner.stop();
  });

  it('ends when whoever started it wants it to', async () => {
    const { entered, doFn } = patient();
    const runner = await FakeRunner.start();
    const stop = new AbortController();
    const worker = startWorker(runner, { patient: doFn }, stop.signal);
    runner.describe(describeStage({ id: 'stage', url: runner.endpoint, doFn: 'patient' }));
    void runner.instruct('bundle', { case: 'processBundle', value: { processBundleDescriptorId: 'stage' } });
    await runner.send('bundle', 'source', bytesElement('x'), true);
    await entered.latest();
    stop.abort();
    await worker;
    runner.stop();
  });

  it('fails when the control stream breaks by an error', async () => {
    const runner = await FakeRunner.start();
    const worker = startWorker(runner, {});
    await runner.endControl({ code: status.INTERNAL, details: 'the runner is broken' });
    await assert.rejects(worker, (error: DatasetsError) => {
      assert.equal(error.code, 'JOB_SERVICE_UNREACHABLE');
      assert.match(error.message, /the runner's control service at localhost:\d+ broke off/);
      assert.match(String(error.cause), /the runner is broken/);
      return true;
    });
    runner.stop();
  });

  it('fails when no runner answers', async () => {
    const runner = await FakeRunner.start();
    const { endpoint: controlEndpoint } = runner;
    runner.stop();
    const worker = runWorker({ id: 'worker-7', controlEndpoint, createDoFn: byPayload({}), connectMilliseconds: 300 });
    await assert.rejects(worker, (error: DatasetsError) => {
      assert.equal(error.code, 'JOB_SERVICE_UNREACHABLE');
      assert.match(error.message, /no Beam runner answers at localhost:\d+/);
      return true;
    });
  });

  it('fails a bundle with the error of its DoFn, not with that of its teardown', async () => {
    const broken = (): DoFn => ({
      process: () => Promise.reject(new Error('of the element')),
      teardown: () => Promise.reject(new Error('of the teardown')),
    });
    let logs: FakeRunner['logs'] = [];
    await withWorker({ broken }, async (runner) => {
      logs = runner.logs;
      runner.describe(describeStage({ id: 'stage', url: runner.endpoint, doFn: 'broken' }));
      const failing = runner.processFailing('bundle', 'stage');
      await runner.send('bundle', 'source', bytesElement('x'), true);
      assert.match(await failing, /of the element/);
    });
    assert.deepEqual(
      logs.map(({ severity, message }) => [severity, message.split('\n', 1)[0]]),
      [
        [Severity.WARN, 'of the teardown'],
        [Severity.ERROR, 'the step: of the element'],
      ],
    );
  });

  it("writes what it logs, and its bundles' failures, to the runner's log, all of it before it ends", async () => {
    const count = 3000;
    const talking = (): DoFn => ({
      process(_element, c) {
        for (let i = 0; i < count; i++) c.log('info', `message ${i}`);
        c.log('warning', 'careful');
        throw new Error('over');
      },
    });
    let logs: FakeRunner['logs'] = [];
    await withWorker({ talking }, async (runner) => {
      logs = runner.logs;
      runner.describe(describeStage({ id: 'stage', url: runner.endpoint, doFn: 'talking' }));
      const failing = runner.processFailing('bundle', 'stage');
      await runner.send('bundle', 'source', bytesElement('x'), true);
      await failing;
    });
    assert.deepEqual(
      logs.slice(0, -2).map(({ message }) => message),
      Array.from({ length: count }, (_, i) => `message ${i}`),
    );
    const [warning, error] = logs.slice(-2);
    assert.deepEqual([warning?.severity, warning?.message], [Severity.WARN, 'careful']);
    assert.equal(error?.severity, Severity.ERROR);
    assert.match(error?.message ?? '', /^the step: over\nError: over\n/);
    for (const entry of logs) {
      assert.deepEqual([entry.instructionId, entry.transformId], ['bundle', 'step']);
      assert.ok(entry.timestamp !== undefined);
    }
  });
});
