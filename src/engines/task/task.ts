import type { SideInputForm } from '../../pipeline/index.js';
import type { SourceShard } from '../../sources/index.js';
import type { RunSummary, ShardResult, ShardTask } from '../../writers/index.js';
import type { PartitionRun, RecordSlice } from '../shuffle/index.js';

/** What a worker is asked to do. Plain data. */
export type Task = StageTask | SideInputTask | EncodeTask;

/** Runs one unit of a stage: reads it, runs the fused steps, writes the stage's outputs. */
export interface StageTask {
  readonly kind: 'stage';
  /** Index of the stage in the plan. */
  readonly stage: number;
  /** For messages: the source shard's id, or the stage's name with the partitions. */
  readonly name: string;
  readonly unit: StageUnit;
  /** Absolute path that the task's files begin with. */
  readonly filePrefix: string;
  /** Where the stage's fan-out outputs go, by the id of the fanOut node. */
  readonly queues: readonly { readonly node: number; readonly shared: SharedArrayBuffer; readonly producer: number }[];
  /** How many examples each split still takes; undefined for all. */
  readonly limits: Readonly<Record<string, number>> | undefined;
}

export type StageUnit =
  | { readonly kind: 'shard'; readonly shard: SourceShard }
  /** All of a generator or of the elements of `create`. */
  | { readonly kind: 'whole' }
  | { readonly kind: 'partitions'; readonly partitions: readonly (readonly RecordSlice[])[] }
  | { readonly kind: 'relay'; readonly slices: readonly RecordSlice[] }
  /** Batches from a queue until it is empty; `files` are those of the producers. */
  | { readonly kind: 'fanOut'; readonly shared: SharedArrayBuffer; readonly files: readonly string[] };

export interface StageResult {
  readonly kind: 'stage';
  /** Elements that the unit held. */
  readonly rows: number;
  readonly runs: readonly RunSummary[];
  /** What was written for later stages, by the index of the stage's output. */
  readonly outputs: readonly { readonly output: number; readonly run: PartitionRun }[];
  readonly counters: Readonly<Record<string, number>>;
  readonly join: JoinReport | undefined;
}

/** What found no partner in the partitions of one task. */
export interface JoinReport {
  readonly left: number;
  readonly right: number;
  /** A few of their keys, ready to show. */
  readonly leftKeys: readonly string[];
  readonly rightKeys: readonly string[];
}

/** Sorts the elements of a side input into the file that workers load. */
export interface SideInputTask {
  readonly kind: 'sideInput';
  readonly node: number;
  readonly form: SideInputForm;
  readonly slices: readonly RecordSlice[];
  readonly file: string;
  readonly filePrefix: string;
}

/** Writes one shard of the data set. */
export interface EncodeTask {
  readonly kind: 'encode';
  readonly shard: ShardTask;
}

export type TaskResult =
  | StageResult
  | { readonly kind: 'sideInput' }
  | { readonly kind: 'encode'; readonly shard: ShardResult };

/** A side input whose value lies in a file. */
export interface SideInputFile {
  readonly node: number;
  readonly file: string;
}
