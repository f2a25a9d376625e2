import type { BuilderReference } from '../builder/index.js';
import type { Json } from '../core/json/index.js';
import type { BuildFacts } from '../pipeline/index.js';
import type { SourceState } from '../sources/index.js';
import type { OutputFormat, ShardResult } from '../writers/index.js';

/** One build, as an engine gets it. Plain data: it crosses threads and processes. */
export interface BuildJob {
  readonly id: string;
  readonly builder: BuilderReference;
  /** Facts from outside, asked once by the submitter: `p.snapshotTime`, results of `p.once`. */
  readonly facts: BuildFacts;
  /** An empty directory for spill and shuffle; the engine leaves it empty or removes it. */
  readonly workDirectory: string;
  /** Where shards are written: the staged version directory. */
  readonly outputDirectory: string;
  readonly formats: readonly OutputFormat[];
  readonly numShards?: number;
  readonly maxShardBytes?: number;
  readonly maxExamplesPerSplit?: number;
  /** Refuses (BUILD_REFUSED) a builder that reads anything but local files: what `load()` may build on its own. */
  readonly localSourcesOnly?: boolean;
  /** Bytes of each worker's arena and of each sort buffer. */
  readonly bufferBytes: number;
}

export interface BuildOutput {
  readonly splits: readonly SplitOutput[];
  readonly counters: { readonly [name: string]: number };
  readonly sources: readonly SourceState[];
  readonly graphFingerprint: string;
  /** Facts as they were recorded. */
  readonly facts: BuildFacts;
  /** What engines want to say of themselves in the manifest: name, workers. */
  readonly engine: { readonly [key: string]: Json };
}

export interface SplitOutput {
  readonly name: string;
  readonly examples: number;
  readonly exampleBytes: number;
  readonly shards: readonly ShardResult[];
  /** sha256 over the bucket digests in order, lower-case hex. */
  readonly contentDigest: string;
}

export type BuildProgress =
  | {
      readonly type: 'stage-start';
      readonly stage: string;
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
  | { readonly type: 'rows'; readonly stage: string; readonly rows: number }
  | { readonly type: 'stage-end'; readonly stage: string; readonly rows: number; readonly seconds: number };

export interface EngineRun {
  readonly signal: AbortSignal;
  onProgress(event: BuildProgress): void;
}

/** Runs a builder's plan from its sources to finished shards. Same job, same bytes, whatever the engine. */
export interface Engine {
  readonly name: string;
  run(job: BuildJob, run: EngineRun): Promise<BuildOutput>;
}
