import type { BuilderDefinition } from '../../builder/index.js';
import { parseDatasetName } from '../../core/names/index.js';
import { dueSnapshots, snapshotConfig, splitSnapshotConfig } from '../../core/snapshots/index.js';
import { listTombstones, type Registry } from '../../registry/index.js';
import type { CheckFinding } from './check-report.js';
import type { PublishedVersion } from './published.js';

/** A month of days: what is missing for longer nobody waits for, and looking for what was pruned takes a request each. */
const mostSnapshots = 31;
const mostNamed = 5;

/**
 * Which snapshots are due and not there. The newest one may be on its way: that it is missing is a warning until the next period is over as well; `freshness` says when it is late.
 */
export async function checkSnapshots(
  { name, snapshots: period }: BuilderDefinition,
  config: string | undefined,
  published: readonly PublishedVersion[],
  registry: Registry,
  now: Date,
): Promise<readonly CheckFinding[]> {
  if (period === undefined) return [];
  const names = published.flatMap((version) => {
    const parts = splitSnapshotConfig(version.config);
    return parts.snapshot === undefined || parts.config !== config ? [] : [parts.snapshot];
  });
  const due = dueSnapshots(period, names, now).slice(-mostSnapshots);
  const dataset = parseDatasetName(name);
  const removed = await Promise.all(
    due.map(({ name: own }) =>
      listTombstones(registry.storage, { name: dataset, config: snapshotConfig(own, config) }),
    ),
  );
  const missing = due.filter((_, index) => removed[index]?.length === 0);
  const isOver = missing.filter(({ to }) => to.getTime() + lengthOf(missing) <= now.getTime());
  const findings: readonly (readonly [CheckFinding['severity'], typeof missing])[] = [
    ['error', isOver],
    ['warning', missing.filter((snapshot) => !isOver.includes(snapshot))],
  ];
  return findings.flatMap(([severity, of]) => {
    const [first] = of;
    const last = of.at(-1);
    if (first === undefined || last === undefined) return [];
    const subject = config === undefined ? name : `${name}/${config}`;
    const named = of.slice(-mostNamed).map((snapshot) => snapshot.name);
    const more = of.length > named.length ? `, and ${of.length - named.length} before` : '';
    const what =
      of.length === 1 ? 'a snapshot that is due is not published' : 'snapshots that are due are not published';
    const hint =
      of.length === 1
        ? `ailab-datasets build ${subject} --snapshot ${last.name}`
        : `ailab-datasets build ${subject} --from ${first.name} --to ${last.name}`;
    const message = `${subject}: ${what}: ${named.join(', ')}${more}`;
    return [{ severity, problem: 'snapshot-missing', dataset: name, config, message, hint } satisfies CheckFinding];
  });
}

/** Milliseconds of a period; of months, of the shortest among them. */
function lengthOf(snapshots: readonly { readonly from: Date; readonly to: Date }[]): number {
  return Math.min(...snapshots.map(({ from, to }) => to.getTime() - from.getTime()));
}
