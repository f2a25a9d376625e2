import { internalError } from '../../core/errors/index.js';
import { prepareWorker } from './prepare-job.js';
import type { PreparedJob } from './prepared-job.js';
import { runTask } from './run-task.js';
import type { Task, TaskResult } from './task.js';
import { TaskControl } from './task-control.js';
import type { TaskSetup } from './task-runner.js';

/** Runs the tasks of one build in one thread. The builder is loaded and its graph made with the first task. */
export class TaskHost {
  #job: { readonly id: string; readonly prepared: Promise<PreparedJob> } | undefined;

  async run(task: Task, setup: TaskSetup): Promise<TaskResult> {
    const { job, facts, signature } = setup;
    this.#job ??= { id: job.id, prepared: prepareWorker(job, facts, signature) };
    if (this.#job.id !== job.id) throw internalError(`a worker of job ${this.#job.id} got a task of job ${job.id}`);
    return runTask(await this.#job.prepared, task, setup.sideInputs, new TaskControl(setup.control));
  }

  /** Tears down what `withResource` steps set up in this thread. */
  async teardown(): Promise<void> {
    const prepared = await this.#job?.prepared;
    await prepared?.resources.teardown();
  }
}
