import { isVersion } from '../core/names/index.js';
import type { LocalStorage } from '../storage/index.js';
import { cacheFolders } from './cache-layout.js';
import type { CachedFile } from './plan-eviction.js';

/** Every file of every version in a cache. Costs a `stat` a file. */
export async function cachedFiles(cache: LocalStorage): Promise<readonly CachedFile[]> {
  const files: CachedFile[] = [];
  for await (const { path: place, bytes, modified } of cache.walk(cacheFolders.versions)) {
    const version = versionOf(place);
    // The time of a file is that of its last use: the cache sets it.
    if (version !== undefined) files.push({ place, version, bytes, lastUsed: modified.getTime() });
  }
  return files;
}

/** `versions/<registry>/<name>/[<config>/]<version>` of a file's place. */
function versionOf(place: string): string | undefined {
  const parts = place.split('/');
  const depth = isVersion(parts[3] ?? '') ? 4 : isVersion(parts[4] ?? '') ? 5 : undefined;
  return depth === undefined || parts.length <= depth ? undefined : parts.slice(0, depth).join('/');
}
