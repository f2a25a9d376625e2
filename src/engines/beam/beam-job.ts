import type { BuildFacts, GraphSignature } from '../../pipeline/index.js';
import type { BadRowLimit, SourceShard } from '../../sources/index.js';
import type { BuildJob } from '../engine.js';
import type { WorkerIdentity } from './worker/worker-identity.js';

/** A build as its submitter stages it in the work location, for workers of which none saw it. Plain data. */
export interface BeamJob {
  readonly formatVersion: 1;
  /** Paths are as the work location relocates them. */
  readonly job: BuildJob;
  /** As the submitter recorded them. */
  readonly facts: BuildFacts;
  readonly signature: GraphSignature;
  readonly sources: readonly BeamSource[];
  /** Of the submitter; a worker with another one refuses (`checkWorkerIdentity`). */
  readonly identity: WorkerIdentity;
}

/** A source that is read, split: queries were run, and what they gave is pinned. */
export interface BeamSource {
  readonly node: number;
  readonly description: string;
  readonly maxBadRows: BadRowLimit | undefined;
  readonly shards: readonly SourceShard[];
}
