import type { Manifest } from '../../registry/index.js';

/**
 * How many examples splits usually have: the median of several snapshots, the upper one of two in the middle. Of nights with a weekend among them, or one that was accepted with few, it says more than the one night before.
 *
 * @param recent of the snapshots before, in any order
 * @returns by split; none of a split that only some of them have
 */
export function usualCounts(recent: readonly Manifest[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number[]>();
  for (const { splits } of recent) {
    for (const { name, examples } of splits) counts.set(name, [...(counts.get(name) ?? []), examples]);
  }
  const found = new Map<string, number>();
  for (const [name, examples] of counts) {
    const median = examples.sort((a, b) => a - b)[Math.floor(examples.length / 2)];
    if (examples.length === recent.length && median !== undefined) found.set(name, median);
  }
  return found;
}
