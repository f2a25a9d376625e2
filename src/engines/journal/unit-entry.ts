import { isAbsolute, join, relative } from 'node:path';
import type { Value } from '../../values/index.js';
import type { StageResult, TaskResult } from '../task/task.js';
import { readRecord, writeRecord } from './record-file.js';

/** Where a task takes note of what it has finished. Plain data. */
export interface UnitJournal {
  /** Absolute. */
  readonly directory: string;
  /** What the paths of the result's files are relative to: the work directory, for shards the output directory. */
  readonly root: string;
  readonly key: string;
  /** Key of the unit's stage. */
  readonly stage: string;
}

/** What a unit of work gave, as the journal keeps it. */
export interface UnitEntry {
  readonly key: string;
  readonly stage: string;
  /** There only where a unit was finished in parts. */
  readonly part?: UnitPart;
  readonly result: TaskResult;
}

/** A part of a unit that has no natural ones. */
export type UnitPart =
  | {
      readonly kind: 'generator';
      /** From 0, without gaps. */
      readonly number: number;
      /** How many elements the generator had given at its end. */
      readonly consumed: number;
      /** Tells whether a replay gives the same elements: a digest of the last key. */
      readonly lastKey: string;
      /** Whether the generator ended with it. */
      readonly last: boolean;
    }
  | {
      readonly kind: 'fanOut';
      /** Batches that it holds, by the key of the unit that made them. */
      readonly batches: readonly { readonly unit: string; readonly indexes: Uint32Array }[];
    };

export const unitExtension = '.unit';

/** Takes note of a finished unit, or part of one: from now on it is not done again. */
export function writeUnit(journal: UnitJournal, name: string, result: TaskResult, part?: UnitPart): void {
  const { key, stage, root } = journal;
  const portable = resultWithPaths(result, (path) => relative(root, path));
  const entry = { key, stage, ...(part === undefined ? {} : { part }), result: portable } satisfies UnitEntry;
  writeRecord(join(journal.directory, `${name}${unitExtension}`), entry);
}

/** The entry of a file; undefined when it is damaged. `rootOf` says where the files of its result lie. */
export function readUnit(file: string, rootOf: (result: TaskResult) => string): UnitEntry | undefined {
  const value = readRecord(file) as Value | undefined;
  // Its sum has been checked, and its key, which stands for this release and everything that the unit depends on, is looked up: the shape is ours.
  const entry = value as unknown as UnitEntry | undefined;
  if (entry === undefined) return undefined;
  const root = rootOf(entry.result);
  return { ...entry, result: resultWithPaths(entry.result, (path) => join(root, insideOf(path))) };
}

function insideOf(path: string): string {
  return isAbsolute(path) || path.split('/').includes('..') ? 'outside' : path;
}

/** A result with other paths: the staging may be mounted elsewhere when the build is resumed. */
export function resultWithPaths(result: TaskResult, move: (path: string) => string): TaskResult {
  switch (result.kind) {
    case 'stage':
      return stageWithPaths(result, move);
    case 'encode': {
      const files = result.shard.files.map((file) => ({ ...file, path: move(file.path) }));
      return { ...result, shard: { ...result.shard, files } };
    }
    case 'sideInput':
      return { ...result, file: { ...result.file, file: move(result.file.file) } };
  }
}

function stageWithPaths(result: StageResult, move: (path: string) => string): StageResult {
  return {
    ...result,
    runs: result.runs.map((run) => ({ ...run, file: move(run.file) })),
    outputs: result.outputs.map(({ output, run }) => ({ output, run: { ...run, file: move(run.file) } })),
    fanOuts: result.fanOuts.map((fanOut) => ({ ...fanOut, file: move(fanOut.file) })),
    badRows: result.badRows && { ...result.badRows, file: move(result.badRows.file) },
  };
}
