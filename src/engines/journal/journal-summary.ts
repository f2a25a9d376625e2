import { statSync } from 'node:fs';
import { join } from 'node:path';
import { journalFolder, readStageRecords, unitFilesIn } from './journal.js';
import { readUnit } from './unit-entry.js';

/** What a build has finished, whether it runs or was stopped. */
export interface JournalSummary {
  /** In the order of the plan; the last one is `shards`. */
  readonly stages: readonly { readonly stage: string; readonly done: number; readonly of: number }[];
  /** Rows that were read from sources. */
  readonly rows: number;
  /** Bytes of the files that a build would go on with, temporary ones and shards. */
  readonly bytes: number;
}

/**
 * Reads what a build's journal tells, without a look at the files that it speaks of. Undefined where there is none.
 *
 * @param workDirectory of a staged build, absolute.
 * @example
 * ```ts
 * const summary = readJournalSummary(staged.workDirectory);
 * ```
 */
export async function readJournalSummary(workDirectory: string): Promise<JournalSummary | undefined> {
  const directory = join(workDirectory, journalFolder);
  if (statSync(directory, { throwIfNoEntry: false }) === undefined) return undefined;
  const records = [...readStageRecords(directory)].sort((a, b) => a.index - b.index);
  const done = new Map<string, number>();
  let rows = 0;
  let bytes = 0;
  for (const file of unitFilesIn(directory)) {
    const entry = readUnit(file, () => workDirectory);
    if (entry === undefined) continue;
    const isWhole = entry.part === undefined || (entry.part.kind === 'generator' && entry.part.last);
    if (isWhole) done.set(entry.stage, (done.get(entry.stage) ?? 0) + 1);
    const { result } = entry;
    if (result.kind === 'stage') {
      if (records.find(({ key }) => key === entry.stage)?.source === true) rows += result.rows;
      for (const run of [...result.runs, ...result.outputs.map((output) => output.run)]) bytes += run.bytes;
    } else if (result.kind === 'encode') {
      for (const written of result.shard.files) bytes += written.bytes;
    }
  }
  return {
    stages: records.map(({ name, key, tasks, ended }) => ({
      stage: name,
      done: ended === null ? Math.min(tasks, done.get(key) ?? 0) : tasks,
      of: tasks,
    })),
    rows,
    bytes,
  };
}
