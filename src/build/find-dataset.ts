import {
  type BuilderDefinition,
  builtInDatasets,
  type DiscoveredDataset,
  discoverDatasets,
  loadDefinition,
} from '../builder/index.js';
import { datasetFolders, type ResolvedConfig } from '../core/config/index.js';
import { DatasetsError } from '../core/errors/index.js';
import { nearestHint } from '../core/names/index.js';

/**
 * Every data set that a configuration reaches: the team's own, its packages', and those that come with this package. A team's data set
 * hides a built-in one of the same name.
 */
export async function configuredDatasets(config: ResolvedConfig): Promise<readonly DiscoveredDataset[]> {
  const own = await discoverDatasets(datasetFolders(config));
  const names = new Set(own.map(({ name }) => name));
  const builtIn = (await discoverDatasets([builtInDatasets])).filter(({ name }) => !names.has(name));
  return [...own, ...builtIn].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * The definition of a data set by name.
 *
 * @throws DatasetsError DATASET_UNKNOWN with the nearest name.
 */
export async function findDefinition(name: string, config: ResolvedConfig): Promise<BuilderDefinition> {
  const datasets = await configuredDatasets(config);
  const found = datasets.find((dataset) => dataset.name === name);
  if (found === undefined) {
    throw new DatasetsError('DATASET_UNKNOWN', `there is no builder for a data set named ${name}`, {
      hint: nearestHint(
        name,
        datasets.map((dataset) => dataset.name),
        'data sets',
      ),
      at: { dataset: name },
    });
  }
  return loadDefinition(found.module, found.name);
}
