import { splitSnapshotConfig } from '../../core/snapshots/index.js';
import type { DatasetListing } from '../registry.js';

/** More of them hide what is said. */
const mostNamed = 3;

/** The configs of the newest snapshots, newest first; of each of the builder's configs some. */
export function latestSnapshots({ configs }: Pick<DatasetListing, 'configs'>): readonly string[] {
  const snapshots = configs.map(({ name }) => name).filter((name) => splitSnapshotConfig(name).snapshot !== undefined);
  return snapshots.sort().reverse().slice(0, mostNamed);
}

/**
 * The hint for a config that isn't there, where there are snapshots: of a snapshot those before and after it, how many there are, and how it is built; of a config those that it has.
 *
 * @returns undefined where there are none of that config
 */
export function nearestSnapshotHint(name: string, config: string, configs: readonly string[]): string | undefined {
  const wanted = splitSnapshotConfig(config);
  const others = configs
    .filter((other) => {
      const { snapshot, config: plain } = splitSnapshotConfig(other);
      return plain === wanted.config && snapshot !== undefined && isOfPeriod(snapshot, wanted.snapshot);
    })
    .sort();
  const [first] = others;
  if (first === undefined) return undefined;
  const all = `${others.length} from ${first} to ${others.at(-1)}`;
  if (wanted.snapshot === undefined) return `It has snapshots alone, ${all}: ${name}/${others.at(-1)}.`;
  const before = others.filter((other) => other < config).at(-1);
  const after = others.find((other) => other > config);
  const nearest = [before, after].filter((other) => other !== undefined).join(' and ');
  return `The nearest are ${nearest}, of ${all}. Build it: ailab-datasets build ${name} --snapshot ${wanted.snapshot}`;
}

/** Names of one period have one length. */
function isOfPeriod(snapshot: string, wanted: string | undefined): boolean {
  return wanted === undefined || snapshot.length === wanted.length;
}
