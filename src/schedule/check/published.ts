import { type ConfigName, type DatasetName, formatReference, type Version } from '../../core/names/index.js';
import { type Registry, readYanks } from '../../registry/index.js';

/** A version in a registry. */
export interface PublishedVersion {
  readonly name: DatasetName;
  /** As it is published: of a snapshot with its name. */
  readonly config: ConfigName | undefined;
  readonly version: Version;
  readonly reference: string;
  readonly isYanked: boolean;
}

/** Every version of a data set that is there, newest first within its config. */
export async function publishedOf(registry: Registry, name: DatasetName): Promise<readonly PublishedVersion[]> {
  const listing = await registry.listDataset(name);
  if (listing === undefined) return [];
  const configs = [{ name: undefined, versions: listing.versions }, ...listing.configs];
  const found = await Promise.all(
    configs.map(async ({ name: config, versions }) => {
      const yanks = versions.length === 0 ? new Map() : await readYanks(registry.storage, { name, config });
      return versions.map((version) => ({
        ...{ name, config, version },
        reference: formatReference({ name, config, version }),
        isYanked: yanks.has(version),
      }));
    }),
  );
  return found.flat();
}
