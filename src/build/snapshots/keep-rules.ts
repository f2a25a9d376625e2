import { loadDefinition } from '../../builder/index.js';
import type { ResolvedConfig } from '../../core/config/index.js';
import type { DatasetName } from '../../core/names/index.js';
import type { SnapshotKeep } from '../../core/snapshots/index.js';
import { configuredDatasets } from '../find-dataset.js';

/**
 * Which snapshots are kept of each data set: what its builder says (`keep`), else what the configuration says, for `prune`.
 *
 * @param names data sets that are looked at. Default: all
 * @returns undefined where nobody says anything
 * @throws DatasetsError BUILDER_INVALID: while a builder can't be read nobody knows what it keeps
 * @example
 * ```ts
 * const report = await prune(registry, { names, snapshots: await snapshotRules(config, names) });
 * ```
 */
export async function snapshotRules(
  config: ResolvedConfig,
  names?: readonly DatasetName[],
): Promise<((name: DatasetName) => SnapshotKeep | undefined) | undefined> {
  const asked = (await configuredDatasets(config)).filter(({ name }) => names?.some((known) => known === name) ?? true);
  const rules = new Map<string, SnapshotKeep>();
  for (const { module, name } of asked) {
    const { keep } = await loadDefinition(module, name);
    if (keep !== undefined) rules.set(name, keep);
  }
  if (rules.size === 0 && config.keep === undefined) return undefined;
  return (name) => rules.get(name) ?? config.keep;
}
