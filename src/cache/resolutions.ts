import {
  type ConfigName,
  formatReference,
  isConfigName,
  isVersion,
  type Reference,
  type Version,
} from '../core/names/index.js';
import { formatJson, type Registry, type ResolvedVersion } from '../registry/index.js';
import { cacheFolders, registryFolder } from './cache-layout.js';
import type { CachedVersion } from './cached-version.js';
import type { VersionCache } from './version-cache.js';

/** What a reference meant when its registry could last be asked. */
export interface RememberedVersion {
  readonly config: ConfigName | undefined;
  readonly version: Version;
}

/** Notes what a reference means now, for times without a network. */
export async function rememberVersion(
  cache: VersionCache,
  registry: Registry,
  reference: Reference,
  resolved: ResolvedVersion,
): Promise<void> {
  const place = noteOf(registry, reference);
  const { config, version } = resolved;
  const note = formatJson({ ...(config !== undefined && { config }), version });
  const known = await cache.storage.read(place);
  if (known === undefined || Buffer.from(known).toString('utf8') !== note)
    await cache.storage.write(place, note, { sync: false });
}

export async function rememberedVersion(
  cache: VersionCache,
  registry: Registry,
  reference: Reference,
): Promise<RememberedVersion | undefined> {
  const bytes = await cache.storage.read(noteOf(registry, reference));
  if (bytes === undefined) return undefined;
  try {
    const { config, version } = JSON.parse(Buffer.from(bytes).toString('utf8')) as Record<string, unknown>;
    if (typeof version !== 'string' || !isVersion(version)) return undefined;
    if (config === undefined) return { config: undefined, version };
    return typeof config === 'string' && isConfigName(config) ? { config, version } : undefined;
  } catch {
    // Cut short by a crash: as good as none.
    return undefined;
  }
}

/** Notes which registry a folder of the cache belongs to, for people and for `cachedVersions`. */
export async function rememberRegistry({ cache, registry }: CachedVersion): Promise<void> {
  const place = `${cacheFolders.registries}/${registryFolder(registry.location)}.json`;
  if ((await cache.storage.stat(place)) !== undefined) return;
  await cache.storage.write(place, formatJson({ location: registry.location }), { sync: false });
}

function noteOf(registry: Registry, reference: Reference): string {
  const name = encodeURIComponent(formatReference(reference));
  return `${cacheFolders.resolved}/${registryFolder(registry.location)}/${name}.json`;
}
