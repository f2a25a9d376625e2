import { resolve } from 'node:path';

/** Names the root of the project (`findProjectRoot`) in a worker: an image has it elsewhere than the submitter. */
export const projectVariable = 'AILAB_DATASETS_PROJECT';

/** The project's root as the environment says, absolute; without a word, the working directory. */
export function projectRootOf(environment: Readonly<Record<string, string | undefined>>): string {
  const named = environment[projectVariable];
  return named === undefined || named === '' ? process.cwd() : resolve(named);
}
