import { splitSnapshotConfig } from './snapshot-config.js';

/** Configs that are shown together. */
export interface ConfigGroup {
  /** `men`; of snapshots the first, the last and how many there are: `20261023.men to 20261121.men (30 snapshots)`. */
  readonly label: string;
  /** Snapshots by time. */
  readonly names: readonly string[];
}

/**
 * Puts the snapshots of each config together, behind the configs that are none: a year of nights is no list that anybody reads.
 *
 * @example
 * ```ts
 * groupConfigs(['men', '20261120.men', '20261121.men']).map(({ label }) => label); // ['men', '20261120.men to 20261121.men (2 snapshots)']
 * ```
 */
export function groupConfigs(configs: readonly string[]): readonly ConfigGroup[] {
  const plain: ConfigGroup[] = [];
  const snapshots = new Map<string, string[]>();
  for (const name of [...configs].sort()) {
    const parts = splitSnapshotConfig(name);
    if (parts.snapshot === undefined) {
      plain.push({ label: name, names: [name] });
      continue;
    }
    // An hour, a day and a month have names of their own length.
    const series = `${parts.snapshot.length} ${parts.config ?? ''}`;
    snapshots.set(series, [...(snapshots.get(series) ?? []), name]);
  }
  return [...plain, ...[...snapshots.values()].map((names) => ({ label: labelOf(names), names }))];
}

function labelOf(names: readonly string[]): string {
  const [first = ''] = names;
  return names.length === 1 ? first : `${first} to ${names.at(-1)} (${names.length} snapshots)`;
}
