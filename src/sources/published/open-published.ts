import { locateVersion } from '../../cache/index.js';
import { DatasetsError } from '../../core/errors/index.js';
import { formatReference, parseReference } from '../../core/names/index.js';
import { openVersion, type VersionReader } from '../../reader/index.js';
import { openRegistry } from '../../registry/index.js';
import type { PublishedVersion } from './published-request.js';
import type { RequestedRegistry } from './request-registry.js';

/** Versions that this thread has open: they hold no file, and every shard of a build is one of a few versions. */
const open = new Map<string, Promise<VersionReader<unknown>>>();

/**
 * Opens just the version that was recorded, in the registry or by way of this machine's cache.
 *
 * @throws DatasetsError VERSION_UNKNOWN, VERSION_REMOVED; SOURCE_NOT_FOUND where it was overwritten meanwhile.
 */
export async function openPublished(
  version: PublishedVersion,
  { location, from }: RequestedRegistry,
): Promise<VersionReader<unknown>> {
  const key = JSON.stringify([location, version, from.cacheDirectory, from.cacheBytes]);
  const known = open.get(key);
  if (known !== undefined) return known;
  const opening = openRecorded(version, location, from);
  open.set(key, opening);
  // What failed may succeed later: a network that is back.
  opening.catch(() => open.delete(key));
  return opening;
}

async function openRecorded(
  version: PublishedVersion,
  location: string,
  from: RequestedRegistry['from'],
): Promise<VersionReader<unknown>> {
  const reference = formatReference(version);
  // Whoever submitted the build was told of a yank.
  const settings = { ...from, ignoreYank: true };
  const { files } = await locateVersion(openRegistry(location), parseReference(reference), settings);
  const reader = await openVersion<unknown>(files);
  const found = reader.info.manifest?.contentDigest;
  if (found === version.contentDigest) return reader;
  throw new DatasetsError(
    'SOURCE_NOT_FOUND',
    `${reference} in ${location} was overwritten while a data set was made from it: its content digest was ${version.contentDigest}, and is ${found ?? 'not known'}`,
    { hint: 'Build again: it begins anew with what is there now.', at: { dataset: version.name } },
  );
}
