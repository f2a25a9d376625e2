import { type Version, versionNumbers } from '../../core/names/index.js';
import type { FeatureDiff, VersionDiff } from './version-diff.js';

/** How much a version has to be raised. */
export type Bump = 'none' | 'patch' | 'minor' | 'major';

/**
 * The bump that a difference takes by the rule of tfds (https://www.tensorflow.org/datasets/datasets_versioning):
 *
 * - `major`: existing data has changed or is gone, or the slicing API gives other records. Records that were added move the others in every slice.
 * - `minor`: existing data is the same as read by the client, and there is more of it: features in each record; or a split, since every slice of the splits that were there gives the same records.
 * - `patch`: what a client reads is the same; its documentation, marks of personal data, shards or formats are not.
 * - `none`: nothing differs.
 *
 * Where nothing could tell whether examples are the same (`isUndecided`), they are not taken for changed.
 *
 * @example
 * ```ts
 * if (requiredBump(await diffVersions(before, after)) === 'major') console.log('clients have to look at it');
 * ```
 */
export function requiredBump({ features, splits, metadata }: VersionDiff): Bump {
  const bump = bumpOfFeatures(features);
  if (bump === 'major') return bump;
  if (splits.some(({ status, content }) => status !== 'added' && content === 'different')) return 'major';
  if (bump === 'minor' || splits.some(({ status }) => status === 'added')) return 'minor';
  return metadata.length > 0 ? 'patch' : bump;
}

/** The same as far as schemas tell: at least this bump. */
export function bumpOfFeatures({ added, removed, changed, privacy, documentation }: FeatureDiff): Bump {
  if (removed.length + changed.length > 0) return 'major';
  if (added.length > 0) return 'minor';
  return privacy.length + documentation.length > 0 ? 'patch' : 'none';
}

const order: readonly Bump[] = ['none', 'patch', 'minor', 'major'];

/** Whether a bump is at least another one. */
export function isEnough(bump: Bump, required: Bump): boolean {
  return order.indexOf(bump) >= order.indexOf(required);
}

/** The bump from one version to a later one, by their numbers. */
export function bumpBetween(before: Version, after: Version): Bump {
  const [old, now] = [versionNumbers(before), versionNumbers(after)];
  if (now[0] !== old[0]) return 'major';
  if (now[1] !== old[1]) return 'minor';
  return now[2] === old[2] ? 'none' : 'patch';
}

/** Whether nothing could tell of some split that its examples are the same or others: a version has no keys. */
export function isUndecided({ splits }: VersionDiff): boolean {
  return splits.some(({ content }) => content === 'unknown');
}
