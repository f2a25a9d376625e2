import { DatasetsError } from '../../core/errors/index.js';
import { type DatasetName, formatReference } from '../../core/names/index.js';
import { versionPath } from '../layout.js';
import type { Registry } from '../registry.js';
import { readTombstone, versionRemoved } from '../retention/tombstone.js';
import { isVersionDirectory } from '../version-directory.js';
import { readYank, versionYanked } from '../yanks/yank.js';
import type { AliasTarget } from './alias-generation.js';

/**
 * Refuses what an alias may not be pointed at: what isn't there as a whole, what was removed or is being removed, and what was yanked.
 *
 * @throws DatasetsError VERSION_UNKNOWN, VERSION_REMOVED, VERSION_YANKED
 */
export async function checkAliasTarget(registry: Registry, name: DatasetName, target: AliasTarget): Promise<void> {
  const version = { name, ...target };
  const isThere = await isVersionDirectory(registry.storage, versionPath(version));
  const tombstone = await readTombstone(registry.storage, version);
  // A version that was removed may have been published again.
  if (tombstone !== undefined && (!isThere || tombstone.state === 'removing')) {
    throw versionRemoved(tombstone, registry.location);
  }
  if (isThere) {
    const yank = await readYank(registry.storage, version);
    if (yank !== undefined) throw versionYanked(version, yank, registry.location);
    return;
  }
  const reference = formatReference(version);
  throw new DatasetsError('VERSION_UNKNOWN', `there is no ${reference} in ${registry.location}`, {
    hint: `Build it first: ailab-datasets build ${reference}`,
    at: { dataset: name },
  });
}
