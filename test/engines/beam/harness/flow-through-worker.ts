import { setImmediate as nextTurn } from 'node:timers/promises';
import { describeStage, header } from './descriptors.js';
import { FakeRunner } from './fake-runner.js';
import { startWorkerProcess } from './worker-process.js';

/** The bytes of each element of `megabyteBlock`. */
export const largeElement = Buffer.alloc(10_000, 'x');

/** A megabyte of elements. */
export const megabyteBlock = Buffer.concat(
  Array.from({ length: 100 }, () => {
    const length = Buffer.from([(largeElement.length % 128) | 128, largeElement.length >> 7]);
    return Buffer.concat([header, length, largeElement]);
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
  for (let i = 1; i <= megabytes; i++) await runner.send('bundle', 'source', megabyteBlock, i === megabytes);
  await processed;
  await runner.blocks.find(({ isLast }) => isLast);
  if (runner.takenBytes !== megabytes * megabyteBlock.length)
    throw new Error(`${runner.takenBytes} bytes came through`);
  await runner.endControl();
  const peakBytes = await worker.peakBytes;
  await worker.exit();
  runner.stop();
  return peakBytes;
}
