import { parseManifest, sealOf, versionFiles } from '../registry/index.js';
import type { CachedVersion } from './cached-version.js';
import { rememberRegistry } from './resolutions.js';

const labelFile = /\.labels\.txt$/;

/**
 * Sees to it that what opens a version is in the cache: its manifest, or for data that tfds prepared dataset_info.json with what belongs to it. A
 * damaged copy counts as none.
 *
 * @returns whether there is such a version.
 * @throws DatasetsError MANIFEST_INVALID, FORMAT_TOO_NEW for one in the registry; STORAGE_FULL, STORAGE_FAILED, and what the storage throws.
 */
export async function ensureMetadata(version: CachedVersion): Promise<boolean> {
  return (await hasMetadata(version)) || (await fetchMetadata(version));
}

/** Whether a version can be opened without asking its registry. */
export async function hasMetadata(version: CachedVersion): Promise<boolean> {
  const { cache, metadata } = version;
  for (const name of [versionFiles.manifest, versionFiles.datasetInfo]) await cache.process.pin(version.placeOf(name));
  const manifest = await metadata.read(versionFiles.manifest);
  if (manifest === undefined) return cache.use(version.placeOf(versionFiles.datasetInfo));
  if (sealOf(manifest) === 'whole') return cache.use(version.placeOf(versionFiles.manifest));
  await metadata.delete(versionFiles.manifest);
  return false;
}

async function fetchMetadata(version: CachedVersion): Promise<boolean> {
  const { metadata } = version;
  const manifest = await read(version, versionFiles.manifest);
  if (manifest === undefined) return fetchPrepared(version);
  await parseManifest(manifest, `${version.location}/${versionFiles.manifest}`);
  await rememberRegistry(version);
  await metadata.write(versionFiles.manifest, manifest);
  return true;
}

/** dataset_info.json comes last: a directory without it is no version. */
async function fetchPrepared(version: CachedVersion): Promise<boolean> {
  const { metadata, registry, resolved } = version;
  const info = await read(version, versionFiles.datasetInfo);
  if (info === undefined) return false;
  await rememberRegistry(version);
  const entries = await registry.storage.list(resolved.path);
  const labels = entries.filter(({ kind, name }) => kind === 'object' && labelFile.test(name)).map(({ name }) => name);
  for (const name of [versionFiles.features, ...labels]) {
    const bytes = await read(version, name);
    if (bytes !== undefined) await metadata.write(name, bytes);
  }
  await metadata.write(versionFiles.datasetInfo, info);
  return true;
}

function read({ registry, resolved }: CachedVersion, name: string): Promise<Uint8Array | undefined> {
  return registry.storage.read(`${resolved.path}/${name}`);
}
