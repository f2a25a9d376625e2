import { createHash } from 'node:crypto';

/**
 * What lies where in the cache's directory:
 *
 *     versions/<registry>/<name>/[<config>/]<version>/…   copies of remote versions, laid out as in their registry
 *     registries/<registry>.json                          which registry that is
 *     resolved/<registry>/<reference>.json                what a reference meant when the registry could last be asked
 *     yanks/<registry>/<name>/[<config>/]<version>.json   whether the version was yanked when the registry was last asked, and when that was
 *     checked/<release>/<selfDigest>                      manifests that this release has found right, by their own digest
 *     processes/<process>/                                a process that uses the cache: who it is, what it reads, what it is downloading
 *     locks/<number>/                                     leases of files that are being downloaded
 */
export const cacheFolders = {
  versions: 'versions',
  registries: 'registries',
  resolved: 'resolved',
  yanks: 'yanks',
  checked: 'checked',
  processes: 'processes',
  locks: 'locks',
} as const;

/** The folder of a registry: its location may hold any character and be longer than a file name may be. */
export function registryFolder(location: string): string {
  return createHash('sha256').update(location).digest('hex').slice(0, 16);
}

/**
 * The folder of the lease of a cached file. There are 4096, so that they need never be removed: where two files share one, the second download waits
 * for the first.
 */
export function leaseFolder(place: string): string {
  return `${cacheFolders.locks}/${createHash('sha256').update(place).digest('hex').slice(0, 3)}`;
}

/** Small files that describe a version; all others hold its data, and are fetched one by one. */
export function isMetadataFile(path: string): boolean {
  return /\.(?:json|txt)$|(?:^|\/)LICENSE$/.test(path);
}
