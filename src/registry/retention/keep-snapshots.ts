import { type KeepPeriod, keepPeriods, type SnapshotKeep, startOfPeriod } from '../../core/snapshots/index.js';

/** A snapshot as far as retention looks at it. */
export interface KeptSnapshot {
  /** `20261121` */
  readonly name: string;
  /** The first instant after its period. */
  readonly to: Date;
  /** Whether every version of it was yanked. */
  readonly isYanked: boolean;
}

/**
 * Says why snapshots of one config stay: of each of so many newest hours, days, weeks, months and years of which there is a snapshot, the last one; and the newest. A snapshot is of the period in which its own ends.
 *
 * A yank makes nothing go: a yanked snapshot is counted among all, and takes no place among the others.
 *
 * @returns reasons by name; none for a snapshot that goes
 */
export function keepSnapshots(
  snapshots: readonly KeptSnapshot[],
  keep: SnapshotKeep,
): ReadonlyMap<string, readonly string[]> {
  const among = (all: readonly KeptSnapshot[]) => {
    const newestFirst = [...all].sort((a, b) => b.to.getTime() - a.to.getTime());
    const reasons = new Map<string, string[]>(newestFirst.map(({ name }) => [name, []]));
    const [newest] = newestFirst;
    if (newest !== undefined) reasons.get(newest.name)?.push('the newest snapshot');
    for (const rule of keepPeriods) {
      const count = keep[rule];
      if (count === undefined) continue;
      for (const name of lastOfEach(newestFirst, rule, count)) reasons.get(name)?.push(reasonOf(rule, count));
    }
    return reasons;
  };
  const ofAll = among(snapshots);
  const ofUsable = among(snapshots.filter(({ isYanked }) => !isYanked));
  return new Map(snapshots.map(({ name }) => [name, ofUsable.get(name) ?? ofAll.get(name) ?? []]));
}

/** Names of the last snapshot of each of the newest periods. */
function lastOfEach(newestFirst: readonly KeptSnapshot[], rule: KeepPeriod, count: number): readonly string[] {
  const last = new Map<number, string>();
  for (const { name, to } of newestFirst) {
    const period = periodOf(rule, to);
    if (last.has(period)) continue;
    if (last.size === count) break;
    last.set(period, name);
  }
  return [...last.values()];
}

/** The beginning of the period of UTC that holds the last instant before a time. */
function periodOf(rule: KeepPeriod, to: Date): number {
  const last = new Date(to.getTime() - 1);
  return rule === 'yearly' ? Date.UTC(last.getUTCFullYear(), 0, 1) : startOfPeriod(rule, last);
}

const units: Readonly<Record<KeepPeriod, string>> = {
  hourly: 'hour',
  daily: 'day',
  weekly: 'week',
  monthly: 'month',
  yearly: 'year',
};

function reasonOf(rule: KeepPeriod, count: number): string {
  return `keep: the last of its ${units[rule]} (${rule}: ${count})`;
}
