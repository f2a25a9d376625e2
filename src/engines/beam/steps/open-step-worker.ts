import { join } from 'node:path';
import { internalError } from '../../../core/errors/index.js';
import type { TaskRunner } from '../../task/task-runner.js';
import { ThreadRunner } from '../../threads/thread-runner.js';
import type { BeamJob } from '../beam-job.js';
import { openWorkFiles, Relocation } from '../files/index.js';
import { type CreateDoFn, taskDoFnUrn } from '../harness/do-fn.js';
import { decodeStepPayload, type StepPayload } from '../translate/step.js';
import { failureOf, stageFailure } from './failures.js';
import { stepDoFn } from './step-do-fn.js';
import { openWorkerJob, readBeamJob, type WorkerJob } from './worker-job.js';

export interface StepWorkerOptions {
  /** Root of the project on this machine, absolute. */
  readonly projectRoot: string;
  /** Absolute; of this process alone. */
  readonly scratchDirectory: string;
  /** How many tasks at a time: threads, in which the authors' code runs. */
  readonly threads: number;
  /** Refuses a job that this worker can't do, before any of the author's code is loaded. `module` is the builder's, a file: URL of this machine. */
  check(job: BeamJob, module: string): Promise<void>;
  /** Where tasks run. Default: that many threads. */
  readonly openRunner?: (module: string) => Promise<TaskRunner>;
}

/** What a worker process does of a job. */
export interface StepWorker {
  readonly createDoFn: CreateDoFn;
  /** Tears down what the author's `withResource` set up, and ends the threads. */
  close(): Promise<void>;
}

/**
 * Makes the DoFns of a job: each finds the staged job by its payload. A worker process serves one job.
 *
 * @example
 * ```ts
 * const worker = openStepWorker({ projectRoot, scratchDirectory, threads: 1, check });
 * await runWorker({ id, controlEndpoint, loggingEndpoint, createDoFn: worker.createDoFn });
 * await worker.close();
 * ```
 */
export function openStepWorker(options: StepWorkerOptions): StepWorker {
  let open: { readonly digest: string; readonly job: Promise<OpenedJob> } | undefined;
  return {
    async createDoFn(urn, bytes) {
      if (urn !== taskDoFnUrn) throw internalError(`a worker was asked for a DoFn of ${urn}`);
      const { step, job } = decodeStepPayload(bytes);
      open ??= { digest: job.digest, job: openJob(job, options) };
      if (open.digest !== job.digest) throw internalError('a worker process was given two jobs');
      const { worker, runner } = await open.job;
      return stepDoFn(worker, step, runner);
    },
    async close() {
      // A job that could not be opened has said so to whoever asked for its DoFns.
      const opened = await open?.job.catch(() => undefined);
      if (opened === undefined) return;
      const { worker, runner } = opened;
      const steps = worker.plan.stages.flatMap((stage) => stage.steps);
      try {
        if (steps.some(({ kind }) => kind === 'withResource')) await runner.teardown();
      } finally {
        await runner.close();
        await worker.files.close();
      }
    },
  };
}

interface OpenedJob {
  readonly worker: WorkerJob;
  readonly runner: TaskRunner;
}

async function openJob(job: StepPayload['job'], options: StepWorkerOptions): Promise<OpenedJob> {
  const { projectRoot, scratchDirectory, threads, check } = options;
  const files = openWorkFiles(job.workLocation, { scratch: scratchDirectory });
  try {
    const beam = await readBeamJob(files, job);
    const cacheDirectory = join(scratchDirectory, 'cache');
    const worker = openWorkerJob(beam, { files, relocation: new Relocation(projectRoot), cacheDirectory });
    const { module } = worker.job.builder;
    await check(beam, module);
    const openRunner = options.openRunner ?? (() => ThreadRunner.open(threads, { module }));
    return { worker, runner: await openRunner(module) };
  } catch (error) {
    await stageFailure(files, failureOf('open the job', error, [], new Date()));
    throw error;
  }
}
