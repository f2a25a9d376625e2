import { stagingDirectory } from '../build/index.js';
import type { ResolvedConfig } from '../core/config/index.js';
import { formatReference } from '../core/names/index.js';
import { type JournalSummary, readJournalSummary } from '../engines/index.js';
import {
  listStagedBuilds,
  openRegistry,
  type RemoveBuildsOptions,
  type RemovedBuild,
  removeAbandonedBuilds,
  removeBuild,
  type StagedBuild,
} from '../registry/index.js';

/** A build that runs or was left, with what it has finished. */
export interface ListedBuild extends StagedBuild {
  /** `product_a/men:1.2.0`; undefined when the build died before it could say what it makes. */
  readonly reference: string | undefined;
  /** What its journal says; undefined where it keeps none, or is staged on another machine. */
  readonly finished: JournalSummary | undefined;
}

/** The builds of the configured registry: those that run, here or elsewhere, and those that were left. */
export async function listBuilds(config: ResolvedConfig): Promise<readonly ListedBuild[]> {
  const builds = await listStagedBuilds(openRegistry(config.registry), { workDirectory: stagingDirectory(config) });
  return Promise.all(
    builds.map(async (build) => ({
      ...build,
      reference: build.target === undefined ? undefined : formatReference(build.target),
      finished: build.workDirectory === undefined ? undefined : await readJournalSummary(build.workDirectory),
    })),
  );
}

/**
 * Removes builds on which nobody works, with what they had finished.
 *
 * @param ids undefined removes all of them.
 * @throws DatasetsError BUILD_UNKNOWN; BUILD_RUNNING for a build that somebody works on; INTERRUPTED while one that seems silent is watched.
 */
export async function removeBuilds(
  config: ResolvedConfig,
  ids: readonly string[] | undefined,
  options: Pick<RemoveBuildsOptions, 'onWatch' | 'signal'>,
): Promise<readonly RemovedBuild[]> {
  const registry = openRegistry(config.registry);
  const all = { ...options, workDirectory: stagingDirectory(config) };
  if (ids === undefined) return removeAbandonedBuilds(registry, { ...all, watch: true });
  const removed: RemovedBuild[] = [];
  for (const id of ids) removed.push(await removeBuild(registry, id, all));
  return removed;
}
