import { isDifferent } from '../../provenance/index.js';
import type { Registry, ResolvedVersion } from '../../registry/index.js';
import type { BuildOptions, BuildResult } from '../build-options.js';
import { existingResult } from '../build-result.js';
import type { BuildTarget } from '../target.js';
import { explainTarget } from '../why.js';
import { moveNightlyIfMissed } from './move-nightly.js';

/**
 * A snapshot that is published stays as it is, whatever came in late and whatever the code is now: nothing is built again to compare. What is different is said, so that an owner can decide on a new version; nothing is
 * refused, since an unattended rebuild meets this whenever a table grows.
 */
export async function existingSnapshot(
  target: BuildTarget,
  registry: Registry,
  found: ResolvedVersion,
  asked: BuildOptions,
): Promise<BuildResult> {
  const isSample = asked.maxExamplesPerSplit !== undefined;
  const movedAlias = isSample ? undefined : await moveNightlyIfMissed(target, registry, found);
  const warnings = isSample || asked.ifExists === 'skip' ? [] : await differences(target, registry, asked);
  return {
    ...(await existingResult(target, registry)),
    ...(movedAlias !== undefined && { movedAlias }),
    ...(warnings.length > 0 && { warnings }),
  };
}

async function differences(target: BuildTarget, registry: Registry, asked: BuildOptions): Promise<readonly string[]> {
  const { verdict, because, parts, stale } = await explainTarget(target, registry, asked.config, asked);
  const made = stale.map(({ why }) => `made from ${why}`);
  if (verdict === 'unknown') return [because, ...made];
  const different = parts.filter(isDifferent).map(({ part }) => part);
  if (different.length === 0) return made;
  const isLate = different.every((part) => part.startsWith('source '));
  const what = isLate
    ? 'a published snapshot stays as it is, without what came late'
    : 'a published snapshot stays as it is; a new version of the data set publishes it as it would be now';
  return [`${because}: ${what}`, ...made];
}
