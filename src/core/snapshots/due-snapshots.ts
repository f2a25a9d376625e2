import type { SnapshotPeriod } from './period.js';
import { newestSnapshot, readSnapshot, type Snapshot, snapshotsBetween } from './snapshot.js';

/**
 * The snapshots that are over and not there yet, oldest first: the newest one, and those that runs have missed.
 *
 * @param published names of those that are there, also of those that were removed since: what `prune` took is not missing. Names of other periods are passed over.
 * @param since how far back to look. Default: to the oldest that is there; where there are none, the newest alone is due.
 * @example
 * ```ts
 * dueSnapshots('daily', ['20261118', '20261120'], new Date('2026-11-22T03:00:00Z')).map(({ name }) => name); // ['20261119', '20261121']
 * ```
 */
export function dueSnapshots(
  period: SnapshotPeriod,
  published: Iterable<string>,
  now: Date,
  since?: Date,
): readonly Snapshot[] {
  const known = [...published].flatMap((name) => readSnapshot(period, name) ?? []);
  const oldest = known.reduce<Date | undefined>((least, { from }) => (least && least < from ? least : from), undefined);
  const newest = newestSnapshot(period, now);
  const there = new Set(known.map(({ name }) => name));
  return snapshotsBetween(period, since ?? oldest ?? newest.from, newest.to).filter(({ name }) => !there.has(name));
}
