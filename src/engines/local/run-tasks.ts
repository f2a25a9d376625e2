import { setTimeout as delay } from 'node:timers/promises';
import { TaskAborted } from '../stage/task-context.js';

/** How long tasks may take to notice that the build was stopped, before their threads are ended. */
const graceMilliseconds = 1000;

export interface TaskQueue<T, R> {
  readonly tasks: readonly T[];
  /** How many at a time. They start in order. */
  readonly concurrency: number;
  run(task: T, index: number): Promise<R>;
  /** Whether the rest is not needed. */
  isEnough?(): boolean;
}

/** Stops a build once, for the first reason there is. */
export class Stopper {
  readonly #onStop: () => void;
  #failure: { readonly error: unknown } | undefined;
  readonly #stopped: Promise<void>;
  #resolve: () => void = () => {};

  constructor(onStop: () => void) {
    this.#onStop = onStop;
    this.#stopped = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  get isStopped(): boolean {
    return this.#failure !== undefined;
  }

  stop(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = { error };
    this.#onStop();
    this.#resolve();
  }

  throwIfStopped(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** The result of `work`, or the reason of the stop after `work` had a moment to end by itself. */
  async race<T>(work: Promise<T>): Promise<T> {
    const settled = work.then(
      () => {},
      () => {},
    );
    await Promise.race([settled, this.#stopped]);
    if (this.isStopped) {
      const timeout = new AbortController();
      await Promise.race([settled, delay(graceMilliseconds, undefined, { signal: timeout.signal }).catch(() => {})]);
      timeout.abort();
    }
    this.throwIfStopped();
    return work;
  }
}

/** Runs tasks, so many at a time. The first failure stops the build; its error is thrown when all tasks have ended. */
export async function runTasks<T, R>(queue: TaskQueue<T, R>, stopper: Stopper): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < queue.tasks.length && !stopper.isStopped && !(queue.isEnough?.() ?? false)) {
      const index = next++;
      try {
        results[index] = await queue.run(queue.tasks[index] as T, index);
      } catch (error) {
        if (!(error instanceof TaskAborted) || !stopper.isStopped) stopper.stop(error);
      }
    }
  };
  const workers = Array.from({ length: Math.min(queue.concurrency, queue.tasks.length) }, worker);
  await stopper.race(Promise.all(workers));
  return results;
}
