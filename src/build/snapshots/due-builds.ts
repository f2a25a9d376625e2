import type { BuilderDefinition } from '../../builder/index.js';
import { parseDatasetName } from '../../core/names/index.js';
import { dueSnapshots, newestSnapshot, type Snapshot } from '../../core/snapshots/index.js';
import { listSnapshots, type Registry } from '../../registry/index.js';

export interface DueSnapshotsOptions {
  /** What time it is. */
  readonly now: Date;
  /** The builder's own config; undefined for a data set without. */
  readonly config?: string | undefined;
  /** How far back to look for what was missed. Default: to the oldest snapshot that was ever published. */
  readonly since?: Date;
}

/**
 * The snapshots of a data set that are over and that no version of it was published for, oldest first; and the newest one also where the builder's newest version is not published for it. Those that `prune` has
 * removed are not missing.
 *
 * @returns none for a builder without snapshots
 * @example
 * ```ts
 * for (const { name } of await dueSnapshotsOf(definition, registry, { now: new Date() })) await build(`product_a/${name}`, { config });
 * ```
 */
export async function dueSnapshotsOf(
  { name, snapshots: period, versions }: BuilderDefinition,
  registry: Registry,
  { now, config, since }: DueSnapshotsOptions,
): Promise<readonly Snapshot[]> {
  if (period === undefined) return [];
  const stored = await listSnapshots(registry, parseDatasetName(name), config);
  const there = stored.map(({ snapshot }) => snapshot);
  const due = dueSnapshots(period, there, now, since);
  const newest = newestSnapshot(period, now);
  const last = stored.find(({ snapshot }) => snapshot === newest.name);
  const [version] = versions;
  const isOfBefore =
    version !== undefined && last !== undefined && ![...last.versions, ...last.removed].includes(version);
  return isOfBefore ? [...due, newest] : due;
}
