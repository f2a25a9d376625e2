import { stagingDirectory } from '../build/index.js';
import type { ResolvedConfig } from '../core/config/index.js';
import { formatReference } from '../core/names/index.js';
import { listStagedBuilds, openRegistry, removeAbandonedBuilds, type StagedBuild } from '../registry/index.js';
import { type Check, ok, warning } from './check.js';

/** What builds that were killed left in the registry. Nobody reads it; it takes space. */
export async function checkStagedBuilds(config: ResolvedConfig): Promise<Check> {
  const builds = await listStagedBuilds(openRegistry(config.registry), { workDirectory: stagingDirectory(config) });
  const abandoned = builds.filter(({ state }) => state !== 'running');
  if (abandoned.length === 0) return ok('staging', 'no build was left behind in the registry');
  const names = abandoned.map(nameOf).join(', ');
  const count = abandoned.length === 1 ? 'a build that died' : `${abandoned.length} builds that died`;
  return warning('staging', `${count} left files in the registry: ${names}`, 'ailab-datasets doctor --clean');
}

/**
 * Removes what builds that were killed left in the registry; those that run, here or elsewhere, are left alone.
 *
 * @returns the builds whose files were removed, in words.
 */
export async function cleanRegistry(config: ResolvedConfig): Promise<readonly string[]> {
  const options = { workDirectory: stagingDirectory(config) };
  return (await removeAbandonedBuilds(openRegistry(config.registry), options)).map(({ build }) => nameOf(build));
}

function nameOf({ target, buildId }: StagedBuild): string {
  return target === undefined ? buildId : formatReference(target);
}
