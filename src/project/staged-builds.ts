import { formatReference } from '../core/names/index.js';
import { listStagedBuilds, openRegistry, removeAbandonedBuilds, type StagedBuild } from '../registry/index.js';
import { type Check, ok, warning } from './check.js';

/** What builds that were killed left in the registry. Nobody reads it; it takes space. */
export async function checkStagedBuilds(registry: string): Promise<Check> {
  const abandoned = (await listStagedBuilds(openRegistry(registry))).filter(({ state }) => state !== 'running');
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
export async function cleanRegistry(registry: string): Promise<readonly string[]> {
  return (await removeAbandonedBuilds(openRegistry(registry))).map(({ build }) => nameOf(build));
}

function nameOf({ target, buildId }: StagedBuild): string {
  return target === undefined ? buildId : formatReference(target);
}
