import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatasetsError } from '../../core/errors/index.js';
import type { BuildJob } from '../engine.js';

/** A promise that is rejected when the signal is aborted, and never settles otherwise. */
export function abortPromise(
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

/** Removes all that a directory holds. */
export function emptyDirectory(directory: string): void {
  if (!existsSync(directory)) return;
  for (const name of readdirSync(directory)) rmSync(join(directory, name), { recursive: true, force: true });
}

/** What a build is ended by when its signal was aborted. */
export function interrupted(job: BuildJob, signal: AbortSignal): DatasetsError {
  const reason: unknown = signal.reason;
  if (reason instanceof DatasetsError && reason.code === 'PREEMPTED' && job.journal !== undefined) {
    return new DatasetsError('PREEMPTED', `the build of ${job.builder.name} was stopped: ${reason.message}`, {
      hint: 'Nothing was published. Build it again: it goes on from what is finished.',
      cause: reason,
      at: { dataset: job.builder.name },
    });
  }
  return new DatasetsError('INTERRUPTED', `the build of ${job.builder.name} was interrupted`, {
    hint: 'Nothing was published; start it again when you like.',
    cause: signal.reason,
    at: { dataset: job.builder.name },
  });
}
