import type { DatasetName } from '../../core/names/index.js';
import { splitSnapshotConfig } from '../../core/snapshots/index.js';
import { inParallel } from '../../storage/index.js';
import { listAliases } from '../aliases/read-alias.js';
import { versionPath } from '../layout.js';
import { type Manifest, readManifest } from '../manifest.js';
import type { DatasetListing, Registry } from '../registry.js';
import { readYank } from '../yanks/yank.js';
import type { StoredVersion } from './plan-retention.js';

/** Enough to hide the way to a bucket; a manifest of many shards is some MiB. */
const manifestsAtOnce = 16;

type Name = Pick<StoredVersion, 'name' | 'config' | 'version'>;

/**
 * Every version that this package published to a registry, by name and config, newest first. What tfds prepared has no manifest: nobody knows what it was
 * made from, so that it is left alone.
 *
 * @throws DatasetsError MANIFEST_INVALID, FORMAT_TOO_NEW: what can't be read may be made from anything.
 */
export async function storedVersions(registry: Registry): Promise<readonly StoredVersion[]> {
  const listings = await registry.listDatasets();
  const aliases = await aliasesOf(registry, listings);
  const names = listings.flatMap(namesOf);
  const found = new Map<Name, StoredVersion>();
  await inParallel(names, manifestsAtOnce, async (name) => {
    const manifest = await readManifest(registry.storage, versionPath(name));
    if (manifest === undefined) return;
    found.set(name, {
      ...name,
      createdAt: new Date(manifest.createdAt),
      bytes: manifest.files.reduce((sum, file) => sum + file.bytes, 0),
      contentDigest: manifest.contentDigest,
      // What lies in another registry is that one's to keep.
      lineage: manifest.lineage.filter(({ registry }) => registry === undefined),
      aliases: aliases.get(versionPath(name)) ?? [],
      isYanked: (await readYank(registry.storage, name)) !== undefined,
      ...(manifest.snapshot !== undefined && { snapshot: snapshotOf(name, manifest.snapshot) }),
    });
  });
  return names.flatMap((name) => found.get(name) ?? []);
}

function snapshotOf(
  { config }: Name,
  { name, to }: NonNullable<Manifest['snapshot']>,
): NonNullable<StoredVersion['snapshot']> {
  return { name, to: new Date(to), config: splitSnapshotConfig(config).config };
}

function namesOf({ name, versions, configs }: DatasetListing): readonly Name[] {
  return [
    ...versions.map((version) => ({ name, config: undefined, version })),
    ...configs.flatMap((config) => config.versions.map((version) => ({ name, config: config.name, version }))),
  ];
}

/** Names of aliases by the path of the version that they stand for. */
async function aliasesOf(
  registry: Registry,
  listings: readonly DatasetListing[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  await inParallel(listings, manifestsAtOnce, async ({ name }) => {
    for (const [path, aliases] of await aliasedPaths(registry, name)) found.set(path, aliases);
  });
  return found;
}

/** What the aliases of a data set stand for: their names by the path of the version. */
export async function aliasedPaths(
  registry: Registry,
  name: DatasetName,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  for (const { alias, target } of await listAliases(registry, name)) {
    if (target === undefined) continue;
    const path = versionPath({ name, ...target });
    found.set(path, [...(found.get(path) ?? []), alias]);
  }
  return found;
}
