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

/**
 * Sends elements through a worker process, to a runner that takes what comes more slowly than it sends: the worker has to wait for the runner, and the
 * runner for the worker.
 *
 * @returns the worker's largest memory, bytes
 */
export async function flowThroughWorker(megabytes: number): Promise<number> {
  const runner = await FakeRunner.start();
  runner.keepsBlocks = false;
  runner.beforeTaking = async () => {
    for (let i = 0; i < 5; i++) await nextTurn();
  };
  const worker = startWorkerProcess(runner.endpoint);
  runner.describe(describeStage({ id: 'stage', url: runner.endpoint, doFn: 'echo' }));
  const processed = runner.process('bundle', 'stage');
  for (let i = 1; i <= megabytes; i++) await runner.send('bundle', 'source', block, i === megabytes);
  await processed;
  await runner.blocks.find(({ isLast }) => isLast);
  if (runner.takenBytes !== megabytes * block.length) throw new Error(`${runner.takenBytes} bytes came through`);
  await runner.endControl();
  const peakBytes = await worker.peakBytes;
  await worker.exit();
  runner.stop();
  return peakBytes;
}
