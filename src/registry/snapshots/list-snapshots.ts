import { type ConfigName, type DatasetName, isConfigName, type Version } from '../../core/names/index.js';
import { splitSnapshotConfig } from '../../core/snapshots/index.js';
import { inParallel } from '../../storage/index.js';
import type { Registry } from '../registry.js';
import { listTombstones } from '../retention/tombstone.js';

/** A snapshot of a data set, or of one of its configs, in a registry. */
export interface StoredSnapshot {
  /** `20261121` */
  readonly snapshot: string;
  /** As it is published: `20261121`, `20261121.men`. */
  readonly config: ConfigName;
  /** Newest first. */
  readonly versions: readonly Version[];
  /** Versions that were there once. */
  readonly removed: readonly string[];
}

/** Enough to hide the way to a bucket. */
const foldersAtOnce = 16;

/**
 * The snapshots of a data set that are published or were removed, by name: oldest first.
 *
 * @param plain the builder's own config; undefined for a data set without configs
 * @example
 * ```ts
 * const snapshots = await listSnapshots(registry, name);
 * console.log(snapshots.at(-1)?.snapshot);
 * ```
 */
export async function listSnapshots(
  registry: Registry,
  name: DatasetName,
  plain?: string,
): Promise<readonly StoredSnapshot[]> {
  const entries = await registry.storage.list(name);
  const found = new Map<string, StoredSnapshot>();
  const folders = entries.flatMap(({ kind, name: config }) => {
    if (kind !== 'directory' || !isConfigName(config)) return [];
    const parts = splitSnapshotConfig(config);
    return parts.snapshot === undefined || parts.config !== plain ? [] : [{ config, snapshot: parts.snapshot }];
  });
  await inParallel(folders, foldersAtOnce, async ({ config, snapshot }) => {
    const versions = await registry.listVersions(name, config);
    const tombstones = await listTombstones(registry.storage, { name, config });
    const there: readonly string[] = versions;
    const removed = tombstones.map(({ version }) => version).filter((version) => !there.includes(version));
    if (versions.length + removed.length > 0) found.set(snapshot, { snapshot, config, versions, removed });
  });
  return [...found.values()].sort((a, b) => (a.snapshot < b.snapshot ? -1 : 1));
}
