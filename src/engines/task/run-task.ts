import type { PreparedJob } from './prepared-job.js';
import { runStageTask } from './run-stage-task.js';
import { bindSideInput, writeSideInput } from './side-input-task.js';
import type { SideInputFile, Task, TaskResult } from './task.js';
import type { TaskControl } from './task-control.js';

/** How often a task that reads or writes asynchronously looks whether the build was stopped. */
const lookMilliseconds = 100;

/** Runs one task in this thread. */
export async function runTask(
  prepared: PreparedJob,
  task: Task,
  sideInputs: readonly SideInputFile[],
  control: TaskControl,
): Promise<TaskResult> {
  for (const { node, file } of sideInputs) {
    const sideInput = prepared.graph.sideInputs.find((candidate) => candidate.node === node);
    if (sideInput !== undefined && !sideInput.isBound) bindSideInput(sideInput, file);
  }
  return withStopSignal(control, async (signal) => {
    switch (task.kind) {
      case 'stage':
        return runStageTask(prepared, task, control, signal);
      case 'sideInput':
        writeSideInput(prepared, task);
        return { kind: 'sideInput' };
      case 'encode':
        return { kind: 'encode', shard: await prepared.encodeShard(task.shard, signal) };
    }
  });
}

/** Calls `body` with a signal that is aborted soon after the build was stopped. */
async function withStopSignal<T>(control: TaskControl, body: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const timer = setInterval(() => {
    if (control.isStopped) controller.abort();
  }, lookMilliseconds);
  try {
    return await body(controller.signal);
  } finally {
    clearInterval(timer);
  }
}
