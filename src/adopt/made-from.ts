import { DatasetsError } from '../core/errors/index.js';
import { formatReference, parseReference } from '../core/names/index.js';
import { type Manifest, type Registry, readManifest } from '../registry/index.js';

/**
 * The versions of the same registry that something outside was made from, for the manifest's lineage: what references mean now.
 *
 * @param target the version in the making, which may not be made from its own data set
 * @throws DatasetsError DATASET_UNKNOWN, CONFIG_UNKNOWN, VERSION_UNKNOWN, VERSION_REMOVED, VERSION_YANKED; UNSUPPORTED for data without a manifest; USAGE
 */
export async function madeFrom(
  references: readonly string[],
  target: { readonly name: string; readonly config: string | undefined },
  registry: Registry,
): Promise<Manifest['lineage']> {
  const lineage: Manifest['lineage'][number][] = [];
  for (const reference of references) {
    const { path, ...found } = await registry.resolve(parseReference(reference));
    const { name, config, version } = found;
    if (name === target.name && config === target.config) {
      throw new DatasetsError('USAGE', `${formatReference(found)} is a version of the data set that is taken in`, {
        hint: 'Name versions of other data sets, from which this one was made.',
        at: { dataset: name },
      });
    }
    const manifest = await readManifest(registry.storage, path);
    if (manifest === undefined) {
      throw new DatasetsError(
        'UNSUPPORTED',
        `${formatReference(found)} was prepared by tfds: without a manifest nothing says what was read`,
        {
          hint: `Take it into the registry first: ailab-datasets publish DIRECTORY --as ${name}:1.0.0`,
          at: { dataset: name },
        },
      );
    }
    lineage.push({
      name,
      ...(config !== undefined && { config }),
      version,
      contentDigest: manifest.contentDigest,
      reference,
    });
  }
  return lineage;
}
