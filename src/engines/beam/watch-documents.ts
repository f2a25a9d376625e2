import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkFiles } from './files/index.js';
import type { JobProgress, TaskCounts } from './job-progress.js';

const directoryMilliseconds = 1000;
/** Listing a bucket costs as much as creating an object. */
const bucketMilliseconds = 15_000;

/**
 * Follows a job by the tasks and results that its workers stage, as long as the service that runs it tells no counters.
 *
 * @returns what ends it.
 */
export function watchDocuments(files: WorkFiles, progress: JobProgress): () => void {
  const stop = new AbortController();
  const milliseconds = files.isDirectory ? directoryMilliseconds : bucketMilliseconds;
  const watch = async (): Promise<void> => {
    for (;;) {
      await sleep(milliseconds, undefined, { signal: stop.signal });
      if (progress.isCounted) return;
      const [tasks, results] = [await files.list('tasks'), await files.list('results')];
      if (!stop.signal.aborted) progress.takeTasks(countTasks(tasks, results));
    }
  };
  // A fault of the work location is told by whoever needs what lies there.
  watch().catch(() => {});
  return () => stop.abort();
}

/** Of several attempts at a task, one counts. */
function countTasks(tasks: readonly string[], results: readonly string[]): Map<number | 'shards', TaskCounts> {
  const counts = new Map<number | 'shards', TaskCounts>();
  for (const [kind, names] of [
    ['staged', tasks],
    ['done', results],
  ] as const) {
    for (const [stage, numbers] of tasksByStage(names)) {
      counts.set(stage, { staged: 0, done: 0, ...counts.get(stage), [kind]: numbers.size });
    }
  }
  return counts;
}

/** `tasks/stage2-17-<nonce>` and `results/shard3-<nonce>`, as the steps name them. */
function tasksByStage(names: readonly string[]): Map<number | 'shards', Set<string>> {
  const found = new Map<number | 'shards', Set<string>>();
  for (const name of names) {
    const [, stage, task = '', shard] = /\/(?:stage(\d+)-(\d+)|shard(\d+))-[^/]*$/.exec(name) ?? [];
    if (stage === undefined && shard === undefined) continue;
    const key = stage === undefined ? 'shards' : Number(stage);
    found.set(key, (found.get(key) ?? new Set()).add(shard ?? task));
  }
  return found;
}
