import { nightlyAlias, takeApart } from '../../builder/index.js';
import { compareVersions, parseAliasName } from '../../core/names/index.js';
import { readSnapshot, type Snapshot, type SnapshotPeriod, splitSnapshotConfig } from '../../core/snapshots/index.js';
import { type AliasTarget, advanceAlias, type Registry, type ResolvedVersion } from '../../registry/index.js';
import type { BuildTarget } from '../target.js';

/** An alias that stands for a snapshot now. */
export interface MovedAlias {
  readonly name: string;
  /** What it stood for before is in its history. */
  readonly generation: number;
}

/**
 * Moves `nightly` to a snapshot that was published, whose guards have passed: only forwards in time, and of one snapshot only to a newer version. A backfill of older ones moves nothing.
 *
 * @returns undefined where it stays
 */
export function moveNightly(target: BuildTarget, registry: Registry): Promise<MovedAlias | undefined> {
  return advance(target, registry, false);
}

/**
 * The same for a snapshot that was there: whoever published it may have died before the alias was moved. Where it has stood for the snapshot before, somebody took it back.
 */
export async function moveNightlyIfMissed(
  target: BuildTarget,
  registry: Registry,
  { yank }: ResolvedVersion,
): Promise<MovedAlias | undefined> {
  return yank === undefined ? advance(target, registry, true) : undefined;
}

async function advance(
  { definition, chosen, snapshot, reference }: BuildTarget,
  registry: Registry,
  onlyOnce: boolean,
): Promise<MovedAlias | undefined> {
  const { snapshots: period, configs } = definition;
  if (snapshot === undefined || period === undefined) return undefined;
  const { config } = takeApart(chosen.config, period);
  const name = parseAliasName(nightlyAlias(config, configs[0]));
  const moved = await advanceAlias(registry, reference.name, name, chosen, {
    reason: `snapshot of ${snapshot.from.toISOString()} to ${snapshot.to.toISOString()} is published`,
    isForward: (from) => isNewer({ snapshot, version: chosen.version }, from, period),
    onlyOnce,
  });
  return moved && { name, generation: moved.generation };
}

/** What is no snapshot, since somebody promoted it by hand or the period is another one now, is passed. */
function isNewer(
  { snapshot, version }: { readonly snapshot: Snapshot; readonly version: AliasTarget['version'] },
  from: AliasTarget,
  period: SnapshotPeriod,
): boolean {
  const before = periodEnd(from, period);
  if (before === undefined) return true;
  const difference = snapshot.to.getTime() - before;
  return difference > 0 || (difference === 0 && compareVersions(version, from.version) > 0);
}

function periodEnd({ config }: AliasTarget, period: SnapshotPeriod): number | undefined {
  const name = splitSnapshotConfig(config).snapshot;
  return name === undefined ? undefined : readSnapshot(period, name)?.to.getTime();
}
