import { resolve } from 'node:path';

/** Names the root of the project in a worker: an image has it elsewhere than the submitter. */
export const projectVariable = 'AILAB_DATASETS_PROJECT';

/** Where a worker's process is, and what it may use. */
export interface WorkerPlace {
  /** Root of the project (`findProjectRoot`) on this machine, absolute: its modules, node_modules and lock file. */
  readonly projectRoot: string;
  /** Where temporary files may be written, absolute. */
  readonly scratchDirectory: string;
  /** How many worker processes share this machine's memory and processors. */
  readonly processes: number;
}

/** The project's root as the environment says; without a word, the working directory. */
export function projectRootOf(environment: Readonly<Record<string, string | undefined>>): string {
  const named = environment[projectVariable];
  return named === undefined || named === '' ? process.cwd() : resolve(named);
}
