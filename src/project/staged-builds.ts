import { stagingDirectory } from '../build/index.js';
import type { ResolvedConfig } from '../core/config/index.js';
import { formatReference } from '../core/names/index.js';
import {
  listStagedBuilds,
  openRegistry,
  removeAbandonedBuilds,
  type StagedBuild,
  sweepReports,
} from '../registry/index.js';
import { type Check, ok, warning } from './check.js';
import { type ComparedBuild, listComparedBuilds, removeComparedBuilds } from './compared-builds.js';

/** What builds that were killed left in the registry, or beside it to be compared. Nobody reads it; it takes space. */
export async function checkStagedBuilds(config: ResolvedConfig): Promise<Check> {
  const builds = await listStagedBuilds(openRegistry(config.registry), { workDirectory: stagingDirectory(config) });
  const compared = (await listComparedBuilds(config)).map(nameOfCompared);
  const abandoned = [...builds.filter(({ state }) => state !== 'running').map(nameOf), ...compared];
  if (abandoned.length === 0) return ok('staging', 'no build was left behind in the registry');
  const names = abandoned.join(', ');
  const count = abandoned.length === 1 ? 'a build that died' : `${abandoned.length} builds that died`;
  return warning('staging', `${count} left files in the registry: ${names}`, 'ailab-datasets doctor --clean');
}

/**
 * Removes what builds that were killed left in the registry, or beside it to be compared; those that run, here or elsewhere, are left alone. Old reports of builds go as well.
 *
 * @returns what was removed, in words.
 */
export async function cleanRegistry(config: ResolvedConfig): Promise<readonly string[]> {
  const registry = openRegistry(config.registry);
  const builds = await removeAbandonedBuilds(registry, { workDirectory: stagingDirectory(config) });
  const names = [
    ...builds.map(({ build }) => nameOf(build)),
    ...(await removeComparedBuilds(config)).map(nameOfCompared),
  ];
  const { length } = await sweepReports(registry, { remove: true });
  const reports = length === 0 ? [] : [length === 1 ? 'an old report of a build' : `${length} old reports of builds`];
  return [...names.map((name) => `what was left of ${name}`), ...reports];
}

function nameOfCompared({ name }: ComparedBuild): string {
  return `${name}, built to be compared`;
}

function nameOf({ target, buildId, refusal }: StagedBuild): string {
  const name = target === undefined ? buildId : formatReference(target);
  return refusal === undefined ? name : `${name}, refused and kept for a look`;
}
