import { totalmem } from 'node:os';
import type { Piscina } from 'piscina';
import { DatasetsError, internalError, unpackError } from '../../core/errors/index.js';
import { TaskAborted } from '../stage/task-context.js';
import type { Task, TaskResult } from '../task/task.js';
import type { TaskRunner, TaskSetup } from '../task/task-runner.js';
import type { WorkerReply, WorkerStart } from './worker-messages.js';

/** So many workers start before there is a plan; more start when there are tasks for them, since a small build has few. */
const eagerWorkers = 4;

const workerFile = new URL('./worker-entry.cjs', import.meta.url).href;

/** Runs tasks in a pool of threads. */
export class ThreadRunner implements TaskRunner {
  readonly concurrency: number;
  readonly #pool: Piscina;
  #closing = false;
  /** An error outside any task: a timer of the author's code that threw after its task had ended. */
  #stray: { readonly error: unknown } | undefined;

  private constructor(pool: Piscina, workers: number) {
    this.#pool = pool;
    this.concurrency = workers;
    pool.on('error', (error) => {
      this.#stray ??= { error };
    });
  }

  /** Starts the pool; its workers begin to load the builder's module at once. */
  static async open(workers: number, start: WorkerStart): Promise<ThreadRunner> {
    const { Piscina } = await import('piscina');
    const pool = new Piscina({
      filename: workerFile,
      name: 'runTask',
      minThreads: Math.min(workers, eagerWorkers),
      maxThreads: workers,
      idleTimeout: Number.POSITIVE_INFINITY,
      workerData: start,
      // A flag like --import tsx, given to this process, fails in workers of Node 20.
      execArgv: [],
      // With its other modes a worker's event loop stands still between tasks: connections of withResource would time out.
      atomics: 'disabled',
      recordTiming: false,
      resourceLimits: { maxOldGenerationSizeMb: heapMegabytes(workers) },
    });
    return new ThreadRunner(pool, workers);
  }

  async run(task: Task, setup: TaskSetup): Promise<TaskResult> {
    const reply = await this.#call('runTask', { task, setup }, nameOf(task));
    if (reply.kind === 'result') return reply.result;
    throw internalError(`a worker answered a task with ${reply.kind}`);
  }

  async teardown(): Promise<void> {
    const workers = this.#pool.threads.length;
    const message = { arrived: new SharedArrayBuffer(4), workers };
    const calls = Array.from({ length: workers }, () => this.#call('teardown', message, 'tear-down'));
    const failed = (await Promise.allSettled(calls)).find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#pool.destroy();
  }

  async #call(name: string, message: unknown, work: string): Promise<WorkerReply> {
    if (this.#stray !== undefined) throw workerDied(work, this.#stray.error);
    let reply: WorkerReply;
    try {
      reply = (await this.#pool.run(message, { name })) as WorkerReply;
    } catch (cause) {
      // destroy() rejects what is still running.
      throw this.#closing ? new TaskAborted() : workerDied(work, cause);
    }
    if (reply.kind === 'error') throw unpackError(reply.error);
    if (reply.kind === 'stopped') throw new TaskAborted();
    return reply;
  }
}

function nameOf(task: Task): string {
  switch (task.kind) {
    case 'stage':
      return task.name;
    case 'sideInput':
      return 'a side input';
    case 'encode':
      return `shard ${task.shard.shard + 1} of ${task.shard.shardCount} of split ${task.shard.split}`;
  }
}

function workerDied(work: string, cause: unknown): DatasetsError {
  const outOfMemory = cause instanceof Error && 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY';
  const described = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  return new DatasetsError('WORKER_DIED', `a worker died while it worked on ${work}: ${described}`, {
    hint: outOfMemory
      ? 'It ran out of memory. Use fewer workers, hold less in memory in transforms and resources, or combine values instead of collecting them.'
      : 'Look for process.exit(), an exception in a timer or event handler, or a native module that crashes. `--runner inline` runs everything in one thread.',
    cause,
    at: { source: work },
  });
}

/** Three quarters of the machine (or of the container) for all heaps together, at most 4 GiB each. */
function heapMegabytes(workers: number): number {
  const constrained = process.constrainedMemory();
  const memory = constrained !== undefined && constrained > 0 && constrained < totalmem() ? constrained : totalmem();
  return Math.max(512, Math.min(4096, Math.floor((memory * 0.75) / workers / 2 ** 20)));
}
