import { type SnapshotPeriod, snapshotPeriods } from './period.js';

/** Periods that snapshots are kept by, finest first. */
export const keepPeriods = [...snapshotPeriods, 'yearly'] as const;
export type KeepPeriod = (typeof keepPeriods)[number];

/**
 * Which snapshots `prune` keeps of each config: the last one of each of so many newest hours, days, weeks, months and years of which there is one. `{ daily: 30, monthly: 12 }`. A snapshot
 * that any of them keeps stays.
 */
export type SnapshotKeep = { readonly [P in KeepPeriod]?: number };

/** Whether a rule can say something of such snapshots: there is one a day at most of daily ones. */
export function isCoarseEnough(rule: KeepPeriod, period: SnapshotPeriod): boolean {
  return keepPeriods.indexOf(rule) >= keepPeriods.indexOf(period);
}
