import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { DatasetsError } from '../core/errors/index.js';

/** A data set that was found, not yet imported: listing sixty data sets must not run sixty modules. */
export interface DiscoveredDataset {
  /** The folder's name, which the class must bear as `datasetName`. */
  readonly name: string;
  /** The folder, absolute. */
  readonly directory: string;
  /** file: URL of its builder module. */
  readonly module: string;
}

/** Folder of the data sets that come with this package. */
export const builtInDatasets = fileURLToPath(new URL('../../datasets', import.meta.url));

const builderFile = /^builder\.(?:[mc]?js|[mc]?ts)$/;
const declarationFile = /\.d\.[mc]?ts$/;

/**
 * Finds the data sets below some folders: every folder with a `builder.ts` (or .js) is one, named for the folder.
 *
 * @param folders absolute paths; those that don't exist are an error.
 * @returns sorted by name.
 * @throws DatasetsError CONFIG_INVALID when a folder is missing; BUILDER_INVALID when two data sets have one name.
 * @example
 * ```ts
 * const datasets = await discoverDatasets([builtInDatasets, '/home/me/team/datasets']);
 * ```
 */
export async function discoverDatasets(folders: readonly string[]): Promise<readonly DiscoveredDataset[]> {
  const found = new Map<string, DiscoveredDataset>();
  for (const folder of new Set(folders.map((path) => resolve(path)))) {
    for (const dataset of await datasetsBelow(folder)) {
      const other = found.get(dataset.name);
      if (other !== undefined && other.directory !== dataset.directory) {
        throw new DatasetsError(
          'BUILDER_INVALID',
          `two data sets are named ${dataset.name}: ${other.directory} and ${dataset.directory}`,
          { hint: 'Rename one folder and the datasetName of its class.', at: { dataset: dataset.name } },
        );
      }
      found.set(dataset.name, dataset);
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function datasetsBelow(folder: string): Promise<readonly DiscoveredDataset[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new DatasetsError('CONFIG_INVALID', `the folder of data sets ${folder} can't be read`, {
      hint: 'Name an existing folder in `datasets` of ailab-datasets.config.',
      cause,
      at: { file: folder },
    });
  });
  const module = entries.find((entry) => builderFile.test(entry.name) && !declarationFile.test(entry.name));
  if (module !== undefined) {
    const url = pathToFileURL(join(folder, module.name)).href;
    return [{ name: basename(folder), directory: folder, module: url }];
  }
  const below = await Promise.all(
    entries
      .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.'))
      .map((entry) => datasetsBelow(join(folder, entry.name))),
  );
  return below.flat();
}
