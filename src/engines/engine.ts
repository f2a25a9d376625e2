import type { BuilderReference } from '../builder/index.js';
import type { BigQuerySettings, WarehouseName } from '../core/config/index.js';
import type { DatasetsError } from '../core/errors/index.js';
import type { Json } from '../core/json/index.js';
import type { DownloadLimits } from '../downloads/index.js';
import type { BuildFacts, StageRootKind } from '../pipeline/index.js';
import type {
  GivenExtracts,
  PublishedRegistries,
  RetainedResult,
  SourceState,
  UpstreamVersion,
} from '../sources/index.js';
import type { OutputFormat, ShardResult } from '../writers/index.js';
import type { JobState, MessageImportance } from './beam/job/submitter.js';

/** One build, as an engine gets it. Plain data: it crosses threads and processes. */
export interface BuildJob {
  readonly id: string;
  readonly builder: BuilderReference;
  /** Facts from outside, asked once by the submitter: `p.snapshotTime`, results of `p.once`. */
  readonly facts: BuildFacts;
  /** For spill and shuffle. Empty, and left empty by the engine, unless there is a `journal`. */
  readonly workDirectory: string;
  /**
   * Keeps note of finished work in `<workDirectory>/journal/`, and goes on from what an earlier build of the same identity has left in both directories. They are left
   * as they are, whatever happens.
   */
  readonly journal?: { readonly identity: string };
  /** Where shards are written: the staged version directory. */
  readonly outputDirectory: string;
  readonly formats: readonly OutputFormat[];
  readonly numShards?: number;
  readonly maxShardBytes?: number;
  readonly maxExamplesPerSplit?: number;
  /** Where `p.download` keeps files, and what it may fetch. Without it a builder that downloads is refused. */
  readonly downloads?: JobDownloads;
  /** Refuses (BUILD_REFUSED) a builder that reads anything but local files: what `load()` may build on its own. */
  readonly localSourcesOnly?: boolean;
  /** Where published versions are read from. Without it a builder that reads any is refused. */
  readonly registries?: PublishedRegistries;
  /** Absolute: where malformed rows that were left out are kept, a file a source. Default: a folder of the work directory. */
  readonly badRowDirectory?: string;
  /** Where SQL sources run. Default: `duckdb`. */
  readonly warehouse?: WarehouseName;
  readonly bigquery?: BigQuerySettings;
  /** Keeps what queries gave: in this directory (absolute, outside of the work directory), by default up to so many bytes each. Without it nothing is kept. */
  readonly retain?: { readonly directory: string; readonly mostBytes: number };
  /** Results to read in place of running their queries; the files lie in `sourceStaging(workDirectory)`. */
  readonly extracts?: GivenExtracts;
  /** Shards that workers wrote to a bucket may stay there (`BuildOutput.left`): the registry is in a bucket too, and its server copies them. */
  readonly leavesShards?: boolean;
  /** Bytes of each worker's arena and of each sort buffer. */
  readonly bufferBytes: number;
}

export interface JobDownloads extends DownloadLimits {
  /** Absolute. */
  readonly directory: string;
}

/** How much work a build had: units are source shards, groups of partitions, parts of generators, shards. */
export interface UnitCounts {
  /** Made by an earlier attempt at the same build. */
  readonly reused: number;
  readonly run: number;
  /** Those of `run` that an earlier attempt had begun and did not finish. */
  readonly redone: number;
}

/** What a build goes on from. */
export interface ResumedWork {
  /** When the earlier attempt finished something last. */
  readonly stoppedAt: Date;
  /** Stages that it had begun, in no order. */
  readonly stages: readonly ResumedStage[];
}

export interface ResumedStage {
  readonly stage: string;
  readonly kind: StageRootKind | 'shards';
  readonly done: number;
  readonly tasks: number;
}

