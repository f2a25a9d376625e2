import { workerData } from 'node:worker_threads';
import { importModule } from '../../builder/index.js';
import { packError } from '../../core/errors/index.js';
import { TaskAborted } from '../stage/task-context.js';
import type { Task } from '../task/task.js';
import { TaskHost } from '../task/task-host.js';
import type { TaskSetup } from '../task/task-runner.js';
import type { WorkerReply, WorkerStart } from './worker-messages.js';

/**
 * What a worker thread runs: plain compiled JavaScript, because a loader that is given by flags (`--import tsx`) fails in workers of Node 20. Builders in
 * TypeScript are loaded by the builder room, which registers tsx in this thread.
 */

const host = new TaskHost();

// The module takes longest to load, and is known before there is a plan. An error in it comes again, and is reported, with the first task.
const { module } = workerData as WorkerStart;
importModule(module).catch(() => {});

export async function runTask({
  task,
  setup,
}: {
  readonly task: Task;
  readonly setup: TaskSetup;
}): Promise<WorkerReply> {
  try {
    return { kind: 'result', result: await host.run(task, setup) };
  } catch (error) {
    return error instanceof TaskAborted ? { kind: 'stopped' } : { kind: 'error', error: packError(error) };
  }
}

/** Tears down this worker's resources, and then waits for the others, so that each worker gets one of these calls. */
export async function teardown({
  arrived,
  workers,
}: {
  readonly arrived: SharedArrayBuffer;
  readonly workers: number;
}): Promise<WorkerReply> {
  const count = new Int32Array(arrived);
  let reply: WorkerReply = { kind: 'done' };
  try {
    await host.teardown();
  } catch (error) {
    reply = { kind: 'error', error: packError(error) };
  }
  Atomics.add(count, 0, 1);
  Atomics.notify(count, 0);
  for (let seen = Atomics.load(count, 0); seen < workers; seen = Atomics.load(count, 0))
    Atomics.wait(count, 0, seen, 100);
  return reply;
}
