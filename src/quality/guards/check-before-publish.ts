import type { GuardLimits } from '../../builder/index.js';
import type { Manifest } from '../../registry/index.js';
import { checkJoins } from './check-joins.js';
import { checkSchema } from './check-schema.js';
import { checkSplits } from './check-splits.js';
import { comparedWith } from './compared.js';
import type { Finding } from './finding.js';

/**
 * What is wrong with a build's data, as far as counts and schema tell: empty and missing splits, counts outside of the owner's bounds or far from those of the version or snapshot before, joins that lost
 * elements, snapshots of one version with different schemas.
 *
 * Where the major number of the version was raised since `previous`, what is compared with it is told as a warning.
 *
 * @param staged of the build that is to be published
 * @param previous of the version or snapshot before it; undefined for the first
 * @param limits what the owner expects
 * @param recent of a snapshot, some of those before: a count that is not far from their median isn't far from what it should be, whatever the one before was
 * @returns none where all is as expected; only errors stop a publication
 * @example
 * ```ts
 * const findings = checkBeforePublish(manifest, previous, limitsOfConfig(definition.limits, config));
 * for (const { message } of findings) console.warn(message);
 * ```
 */
export function checkBeforePublish(
  staged: Manifest,
  previous: Manifest | undefined,
  limits: GuardLimits,
  recent: readonly Manifest[] = [],
): readonly Finding[] {
  const compared = comparedWith(staged, previous, recent);
  return [
    ...checkSplits(staged, compared, limits),
    ...checkJoins(staged, compared, limits),
    ...checkSchema(staged, compared),
  ];
}
