import type { ResolvedConfig } from '../core/config/index.js';
import type { BuildProgress, DataflowSubmission, JobEvent, ResumedWork, UnitCounts } from '../engines/index.js';
import type { BuildFacts } from '../pipeline/index.js';
import type { BuildOutcomeName, Manifest } from '../registry/index.js';
import type { MovedAlias } from './snapshots/move-nightly.js';

/**
 * What to do when the version is published already: see whether it would be the same, and build it beside the registry to compare where something that it was made with is another one (`check`); leave it
 * as it is without a look (`skip`); `fail`; `overwrite`.
 */
export type IfExists = 'check' | 'skip' | 'fail' | 'overwrite';

export interface BuildOptions {
  /** Registry, workers, formats and the rest. */
  readonly config: ResolvedConfig;
  /** Default: `check`, so that building twice builds once. A sample is never compared: with it `check` is `skip`. */
  readonly ifExists?: IfExists;
  /** Forces the number of shards of each split; at most its number of examples. */
  readonly numShards?: number;
  /** Builds a sample: the first examples of each split, in the order of the source. */
  readonly maxExamplesPerSplit?: number;
  /**
   * Builds this snapshot of data that grows: `20261121`; `newest` is the newest whose period is over. As where the reference names it: `product_a/20261121`. Default: none, which builds the version that never grows.
   */
  readonly snapshot?: string;
  /** The time that the build stands for. Default: now; a snapshot stands for the end of its period. */
  readonly snapshotTime?: Date;
  /** What time it is, by which a snapshot's period is over or not. Default: the clock of this machine. */
  readonly now?: Date;
  /** Starts clean where an earlier build has left something to go on from. */
  readonly restart?: boolean;
  /**
   * Reads what the version's queries gave in place of running them, from a registry that holds the same version: a directory, `gs://bucket/path`, or a name of the configuration. The bytes are
   * the same.
   */
  readonly fromExtract?: string;
  /** With `fromExtract`: runs a query all the same of which nothing was kept, or nothing is left. Default: that is an error. */
  readonly runOtherQueries?: boolean;
  /** Refuses sources that need a network: what `load()` may build on its own. */
  readonly localSourcesOnly?: boolean;
  /**
   * Publishes what guards refused before, and why: the data and the findings must be those of that build. Where nothing is wrong, it does nothing.
   */
  readonly accept?: string;
  /** For a version that is built again, to be compared with what was published, and not guarded therefore: the registry that published versions are read from, and what references meant, as the facts of a build record it. */
  readonly upstream?: {
    readonly registry: string;
    readonly versions: NonNullable<BuildFacts['published']>;
  };
  /** For a version that is built again: numbers that `p.once` gives in place of asking. */
  readonly seeds?: Readonly<Record<string, number>>;
  /** With the runner `dataflow`: what becomes of its job. Who does not wait for it gets a JobDetached. */
  readonly submission?: DataflowSubmission;
  /** Whether those whom `notifications` names are told when it fails. Default: true. Whoever tries again tells of the last failure alone. */
  readonly tellsFailure?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (event: BuildEvent) => void;
}

/** A build's life, for progress bars and logs. */
export type BuildEvent =
  | {
      readonly type: 'build-start';
      readonly dataset: string;
      readonly config: string | undefined;
      readonly version: string;
    }
  /** The build has a place of its own in the registry, which `builds list` names. */
  | { readonly type: 'build-staged'; readonly buildId: string }
  /** Somebody else builds the version; this build waits until it is published, given up, or its process is dead. */
  | {
      readonly type: 'build-waiting';
      readonly host: string;
      readonly pid: number;
      /** ISO 8601, by the other machine's clock. */
      readonly startedAt: string | undefined;
    }
  /** The build goes on from what an earlier one has finished. */
  | ({ readonly type: 'build-resumed' } & ResumedWork)
  | BuildProgress
  | JobEvent
  | { readonly type: 'publish-start' }
  | { readonly type: 'build-end'; readonly result: BuildResult }
  /** What became of the build stands in the registry now: `builds show <id>`. Of a build that failed as well. */
  | { readonly type: 'report-written'; readonly id: string; readonly outcome: BuildOutcomeName }
  /** The report could not be written; the build is what it is. */
  | { readonly type: 'report-failed'; readonly message: string };

export interface BuildResult {
  /**
   * `exists`: the version was published before, and nothing was done. `attested`: something that it was made with is another one; it was built again, gave the same content, and that is noted: nothing is published.
   */
  readonly status: 'built' | 'exists' | 'attested';
  readonly dataset: string;
  readonly config: string | undefined;
  readonly version: string;
  /** Absolute directory of the version, or its URL. */
  readonly directory: string;
  readonly splits: readonly BuiltSplit[];
  /** sha256 of the data, lower-case hex. Undefined for a directory that tfds prepared. */
  readonly contentDigest: string | undefined;
  readonly counters: Readonly<Record<string, number>>;
  /** What guards had found, where it was published all the same. */
  readonly accepted?: Manifest['accepted'];
  /** Queries whose result was read from an extract. */
  readonly fromExtracts?: readonly string[];
  /** Of a snapshot: the alias that was moved to it, `nightly` or that of its config. Undefined where it stayed: the snapshot is no newer than what it stands for. */
  readonly movedAlias?: MovedAlias;
  /** Of a version that was there: what can't be told of it, and what it was made from that is not to be used any more. Of one that was built: what guards found, and let pass. */
  readonly warnings?: readonly string[];
  /** How much of the work an earlier build had done. */
  readonly units: UnitCounts;
  readonly seconds: number;
  /** Id of the build's report in the registry; undefined where nothing was built, or it could not be written. */
  readonly report?: string;
}

export interface BuiltSplit {
  readonly name: string;
  readonly examples: number;
  readonly shards: number;
  /** Bytes of the files in all formats. */
  readonly bytes: number;
}
