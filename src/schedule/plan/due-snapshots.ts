import type { BuilderDefinition } from '../../builder/index.js';
import { type ConfigName, formatReference, parseDatasetName, type Version } from '../../core/names/index.js';
import {
  dueSnapshots,
  newestSnapshot,
  readSnapshot,
  type Snapshot,
  type SnapshotPeriod,
  snapshotConfig,
  snapshotsBetween,
  splitSnapshotConfig,
} from '../../core/snapshots/index.js';
import { type Registry, readTombstone } from '../../registry/index.js';

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
 * Finds which snapshots of a version are over and not there. Before its first one nothing is missing; what `prune` has removed is not missing either.
 *
 * @param catchUp how many periods runs look back, the newest included
 */
export async function findDue(growing: Growing, registry: Registry, now: Date, catchUp: number): Promise<DueSnapshots> {
  const { period } = growing;
  const newest = newestSnapshot(period, now);
  const window = lastSnapshots(period, newest, catchUp);
  const start = window[0] ?? newest;
  const known: string[] = [];
  for (const { name } of window) if (await wasPublished(growing, name, registry)) known.push(name);
  const before = (await listed(growing, registry)).filter(({ to }) => to.getTime() <= start.from.getTime()).at(-1);
  const hasOlder = before !== undefined && (await wasPublished(growing, before.name, registry));
  const due = dueSnapshots(period, known, now, hasOlder ? start.from : undefined);
  const gap = hasOlder ? snapshotsBetween(period, before.to, start.from) : [];
  return { due, newest, warning: gap.length === 0 ? undefined : gapText(growing, gap, catchUp) };
}

function lastSnapshots(period: SnapshotPeriod, newest: Snapshot, count: number): readonly Snapshot[] {
  const found = [newest];
  while (found.length < count) {
    const [first = newest] = found;
    found.unshift(newestSnapshot(period, first.from));
  }
  return found;
}

/** Also where it was removed since. */
async function wasPublished(growing: Growing, snapshot: string, registry: Registry): Promise<boolean> {
  const { definition, config, version } = growing;
  const name = { name: parseDatasetName(definition.name), config: snapshotConfig(snapshot, config), version };
  if ((await registry.find({ ...name, alias: undefined })) !== undefined) return true;
  return (await readTombstone(registry.storage, name)) !== undefined;
}

/** Snapshots of any version that have a folder, oldest first. */
async function listed({ definition, period, config }: Growing, registry: Registry): Promise<readonly Snapshot[]> {
  const entries = await registry.storage.list(definition.name);
  const found = entries.flatMap(({ kind, name }) => {
    const parts = splitSnapshotConfig(name);
    if (kind !== 'directory' || parts.snapshot === undefined || parts.config !== config) return [];
    return readSnapshot(period, parts.snapshot) ?? [];
  });
  return found.sort((a, b) => a.to.getTime() - b.to.getTime());
}

function gapText({ definition, config }: Growing, gap: readonly Snapshot[], catchUp: number): string {
  const name = formatReference({ name: definition.name, config });
  const [first] = gap;
  const last = gap.at(-1);
  const range = first?.name === last?.name ? first?.name : `${first?.name} to ${last?.name}`;
  const count = gap.length === 1 ? 'the snapshot' : `${gap.length} snapshots,`;
  return `${name}: ${count} ${range} ${gap.length === 1 ? 'was' : 'were'} missed longer ago than the ${catchUp} periods that are caught up with: ailab-datasets build ${name} --from ${first?.name} --to ${last?.name}`;
}
