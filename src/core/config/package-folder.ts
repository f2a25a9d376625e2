import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatasetsError } from '../errors/index.js';

/**
 * The folder of data sets inside an npm package: the compiled `dist/datasets/`, else `datasets/`.
 *
 * Packages are found as Node finds them, in the `node_modules` of a folder and of those above it. Their `exports` don't matter: folders are
 * read, not imported.
 *
 * @param from absolute path of the folder where the search starts
 * @throws DatasetsError CONFIG_INVALID when the package isn't installed or holds no such folder.
 */
export async function packageDatasetsFolder(name: string, from: string): Promise<string> {
  const directory = await findPackage(name, from);
  if (directory === undefined) {
    throw new DatasetsError(
      'CONFIG_INVALID',
      `the package ${name}, which should hold data sets, is not installed in ${from}`,
      {
        hint: `npm install ${name}`,
        at: { field: 'packages' },
      },
    );
  }
  for (const folder of [join(directory, 'dist', 'datasets'), join(directory, 'datasets')]) {
    if (await isDirectory(folder)) return folder;
  }
  throw new DatasetsError('CONFIG_INVALID', `the package ${name} holds no data sets: it has no folder datasets/`, {
    hint: 'Take the package out of `packages`, or add the folder to it.',
    at: { field: 'packages', file: directory },
  });
}

async function findPackage(name: string, from: string): Promise<string | undefined> {
  const directory = join(from, 'node_modules', name);
  if (await isDirectory(directory)) return directory;
  const parent = dirname(from);
  return parent === from ? undefined : findPackage(name, parent);
}

export async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
