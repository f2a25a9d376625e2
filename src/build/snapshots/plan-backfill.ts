import { takeApart } from '../../builder/index.js';
import { loadConfig, type ResolvedConfig } from '../../core/config/index.js';
import { DatasetsError } from '../../core/errors/index.js';
import { formatReference, parseReference } from '../../core/names/index.js';
import { newestSnapshot, parseSnapshot, snapshotConfig, snapshotsBetween } from '../../core/snapshots/index.js';
import { listSnapshots, openRegistry } from '../../registry/index.js';
import { findTarget } from '../target.js';

export interface BackfillOptions {
  /** The first snapshot: `20261101`. */
  readonly from: string;
  /** The last one. Default: the newest whose period is over. */
  readonly to?: string | undefined;
  /** What time it is. Default: the clock of this machine. */
  readonly now?: Date;
  /** Default: the configuration found from the working directory upwards. */
  readonly config?: ResolvedConfig;
}

/** The snapshots of a range, as exact references, oldest first. */
export interface BackfillPlan {
  /** What is to be built. */
  readonly missing: readonly string[];
  /** What is published already. */
  readonly published: readonly string[];
  /** What was there and was removed since: it is built only where it is named. */
  readonly removed: readonly string[];
}

/**
 * Says which snapshots of a range are not published yet, in the version that the reference means. Builds nothing.
 *
 * @param reference `product_a`, `product_a/men`, `product_a:1.2.0`
 * @throws DatasetsError USAGE for data without snapshots, a reference that names a snapshot, and a range that ends before it begins; NAME_INVALID; SNAPSHOT_NOT_OVER; as `build` for the reference
 * @example
 * ```ts
 * const { missing } = await planBackfill('product_a', { from: '20261101', to: '20261120' });
 * for (const reference of missing) await build(reference, { config });
 * ```
 */
export async function planBackfill(reference: string, options: BackfillOptions): Promise<BackfillPlan> {
  const config = options.config ?? (await loadConfig());
  const now = options.now ?? new Date();
  const { definition, chosen, reference: plain } = await findTarget(reference, config);
  const { name, snapshots: period } = definition;
  if (period === undefined) throw noRange(name, `${name} has no snapshots`, 'Leave --from and --to out.');
  const own = takeApart(chosen.config, period);
  if (own.snapshot !== undefined) {
    const without = formatReference({ ...parseReference(reference), config: own.config });
    throw noRange(name, `${reference} is one snapshot, and no range`, `Name the data set: ${without}.`);
  }
  const first = parseSnapshot(period, options.from);
  const newest = newestSnapshot(period, now);
  const last = options.to === undefined ? newest : parseSnapshot(period, options.to);
  if (last.to <= first.from) {
    throw noRange(name, `the range ends with ${last.name}, before it begins with ${first.name}`, 'Exchange them.');
  }
  if (last.to > newest.to) {
    throw new DatasetsError('SNAPSHOT_NOT_OVER', `${last.name} ends at ${last.to.toISOString()}, which is not over`, {
      hint: `The newest that is over is ${newest.name}: --to ${newest.name}, or leave --to out.`,
      at: { dataset: name },
    });
  }
  const stored = await listSnapshots(openRegistry(config.registry), plain.name, own.config);
  const known = new Map(stored.map((snapshot) => [snapshot.snapshot, snapshot]));
  const plan = { missing: [] as string[], published: [] as string[], removed: [] as string[] };
  for (const snapshot of snapshotsBetween(period, first.from, last.to)) {
    const there = known.get(snapshot.name);
    const { version } = chosen;
    const state = there?.versions.includes(version)
      ? 'published'
      : there?.removed.includes(version)
        ? 'removed'
        : 'missing';
    plan[state].push(formatReference({ name, config: snapshotConfig(snapshot.name, own.config), version }));
  }
  return plan;
}

function noRange(dataset: string, message: string, hint: string): DatasetsError {
  return new DatasetsError('USAGE', message, { hint, at: { dataset } });
}
