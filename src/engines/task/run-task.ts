import { writeUnit } from '../journal/unit-entry.js';
import type { PreparedJob } from './prepared-job.js';
import { isKeptInParts, runStageTask } from './run-stage-task.js';
import { bindSideInput, writeSideInput } from './side-input-task.js';
import type { SideInputFile, Task, TaskResult } from './task.js';
import type { TaskControl } from './task-control.js';

/** How often a task that reads or writes asynchronously looks whether the build was stopped. */
const lookMilliseconds = 100;

/** Runs one task in this thread, and takes note of it when it is finished. */
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
  const result = await withStopSignal(control, (signal) => workOn(prepared, task, control, signal));
  const { journal } = task;
  const stage = task.kind === 'stage' ? prepared.plan.stages[task.stage] : undefined;
  const inParts = task.kind === 'stage' && stage !== undefined && isKeptInParts(prepared, stage, task.unit);
  if (journal !== undefined && !inParts) writeUnit(journal, journal.key, result);
  return result;
}

async function workOn(
  prepared: PreparedJob,
  task: Task,
  control: TaskControl,
  signal: AbortSignal,
): Promise<TaskResult> {
  switch (task.kind) {
    case 'stage':
      return runStageTask(prepared, task, control, signal);
    case 'sideInput':
      return { kind: 'sideInput', file: writeSideInput(prepared, task) };
    case 'encode':
      return { kind: 'encode', shard: await prepared.encodeShard(task.shard, signal) };
  }
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
