import { formatReference, parseVersion, versionNumbers } from '../../core/names/index.js';
import type { Manifest } from '../../registry/index.js';
import type { Finding } from './finding.js';
import { usualCounts } from './usual-counts.js';

/** What a build is compared with. */
export interface Compared {
  readonly manifest: Manifest;
  /** `product_a:1.1.0` */
  readonly name: string;
  /** Another snapshot of the same version: its schema is this one's. */
  readonly isSameVersion: boolean;
  /** Of a snapshot, how many examples splits usually have, by split: a number that is not far from this is not far off. */
  readonly usual: ReadonlyMap<string, number>;
  /** Where the major number was raised, data and counts may be others: that is told, and stops nothing. */
  readonly severity: Finding['severity'];
}

/** How a build is to be compared with the version or snapshot before it. */
export function comparedWith(
  staged: Manifest,
  previous: Manifest | undefined,
  recent: readonly Manifest[],
): Compared | undefined {
  if (previous === undefined) return undefined;
  const isSameVersion = previous.version === staged.version;
  const isMajor = majorOf(previous.version) < majorOf(staged.version);
  return {
    manifest: previous,
    name: formatReference(previous),
    isSameVersion,
    usual: usualCounts(recent),
    severity: isMajor ? 'warning' : 'error',
  };
}

function majorOf(version: string): number {
  return versionNumbers(parseVersion(version))[0];
}
