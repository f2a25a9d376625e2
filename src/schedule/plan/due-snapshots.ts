import { dueSnapshotsOf } from '../../build/index.js';
import type { BuilderDefinition } from '../../builder/index.js';
import { type ConfigName, formatReference, type Version } from '../../core/names/index.js';
import { newestSnapshot, type Snapshot, type SnapshotPeriod } from '../../core/snapshots/index.js';
import type { Registry } from '../../registry/index.js';

/** A data set that grows: one of its own configs, in one version. */
export interface Growing {
  readonly definition: BuilderDefinition;
  readonly period: SnapshotPeriod;
  /** Without a snapshot's name. */
  readonly config: ConfigName | undefined;
  readonly version: Version;
}

/** Which of its snapshots are to be built. */
export interface DueSnapshots {
  /** Oldest first: those that runs have missed, and the newest. */
  readonly due: readonly Snapshot[];
  /** The newest whose period is over. */
  readonly newest: Snapshot;
  /** What was missed for longer than runs catch up with, in words. */
  readonly warning: string | undefined;
}

/**
 * Finds which snapshots are over and not there.
 *
 * @param catchUp how many periods runs look back, the newest included
 */
export async function findDue(growing: Growing, registry: Registry, now: Date, catchUp: number): Promise<DueSnapshots> {
  const { definition, period, config } = growing;
  const newest = newestSnapshot(period, now);
  let first = newest;
  for (let back = 1; back < catchUp; back++) first = newestSnapshot(period, first.from);
  const missing = await dueSnapshotsOf(definition, registry, { now, config });
  const isOlder = ({ from }: Snapshot) => from.getTime() < first.from.getTime();
  const older = missing.filter(isOlder);
  return {
    due: missing.filter((snapshot) => !isOlder(snapshot)),
    newest,
    warning: older.length === 0 ? undefined : olderText(growing, older, catchUp),
  };
}

function olderText({ definition, config }: Growing, older: readonly Snapshot[], catchUp: number): string {
  const name = formatReference({ name: definition.name, config });
  const [first, last] = [older[0]?.name, older.at(-1)?.name];
  const what =
    older.length === 1 ? `the snapshot ${first} was` : `${older.length} snapshots, ${first} to ${last}, were`;
  return `${name}: ${what} missed longer ago than the ${catchUp} periods that are caught up with: ailab-datasets build ${name} --from ${first} --to ${last}`;
}
