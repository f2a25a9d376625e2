import type { BuildFacts, GraphSignature } from '../../pipeline/index.js';
import type { BuildJob } from '../engine.js';
import type { SideInputFile, Task, TaskResult } from './task.js';

/** What a worker needs besides the task itself. Plain data, but for the shared memory. */
export interface TaskSetup {
  readonly job: BuildJob;
  /** As the submitter recorded them. */
  readonly facts: BuildFacts;
  /** The submitter's graph, for comparison. */
  readonly signature: GraphSignature;
  readonly sideInputs: readonly SideInputFile[];
  /** See TaskControl. */
  readonly control: SharedArrayBuffer;
}

/** Where tasks run: in this thread, or in a pool of threads. */
export interface TaskRunner {
  /** How many tasks run at the same time. */
  readonly concurrency: number;
  /** Rejects with what the task threw, whichever thread threw it; with TaskAborted when the build was stopped. */
  run(task: Task, setup: TaskSetup): Promise<TaskResult>;
  /** Tears down in every worker what `withResource` steps set up. */
  teardown(): Promise<void>;
  /** Ends all workers, in the middle of a task if need be. */
  close(): Promise<void>;
}
