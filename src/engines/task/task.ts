import type { SideInputForm } from '../../pipeline/index.js';
import type { SourceShard } from '../../sources/index.js';
import type { RunSummary, ShardResult, ShardTask } from '../../writers/index.js';
import type { WrittenRange } from '../journal/intact-files.js';
import type { UnitJournal } from '../journal/unit-entry.js';
import type { PartitionRun, RecordSlice } from '../shuffle/index.js';
import type { UnitBadRows } from './bad-row-collector.js';

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
  readonly queues: readonly FanOutTarget[];
  /** How many examples each split still takes; undefined for all. */
  readonly limits: Readonly<Record<string, number>> | undefined;
  /** None for a build that can't be resumed. */
  readonly journal: UnitJournal | undefined;
  /** Where a unit goes on that was finished in part. */
  readonly resume: UnitResume | undefined;
}

/** A fan-out that a task feeds. */
export interface FanOutTarget {
  readonly node: number;
  /** The queue of those who work on it meanwhile; undefined where it is dealt when all of it is written. */
  readonly shared: SharedArrayBuffer | undefined;
  readonly producer: number;
  /** Batches of this unit that were worked on by an earlier attempt, ascending: they are not offered again. */
  readonly done: Uint32Array;
}

/** How far an earlier attempt came with a generator. */
export interface UnitResume {
  /** Number of the next part. */
  readonly part: number;
  /** Elements to skip, and a digest of the key of the last of them. */
  readonly consumed: number;
  readonly lastKey: string;
  /** What the parts so far hold: batches for each fan-out by its output, and examples for each split. */
  readonly batches: Readonly<Record<number, number>>;
  readonly examples: Readonly<Record<string, number>>;
}

export type StageUnit =
  | { readonly kind: 'shard'; readonly shard: SourceShard }
  /** All of a generator or of the elements of `create`. */
  | { readonly kind: 'whole' }
  /** Partitions `first .. last` of a shuffle, those that are not empty. */
  | {
      readonly kind: 'partitions';
      readonly first: number;
      readonly last: number;
      readonly partitions: readonly (readonly RecordSlice[])[];
    }
  | { readonly kind: 'relay'; readonly slices: readonly RecordSlice[] }
  /** Batches from a queue until it is empty. */
  | { readonly kind: 'fanOut'; readonly shared: SharedArrayBuffer; readonly producers: readonly FanOutProducer[] }
  /** Batches of a fan-out of which all was written before. */
  | { readonly kind: 'batches'; readonly batches: readonly RecordSlice[] };

/** Who made batches of a fan-out: where they lie, and the unit that they belong to. */
export interface FanOutProducer {
  readonly file: string;
  readonly unit: string;
}

export interface StageResult {
  readonly kind: 'stage';
  /** Elements that the unit held. */
  readonly rows: number;
  readonly runs: readonly RunSummary[];
  /** What was written for later stages, by the index of the stage's output. */
  readonly outputs: readonly { readonly output: number; readonly run: PartitionRun }[];
  /** Batches that were written for fan-outs. */
  readonly fanOuts: readonly WrittenBatches[];
  readonly counters: Readonly<Record<string, number>>;
  readonly join: JoinReport | undefined;
  /** There only for a source shard that left some out. */
  readonly badRows: UnitBadRows | undefined;
}

/** Batches `first ..` of one unit for one fan-out, one after the other from byte `offset` of a file on. */
export interface WrittenBatches {
  readonly output: number;
  readonly file: string;
  readonly first: number;
  readonly offset: number;
  /** Of each batch. */
  readonly bytes: Uint32Array;
  readonly crc32: Uint32Array;
}

/** What found a partner, and what did not, in the partitions of one task. */
export interface JoinReport {
  /** Elements on the left that found at least one. */
  readonly leftMatched: number;
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
  readonly journal: UnitJournal | undefined;
}

/** Writes one shard of the data set. */
export interface EncodeTask {
  readonly kind: 'encode';
  readonly shard: ShardTask;
  readonly journal: UnitJournal | undefined;
}

export type TaskResult =
  | StageResult
  /** The whole of the file that it wrote. */
  | { readonly kind: 'sideInput'; readonly file: WrittenRange }
  | { readonly kind: 'encode'; readonly shard: ShardResult };

/** A side input whose value lies in a file. */
export interface SideInputFile {
  readonly node: number;
  readonly file: string;
}
