import { isLocalStorage, type Storage } from '../../storage/index.js';
import { defaultActor, writeAudit } from '../audit.js';
import { leasePath, versionFiles, versionPath } from '../layout.js';
import { takeFreeLease } from '../lease/acquire-lease.js';
import type { Lease } from '../lease/lease.js';
import type { LeaseOptions } from '../lease/lease-options.js';
import { readManifest } from '../manifest.js';
import type { Registry } from '../registry.js';
import type { VersionName } from '../version-name.js';
import type { StoredVersion } from './plan-retention.js';
import { aliasedPaths } from './stored-versions.js';
import { burialPath, readTombstone, type Tombstone, tombstonePath, writeTombstone } from './tombstone.js';

export interface RemoveOptions {
  /** For those who ask for the version later. */
  readonly reason: string;
  /** Default: `user@host`, or AILAB_DATASETS_ACTOR. */
  readonly actor?: string | undefined;
  /** Of the version's lease; tests shorten them. */
  readonly lease?: Pick<LeaseOptions, 'timings' | 'clock' | 'process' | 'lifeOf'> | undefined;
}

/**
 * `removed`: it is gone. `busy`: somebody builds, publishes or removes it now. `gone`: somebody removed it meanwhile. `changed`: it holds other
 * content than was looked at. `aliased`: an alias was set meanwhile.
 */
export type RemovalOutcome = 'removed' | 'busy' | 'gone' | 'changed' | 'aliased';

/**
 * Removes a version as nobody's reader ever sees a part of it, and leaves a tombstone and a line of the audit.
 *
 * It holds the version's lease, so that no build publishes there meanwhile. A process that dies in between leaves a tombstone that says `removing`; the next one who
 * holds the lease ends that (`settleRemoval`).
 */
export async function removeVersion(
  registry: Registry,
  version: StoredVersion,
  options: RemoveOptions,
): Promise<RemovalOutcome> {
  const lease = await takeForRemoval(registry, version, options);
  if (lease === undefined) return 'busy';
  try {
    const manifest = await readManifest(registry.storage, versionPath(version));
    if (manifest === undefined) return 'gone';
    if (manifest.contentDigest !== version.contentDigest) return 'changed';
    // Whoever moves an alias looks first whether the version is there; whoever removes the version looks last whether it has an alias.
    if ((await aliasedPaths(registry, version.name)).has(versionPath(version))) return 'aliased';
    const tombstone = tombstoneOf(version, options);
    await writeTombstone(registry.storage, tombstone);
    await lease.check();
    await endRemoval(registry, tombstone);
    return 'removed';
  } finally {
    await lease.release();
  }
}

/** Undefined where somebody holds it, or left a publication in it that a build has to end first. */
export async function takeForRemoval(
  registry: Registry,
  version: VersionName,
  options: Pick<RemoveOptions, 'lease'>,
): Promise<Lease | undefined> {
  const { name, config, version: number } = version;
  const about = { name, ...(config !== undefined && { config }), version: number, removal: true };
  const lease = await takeFreeLease(registry.storage, leasePath(version), {
    ...options.lease,
    about: async () => about,
  });
  if (lease?.unfinished === undefined) return lease;
  await lease.leave();
  return undefined;
}

function tombstoneOf(version: StoredVersion, { reason, actor = defaultActor() }: RemoveOptions): Tombstone {
  const { name, config, contentDigest, bytes, createdAt } = version;
  return {
    name,
    config,
    version: version.version,
    state: 'removing',
    contentDigest,
    bytes,
    createdAt: createdAt.toISOString(),
    removedAt: new Date().toISOString(),
    actor,
    reason,
  };
}

/**
 * Ends a removal whose process died, if there was one, or takes it back where nothing is gone yet: an alias may have been set since. For whoever
 * holds the version's lease: what is published there next must not be taken for the rest of what was removed.
 *
 * @returns the tombstone, if the version was removed.
 */
export async function settleRemoval(registry: Registry, version: VersionName): Promise<Tombstone | undefined> {
  const { storage } = registry;
  const tombstone = await readTombstone(storage, version);
  if (tombstone?.state !== 'removing') return tombstone;
  if (isLocalStorage(storage) && (await storage.list(versionPath(version))).length > 0) {
    await storage.delete(tombstonePath(version));
    return undefined;
  }
  await endRemoval(registry, tombstone);
  return tombstone;
}

/** Repeated from its beginning it does the same; only its line of the audit may come twice. */
async function endRemoval(registry: Registry, tombstone: Tombstone): Promise<void> {
  const { storage } = registry;
  if (isLocalStorage(storage)) {
    const burial = burialPath(tombstone);
    // What is there was moved by a process that died before it could delete it.
    await storage.deleteDirectory(burial);
    if ((await storage.list(versionPath(tombstone))).length > 0) {
      await storage.moveDirectory(versionPath(tombstone), burial);
      await storage.deleteDirectory(burial);
    }
  } else {
    await deleteObjects(storage, versionPath(tombstone));
  }
  const { name, config, version, actor, reason, contentDigest, bytes } = tombstone;
  const subject = { name, config, version };
  await writeAudit(registry, { action: 'remove-version', subject, actor, reason, contentDigest, bytes });
  await writeTombstone(storage, { ...tombstone, state: 'removed' });
}

/**
 * First what makes the directory a version: for stock tfds its features.json, then dataset_info.json, for our readers manifest.json. Without the manifest but with the
 * other two it would be one that tfds prepared, so they go before it, while all of the data is still there. Then the rest.
 */
async function deleteObjects(storage: Storage, path: string): Promise<void> {
  for (const file of [versionFiles.features, versionFiles.datasetInfo, versionFiles.manifest]) {
    await storage.delete(`${path}/${file}`);
  }
  await storage.deleteAll(path);
}
