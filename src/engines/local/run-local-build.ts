import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatasetsError } from '../../core/errors/index.js';
import type { Json } from '../../core/json/index.js';
import type { BuildJob, BuildOutput, EngineRun } from '../engine.js';
import { prepareSubmitter } from '../task/prepare-job.js';
import type { TaskRunner } from '../task/task-runner.js';
import { LocalBuild } from './local-build.js';

export interface LocalEngine {
  /** For the manifest. */
  readonly description: { readonly [key: string]: Json };
  openRunner(job: BuildJob): Promise<TaskRunner>;
}

/**
 * Runs a job on this machine. Whatever happens, it leaves the work directory empty and no worker behind.
 *
 * @throws DatasetsError what stopped the build first; INTERRUPTED when `run.signal` was aborted.
 */
export async function runLocalBuild(engine: LocalEngine, job: BuildJob, run: EngineRun): Promise<BuildOutput> {
  if (run.signal.aborted) throw interrupted(job, run.signal);
  // A pool starts while the submitter makes the graph.
  const opening = engine.openRunner(job);
  opening.catch(() => {});
  const abort = abortPromise(run.signal, () => interrupted(job, run.signal));
  try {
    // splits() may ask for facts, which may take long: an interruption doesn't wait for it.
    const prepared = await Promise.race([prepareSubmitter(job), abort.promise]);
    const build = new LocalBuild(prepared, await opening, (event) => run.onProgress(event));
    abort.promise.catch((error: unknown) => build.stop(error));
    return { ...(await build.run()), engine: engine.description };
  } finally {
    abort.dispose();
    await (await opening).close();
    empty(job.workDirectory);
  }
}

/** A promise that is rejected when the signal is aborted, and never settles otherwise. */
function abortPromise(
  signal: AbortSignal,
  reason: () => Error,
): { readonly promise: Promise<never>; readonly dispose: () => void } {
  let dispose = () => {};
  const promise = new Promise<never>((_, reject) => {
    const onAbort = () => reject(reason());
    signal.addEventListener('abort', onAbort, { once: true });
    dispose = () => signal.removeEventListener('abort', onAbort);
  });
  promise.catch(() => {});
  return { promise, dispose };
}

function empty(directory: string): void {
  if (!existsSync(directory)) return;
  for (const name of readdirSync(directory)) rmSync(join(directory, name), { recursive: true, force: true });
}

function interrupted(job: BuildJob, signal: AbortSignal): DatasetsError {
  return new DatasetsError('INTERRUPTED', `the build of ${job.builder.name} was interrupted`, {
    hint: 'Nothing was published; start it again when you like.',
    cause: signal.reason,
    at: { dataset: job.builder.name },
  });
}
