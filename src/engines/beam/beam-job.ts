import type { BuildFacts, GraphSignature } from '../../pipeline/index.js';
import type { BadRowLimit, SourceShard } from '../../sources/index.js';
import type { BuildJob } from '../engine.js';

/** A build as its submitter stages it in the work location, for workers of which none saw it. Plain data. */
export interface BeamJob {
  readonly formatVersion: 1;
  /** Paths are as the work location relocates them. */
  readonly job: BuildJob;
  /** As the submitter recorded them. */
  readonly facts: BuildFacts;
  readonly signature: GraphSignature;
  readonly sources: readonly BeamSource[];
  /** What workers must have as well: the release of this package, and a digest of the project's lock file where it has one. */
  readonly packageVersion: string;
  readonly lockDigest: string | undefined;
}

/** A source that is read, split: queries were run, and what they gave is pinned. */
export interface BeamSource {
  readonly node: number;
  readonly description: string;
  readonly maxBadRows: BadRowLimit | undefined;
  readonly shards: readonly SourceShard[];
}