export interface BuildOutput {
  readonly splits: readonly SplitOutput[];
  readonly counters: { readonly [name: string]: number };
  readonly sources: readonly SourceState[];
  /** Published versions that were read. */
  readonly lineage: readonly UpstreamVersion[];
  /** What became of each query, where the job asks for it. */
  readonly retained: readonly RetainedResult[];
  /** Of sources that left some out. */
  readonly badRows: readonly SourceBadRows[];
  readonly graphFingerprint: string;
  /** Facts as they were recorded. */
  readonly facts: BuildFacts;
  /** Nothing reused where there is no journal. */
  readonly units: UnitCounts;
  /** Shards that are not in the output directory. */
  readonly left?: LeftFiles;
  /** What engines want to say of themselves in the manifest: name, workers. */
  readonly engine: { readonly [key: string]: Json };
}

/** Files of a version that lie in a bucket, where workers wrote them. Results name them as if they lay in the output directory. */
export interface LeftFiles {
  /** `gs://` URLs by the files' paths in the version. They were verified. */
  readonly urls: ReadonlyMap<string, string>;
  /** To be called once, when they were published, or will not be: deletes them. What can't be deleted stays, and is no error. */
  release(): Promise<void>;
  /** There where they can be come back to: what to throw in place of a fault outside of code and data. They are not released then. */
  leave?(cause: DatasetsError): DatasetsError;
}

/** Malformed rows that a source left out. */
export interface SourceBadRows {
  /** Its description: `csv(items.csv)`. */
  readonly source: string;
  readonly rows: number;
  readonly byFile: Readonly<Record<string, number>>;
  /** The first ones: file, line, column and reason, never a value. */
  readonly examples: readonly string[];
  /** Absolute: a file with a line of JSON for each. */
  readonly quarantine: string;
}

export interface SplitOutput {
  readonly name: string;
  readonly examples: number;
  readonly exampleBytes: number;
  readonly shards: readonly ShardResult[];
  /** sha256 over the bucket digests in order, lower-case hex. */
  readonly contentDigest: string;
}

/** What a stage mainly does: it reads a source, sorts what was shuffled, or writes shards. */
export type BuildPhase = 'reading' | 'sorting' | 'encoding';

export type BuildProgress =
  | {
      readonly type: 'stage-start';
      readonly stage: string;
      /** What `rows` counts. Default: rows. */
      readonly unit?: 'bytes';
      /** There in builds. */
      readonly phase?: BuildPhase;
      readonly tasks: number;
      readonly rows?: number;
      readonly bytes?: number;
    }
  | {
      readonly type: 'task-end';
      readonly stage: string;
      readonly done: number;
      readonly tasks: number;
      readonly rows: number;
    }
  /** `badRows` were left out, beside `rows`. */
  | { readonly type: 'rows'; readonly stage: string; readonly rows: number; readonly badRows?: number }
  | { readonly type: 'bad-rows'; readonly stage: string; readonly report: SourceBadRows }
  | { readonly type: 'stage-end'; readonly stage: string; readonly rows: number; readonly seconds: number };

/** What a service that does the build says of its job. */
export type JobEvent =
  /** The service has taken it. `url`: where people can look at it. */
  | { readonly type: 'job-start'; readonly service: string; readonly id: string; readonly url?: string }
  | { readonly type: 'job-state'; readonly state: JobState }
  | { readonly type: 'job-message'; readonly importance: MessageImportance; readonly text: string };

export interface EngineRun {
  readonly signal: AbortSignal;
  onProgress(event: BuildProgress): void;
  /** Of engines that hand the build to a service. */
  onJob?(event: JobEvent): void;
  /** Called once, before the first stage, where the build goes on from an earlier attempt. */
  onResume?(work: ResumedWork): void;
}

/** Runs a builder's plan from its sources to finished shards. Same job, same bytes, whatever the engine. */
export interface Engine {
  readonly name: string;
  /**
   * Starts what needs no job, beside whatever else is to be done before `run`: threads, which load the builder's module (a file: URL). They have begun when it resolves; `run` says what went wrong.
   */
  warmUp(module: string): Promise<void>;
  run(job: BuildJob, run: EngineRun): Promise<BuildOutput>;
  /** Ends what `warmUp` started, where no run came of it. */
  close(): Promise<void>;
}
