import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Files in which package managers lock versions; where a folder has several, the first counts, as it does for npm. */
export const lockFileNames = ['npm-shrinkwrap.json', 'package-lock.json', 'pnpm-lock.yaml', 'yarn.lock'] as const;

/** The folder that is installed as a whole, and copied as a whole into an image. */
export interface ProjectRoot {
  /** Absolute. */
  readonly directory: string;
  /** Absolute path of its lock file; undefined where it has none. */
  readonly lockFile: string | undefined;
}

/**
 * Finds the folder whose lock file says which packages a project has: its own, or one above it (of workspaces), but not above its git repository. Without any, the
 * project's own folder is its root.
 *
 * @param directory absolute: the folder of the project's configuration
 * @example
 * ```ts
 * const { directory } = await findProjectRoot(config.projectDirectory);
 * ```
 */
export async function findProjectRoot(directory: string): Promise<ProjectRoot> {
  for (let folder = directory; ; folder = dirname(folder)) {
    // A folder that can't be listed holds no lock file that could be read either.
    const entries = await readdir(folder).catch((): readonly string[] => []);
    const lockFile = lockFileNames.find((name) => entries.includes(name));
    if (lockFile !== undefined) return { directory: folder, lockFile: join(folder, lockFile) };
    if (entries.includes('.git') || folder === dirname(folder)) return { directory, lockFile: undefined };
  }
}
