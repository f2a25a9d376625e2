import { isRelativePath, openStorage, type Storage } from '../../../storage/index.js';
import { newNonce } from './work-names.js';

/** Longer than any job lives: Dataflow ends one after ten days (cloud.google.com/dataflow/quotas). */
const abandonedDays = 14;
const dayMilliseconds = 86_400_000;

/** The folder of a new job in a work location; also what services call it. @param words lower-case letters, digits and hyphens. */
export function newJobFolder(words: string): string {
  return `ailab-${words}-${newNonce()}`;
}

function isJobFolder(name: string): boolean {
  return /^ailab-[a-z0-9-]+-[0-9a-f]{16}$/.test(name) && isRelativePath(name);
}

/**
 * Deletes what jobs have left in a work location whose submitter died and never came back, or whose workers outlived them: the folders of jobs in which nothing was written for two weeks.
 *
 * @param workLocation of all jobs: an absolute directory, or `gs://bucket/prefix`.
 * @returns the folders that are gone.
 */
export async function sweepAbandonedJobs(workLocation: string, now: Date): Promise<readonly string[]> {
  const storage = openStorage(workLocation);
  const before = new Date(now.getTime() - abandonedDays * dayMilliseconds);
  const swept: string[] = [];
  for (const { name, kind } of await storage.list('')) {
    if (kind !== 'directory' || !isJobFolder(name) || !(await isSilentSince(storage, name, before))) continue;
    await storage.deleteAll(name);
    swept.push(name);
  }
  return swept;
}

/** Ends with the first object that is younger: of a job that runs, that is nearly always the first at all. */
async function isSilentSince(storage: Storage, folder: string, before: Date): Promise<boolean> {
  for await (const { modified } of storage.walk(folder)) if (modified >= before) return false;
  return true;
}
