import { relative } from 'node:path';
import { type LeftShards, leaveShards, takeShards, type WorkFiles } from '../../../../src/engines/beam/files/index.js';
import type { BuildJob } from '../../../../src/engines/engine.js';
import type { Engine } from '../../../../src/engines/index.js';
import { runLocalBuild } from '../../../../src/engines/local/run-local-build.js';
import type { SideInputFile, Task, TaskResult } from '../../../../src/engines/task/task.js';
import { TaskHost } from '../../../../src/engines/task/task-host.js';
import type { TaskRunner } from '../../../../src/engines/task/task-runner.js';

export interface ThroughWorkFiles {
  /** A worker of its own for each task in turn. */
  readonly workers: readonly WorkFiles[];
  /** Runs each task twice; the second attempt counts. */
  readonly twice?: boolean;
  /** Called when all tasks have ended. */
  readonly ended?: () => Promise<void>;
  /** Where shards stay, if they do. */
  readonly left?: LeftShards[];
}

/** The local engine, but that every task gets what it reads from a work location and leaves there what it wrote, as on other machines. */
export function throughWorkFiles(options: ThroughWorkFiles): Engine {
  return {
    name: 'work files',
    warmUp: async () => {},
    close: async () => {},
    run: async (job, run) => {
      const output = await runLocalBuild(
        { description: { name: 'work files' }, openRunner: async () => new WorkFilesRunner(job, options) },
        job,
        run,
      );
      await options.ended?.();
      const files = options.workers[0] as WorkFiles;
      if (options.left === undefined)
        return { ...output, splits: await takeShards(files, output.splits, job.outputDirectory) };
      const left = await leaveShards(files, output.splits, job.outputDirectory);
      options.left.push(left);
      return { ...output, splits: left.splits };
    },
  };
}

class WorkFilesRunner implements TaskRunner {
  readonly concurrency = 2;
  readonly #job: BuildJob;
  readonly #options: ThroughWorkFiles;
  readonly #hosts: readonly TaskHost[];
  /** Where side inputs lie, by node. */
  readonly #sideInputs = new Map<number, string>();
  #next = 0;

  constructor(job: BuildJob, options: ThroughWorkFiles) {
    this.#job = job;
    this.#options = options;
    this.#hosts = options.workers.map(() => new TaskHost());
  }

  async run(task: Task, setup: Parameters<TaskRunner['run']>[1]): Promise<TaskResult> {
    const worker = this.#next++ % this.#hosts.length;
    const { directories } = this.#options.workers[worker] as WorkFiles;
    if (task.kind === 'stage' && this.#next === 1)
      await (this.#options.workers[0] as WorkFiles).stageInputs([task.unit], {
        workDirectory: this.#job.workDirectory,
        downloadDirectory: this.#job.downloads?.directory,
        downloads: setup.facts.downloads,
      });
    const job = { ...setup.job, workDirectory: directories.workDirectory };
    const staged = this.#portable(task);
    if (this.#options.twice === true) await this.#attempt(worker, staged, { ...setup, job });
    const result = await this.#attempt(worker, staged, { ...setup, job });
    if (result.kind === 'sideInput' && task.kind === 'sideInput') this.#sideInputs.set(task.node, result.file.file);
    return result;
  }

  async teardown(): Promise<void> {
    for (const host of this.#hosts) await host.teardown();
  }

  async close(): Promise<void> {}

  async #attempt(worker: number, task: Task, setup: Parameters<TaskRunner['run']>[1]): Promise<TaskResult> {
    const files = this.#options.workers[worker] as WorkFiles;
    const host = this.#hosts[worker] as TaskHost;
    const names = setup.sideInputs.map(({ node }): SideInputFile => ({ node, file: this.#sideInputs.get(node) ?? '' }));
    const sideInputs = await files.localiseSideInputs(names);
    const local = await files.localise(task);
    try {
      return await local.upload(await host.run(local.task, { ...setup, sideInputs }));
    } finally {
      await local.close();
    }
  }

  /** As a planner of another machine names the files of a shard. */
  #portable(task: Task): Task {
    if (task.kind !== 'encode') return task;
    const { outputDirectory } = this.#job;
    const inside = (path: string) => relative(outputDirectory, path);
    const outputs = Object.fromEntries(
      Object.entries(task.shard.outputs).map(([format, path]) => [format, inside(path)]),
    );
    return { ...task, shard: { ...task.shard, outputs, indexFile: inside(task.shard.indexFile) } };
  }
}
