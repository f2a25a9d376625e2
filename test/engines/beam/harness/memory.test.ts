import assert from 'node:assert/strict';
import { flowThroughWorker } from './flow-through-worker.js';

const mebibyte = 2 ** 20;

describe("a worker's memory", () => {
  it('stays flat while 10 times the data flows through it: 300 MB', async () => {
    const few = await flowThroughWorker(30);
    const many = await flowThroughWorker(300);
    // Without waiting for the runner it is 260 MiB more.
    assert.ok(many < few + 64 * mebibyte, `${few / mebibyte} MiB for 30 MB, ${many / mebibyte} MiB for 300 MB`);
  });
});
