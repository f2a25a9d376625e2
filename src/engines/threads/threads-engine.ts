import type { BuildJob, BuildOutput, Engine, EngineRun } from '../engine.js';
import { ThreadRunner } from './thread-runner.js';

/** What only a build on this machine needs. */
const loadLocalBuild = () => import('../local/run-local-build.js');

/** Runs builds in a pool of threads. */
export class ThreadsEngine implements Engine {
  readonly name = 'threads';
  readonly #workers: number;
  /** A pool that was started before there was a job. */
  #waiting: { readonly module: string; readonly runner: Promise<ThreadRunner> } | undefined;

  constructor(workers: number) {
    this.#workers = workers;
  }

  async warmUp(module: string): Promise<void> {
    // Loaded while others wait for the builder's code to be bundled; `run` reports what goes wrong.
    loadLocalBuild().catch(() => {});
    this.#waiting ??= { module, runner: ThreadRunner.open(this.#workers, { module }) };
    // `run` reports it, or nobody is interested.
    await this.#waiting.runner.catch(() => {});
  }

  async run(job: BuildJob, run: EngineRun): Promise<BuildOutput> {
    const { runLocalBuild } = await loadLocalBuild();
    const { name } = this;
    const openRunner = () => this.#open(job.builder.module);
    return runLocalBuild({ description: { name, workers: this.#workers }, openRunner }, job, run);
  }

  async close(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    const runner = await waiting?.runner.catch(() => undefined);
    await runner?.close();
  }

  #open(module: string): Promise<ThreadRunner> {
    const waiting = this.#waiting;
    if (waiting?.module !== module) return ThreadRunner.open(this.#workers, { module });
    this.#waiting = undefined;
    return waiting.runner;
  }
}
