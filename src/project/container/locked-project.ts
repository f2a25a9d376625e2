import { readFile } from 'node:fs/promises';
import { basename, join, posix, relative, sep } from 'node:path';
import type { z } from 'zod';
import { findProjectRoot } from '../../core/config/index.js';
import { DatasetsError } from '../../core/errors/index.js';
import type { LockedPackage } from './lock-schema.js';

/** A project as `npm ci` sees it. Paths are relative to its root, with `/`. */
export interface LockedProject {
  /** Absolute. */
  readonly root: string;
  readonly lockFile: string;
  /** Scripts of its package.json, by name. */
  readonly scripts: Readonly<Record<string, string>>;
  /** By their places: `''` is the project, `node_modules/sharp` a package, `packages/ours` a workspace. */
  readonly packages: Readonly<Record<string, LockedPackage>>;
  /** Where this package will be: `node_modules/ailab-datasets`, or elsewhere in a project of workspaces. */
  readonly ownFolder: string;
}

const ownName = 'ailab-datasets';

/**
 * Reads what a project's lock file says.
 *
 * @param directory absolute: the folder of the project's configuration
 * @throws DatasetsError UNSUPPORTED where npm has no lock file of it, where it does not depend on this package, or installs something from outside of the project; CONFIG_INVALID for a file that
 *   can't be read.
 */
export async function readLockedProject(directory: string): Promise<LockedProject> {
  const { directory: root, lockFile } = await findProjectRoot(directory);
  if (lockFile === undefined || !lockFile.endsWith('.json')) {
    throw new DatasetsError('UNSUPPORTED', `${root} has no package-lock.json, by which an image gets its packages`, {
      hint: 'Run: npm install --package-lock-only',
      at: { file: lockFile ?? root },
    });
  }
  const { lockSchema, manifestSchema } = await import('./lock-schema.js');
  const { scripts } = await read(join(root, 'package.json'), manifestSchema);
  const { packages } = await read(lockFile, lockSchema);
  refuseOutside(packages, lockFile);
  const ownFolder = folderOfOwn(packages, relative(root, directory).split(sep).join('/'), lockFile);
  return { root, lockFile: basename(lockFile), scripts, packages, ownFolder };
}

function refuseOutside(packages: LockedProject['packages'], lockFile: string): void {
  for (const [place, { resolved, link }] of Object.entries(packages)) {
    const folder = link === true ? resolved : resolved?.startsWith('file:') === true ? resolved.slice(5) : place;
    if (folder === undefined || !(posix.normalize(folder).startsWith('..') || posix.isAbsolute(folder))) continue;
    throw new DatasetsError('UNSUPPORTED', `${place} is installed from ${folder}, which is outside of the project`, {
      hint: 'An image is made of the project alone: put the package into it, or install it from git or from a registry.',
      at: { file: lockFile },
    });
  }
}

/** As Node finds it from the folder of the configuration: in the nearest node_modules upwards. */
function folderOfOwn(packages: LockedProject['packages'], from: string, lockFile: string): string {
  for (let folder = from; ; folder = posix.dirname(folder)) {
    const place = posix.join(folder, 'node_modules', ownName);
    const found = packages[place];
    if (found !== undefined && found.dev !== true) return place;
    if (found !== undefined || folder === '' || folder === '.') {
      if (packages['']?.name === ownName) throw ownRepository(lockFile);
      const what = found === undefined ? 'no dependency' : 'a development dependency';
      throw new DatasetsError(
        'UNSUPPORTED',
        `${ownName} is ${what} of this project, so its image would be without it`,
        {
          hint: `Run: npm install --save-prod <git URL of ${ownName}>`,
          at: { file: lockFile },
        },
      );
    }
  }
}

function ownRepository(lockFile: string): DatasetsError {
  return new DatasetsError('UNSUPPORTED', `an image is made of a team's project, and this is ${ownName} itself`, {
    hint: `Run it in a project that depends on ${ownName}; the data sets that come with the package are in every one.`,
    at: { file: lockFile },
  });
}

async function read<Schema extends z.ZodType>(file: string, schema: Schema): Promise<z.infer<Schema>> {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new DatasetsError('CONFIG_INVALID', `${file} is not what npm 7 and newer write`, {
      hint: 'Write it anew: npm install --package-lock-only',
      cause,
      at: { file },
    });
  }
}
