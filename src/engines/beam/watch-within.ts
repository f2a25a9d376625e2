import { DatasetsError } from '../../core/errors/index.js';
import type { FinalJobState, JobWatcher, RunningJob } from './job/submitter.js';

/**
 * Watches a job for no longer than its builder allows. Services that know deadlines end the job by themselves; the others are asked to by whoever catches the error.
 *
 * @throws DatasetsError JOB_FAILED when the time is over; what `RunningJob.watch` throws.
 */
export async function watchWithin(
  timeoutSeconds: number | undefined,
  running: RunningJob,
  watcher: JobWatcher,
): Promise<FinalJobState> {
  if (timeoutSeconds === undefined) return running.watch(watcher);
  const over = AbortSignal.timeout(timeoutSeconds * 1000);
  try {
    return await running.watch({ ...watcher, signal: AbortSignal.any([watcher.signal, over]) });
  } catch (error) {
    if (!over.aborted || watcher.signal.aborted || error !== over.reason) throw error;
    throw new DatasetsError(
      'JOB_FAILED',
      `the job ${running.id} took longer than ${timeoutSeconds} s, and is cancelled`,
      {
        hint: 'Nothing was published. Declare a longer `timeout` in the builder, or give the job more or larger machines.',
        cause: error,
      },
    );
  }
}
