import { join } from 'node:path';
import { type VersionName, versionPath } from '../registry/index.js';
import { cacheFolders, registryFolder } from './cache-layout.js';

/**
 * The directory of this machine's copy of a remote version, as far as there is one; nothing is fetched.
 *
 * @param registry its location.
 */
export function cachedCopy(cacheDirectory: string, registry: string, version: VersionName): string {
  return join(cacheDirectory, cacheFolders.versions, registryFolder(registry), versionPath(version));
}
