import { realpath } from 'node:fs/promises';
import { basename, dirname, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codeParts } from '../../builder/index.js';
import { absoluteChanges, type GitChanges } from './git-changes.js';

const lockFiles: ReadonlySet<string> = new Set(['package-lock.json', 'npm-shrinkwrap.json']);

/**
 * The changed files that a data set is made with: modules that its builder imports, directly or not, files that these name, all below its folder, and the lock file where it imports packages.
 *
 * Whether that makes a difference is another question: `explain` answers it.
 *
 * @param module file: URL of the builder's module
 * @returns paths from the repository's root, sorted
 */
export async function touchedBy(module: string, changes: GitChanges): Promise<readonly string[]> {
  const base = dirname(fileURLToPath(module));
  const folder = await realpath(base);
  const code = await codeParts(module);
  const modules = Object.keys(code?.modules ?? {}).map((path) => resolve(base, path));
  // Git's paths go through no links.
  const own = new Set(
    await Promise.all([...modules, ...Object.values(code?.files ?? {})].map((path) => realpath(path))),
  );
  // Where nobody can follow its modules, nobody knows of which packages they are either.
  const readsPackages = code === undefined || Object.keys(code.packages).length > 0;
  return [...absoluteChanges(changes)]
    .filter(
      ([path, file]) =>
        own.has(path) || path.startsWith(folder + sep) || (readsPackages && lockFiles.has(basename(file))),
    )
    .map(([, file]) => file);
}
