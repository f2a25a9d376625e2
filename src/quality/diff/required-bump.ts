import type { VersionDiff } from './version-diff.js';

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
  if (features.removed.length + features.changed.length > 0) return 'major';
  if (splits.some(({ status, content }) => status !== 'added' && content === 'different')) return 'major';
  if (features.added.length > 0 || splits.some(({ status }) => status === 'added')) return 'minor';
  return features.privacy.length + features.documentation.length + metadata.length > 0 ? 'patch' : 'none';
}

/** Whether nothing could tell of some split that its examples are the same or others: a version has no keys. */
export function isUndecided({ splits }: VersionDiff): boolean {
  return splits.some(({ content }) => content === 'unknown');
}
