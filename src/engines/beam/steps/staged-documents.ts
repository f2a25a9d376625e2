import { DatasetsError } from '../../../core/errors/index.js';
import { inParallel } from '../../../storage/index.js';
import type { SplitOutput } from '../../engine.js';
import { decodeRecord, encodeRecord } from '../../journal/record-file.js';
import type { SideInputFile, StageResult, Task, TaskResult } from '../../task/task.js';
import type { BeamJob } from '../beam-job.js';
import type { WorkFiles } from '../files/index.js';

/**
 * The small documents of a job in its work location, each a record of the journal: `job`, `tasks/...`, `results/...`, `finished`. Names of tasks and results end in a nonce: of several
 * attempts, the one counts whose name came through the shuffle.
 */

/** What a job is staged as. */
export const jobDocument = 'job';
/** What was made; there when a job is done. */
export const finishedDocument = 'finished';

/** A task that waits for a worker. */
export interface StagedTask {
  readonly origin: ResultOrigin;
  readonly task: Task;
  /** What its functions may ask for. */
  readonly sideInputs: readonly SideInputFile[];
}

/** What a task gave. */
export interface StagedResult {
  readonly origin: ResultOrigin;
  readonly result: TaskResult;
}

/** Whose result it is: tasks are counted in the order of their stage. */
export type ResultOrigin =
  | { readonly kind: 'stage'; readonly stage: number; readonly task: number }
  | { readonly kind: 'sideInput'; readonly node: number }
  | { readonly kind: 'shard'; readonly task: number };

/** All that a submitter needs to publish what the workers made. */
export interface FinishedBuild {
  /** Files of shards are named as the work location does. */
  readonly splits: readonly SplitOutput[];
  /** Of each stage, in the order of its tasks, without what only later stages read. */
  readonly stages: readonly (readonly StageResult[])[];
}

export function encodeDocument(document: BeamJob | StagedTask | StagedResult | FinishedBuild): Uint8Array {
  return encodeRecord(document);
}

/**
 * A document that `encodeDocument` wrote: its shape is ours, since a worker of another release refuses the job.
 *
 * @throws DatasetsError DATA_CORRUPT
 */
export async function readDocument<T extends BeamJob | StagedTask | StagedResult | FinishedBuild>(
  files: WorkFiles,
  name: string,
): Promise<T> {
  const value = decodeRecord(Buffer.from(await files.get(name)));
  if (value !== undefined) return value as T;
  throw new DatasetsError('DATA_CORRUPT', `${files.location}/${name} is damaged`, {
    hint: 'Something else wrote to the work location. Run the build again.',
    at: { file: `${files.location}/${name}` },
  });
}

const readsAtOnce = 16;

/** The results of these names, in the order of stages and tasks. Of two of one task, one counts, the same for all who read them. */
export async function readResults(files: WorkFiles, names: readonly string[]): Promise<readonly StagedResult[]> {
  const found = new Map<string, StagedResult>();
  await inParallel([...new Set(names)], readsAtOnce, async (name) => {
    found.set(name, await readDocument<StagedResult>(files, name));
  });
  const byOrigin = new Map<string, StagedResult>();
  for (const [, result] of [...found].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const key = JSON.stringify(result.origin);
    if (!byOrigin.has(key)) byOrigin.set(key, result);
  }
  return [...byOrigin.values()].sort((a, b) => placeOf(a.origin) - placeOf(b.origin));
}

function placeOf(origin: ResultOrigin): number {
  return origin.kind === 'sideInput' ? 0 : origin.task;
}

/** What the tasks of a stage gave, in their order. */
export function resultsOfStage(results: readonly StagedResult[], stage: number): readonly StageResult[] {
  return results.flatMap(({ origin, result }) =>
    origin.kind === 'stage' && origin.stage === stage && result.kind === 'stage' ? [result] : [],
  );
}
