import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describeStage, header } from './descriptors.js';
import { FakeRunner } from './fake-runner.js';
import { startWorkerProcess } from './worker-process.js';

const elementBytes = 10_000;
const elementsInBlock = 100;

/** A megabyte of elements. */
const block = Buffer.concat(
  Array.from({ length: elementsInBlock }, () => {
    const length = Buffer.from([(elementBytes % 128) | 128, elementBytes >> 7]);
    return Buffer.concat([header, length, Buffer.alloc(elementBytes, 'x')]);
  }),
);

/** Sends blocks through a worker process, to a runner that takes what comes slowly. @returns the worker's largest memory */
async function peakBytes(blocks: number): Promise<number> {
  const runner = await FakeRunner.start();
  runner.keepsBlocks = false;
  // Slower than it sends: the worker has to wait for the runner, and the runner for the worker.
  runner.beforeTaking = async () => {
    for (let i = 0; i < 5; i++) await nextTurn();
  };
  const worker = startWorkerProcess(runner.endpoint);
  runner.describe(describeStage({ id: 'stage', url: runner.endpoint, doFn: 'echo' }));
  const processed = runner.process('bundle', 'stage');
  for (let i = 0; i < blocks; i++) await runner.send('bundle', 'source', block, i === blocks - 1);
  await processed;
  await runner.blocks.find(({ isLast }) => isLast);
  assert.equal(runner.takenBytes, blocks * block.length);
  await runner.endControl();
  const peak = await worker.peakBytes;
  await worker.exit();
  runner.stop();
  return peak;
}

describe("a worker's memory", () => {
  it('stays flat while 10 times the data flows through it: 300 MB', async function () {
    this.timeout(120_000);
    const few = await peakBytes(30);
    const many = await peakBytes(300);
    const megabytes = (bytes: number): number => Math.round(bytes / 2 ** 20);
    assert.ok(many < few + 64 * 2 ** 20, `${megabytes(few)} MiB for 30 MB, ${megabytes(many)} MiB for 300 MB`);
  });
});
