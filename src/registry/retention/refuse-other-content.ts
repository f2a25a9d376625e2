import { DatasetsError } from '../../core/errors/index.js';
import { formatReference } from '../../core/names/index.js';
import type { Manifest } from '../manifest.js';
import type { Registry } from '../registry.js';
import type { VersionName } from '../version-name.js';
import { readTombstone } from './tombstone.js';

/**
 * A version that was removed may come back, but never as something else: trainers noted its name. For whoever holds its lease and is about to publish.
 *
 * @throws DatasetsError VERSION_IMMUTABLE, unless `overwrite` is wanted.
 */
export async function refuseOtherContent(
  registry: Registry,
  version: VersionName,
  { contentDigest }: Manifest,
  overwrite: boolean,
): Promise<void> {
  const tombstone = await readTombstone(registry.storage, version);
  if (tombstone === undefined || overwrite || tombstone.contentDigest === contentDigest) return;
  const reference = formatReference(version);
  throw new DatasetsError(
    'VERSION_IMMUTABLE',
    `${reference} was published in ${registry.location} with other content, and removed on ${tombstone.removedAt.slice(0, 10)}: ` +
      `its content digest was ${tombstone.contentDigest}, and now it is ${contentDigest}`,
    { hint: 'A version never changes, also when it comes back. Raise the version.', at: { dataset: version.name } },
  );
}
