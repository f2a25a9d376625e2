import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ResolvedConfig } from '../../../core/config/index.js';
import type { DatasetName } from '../../../core/names/index.js';
import type { DatasetText } from '../dataset-text.js';
import { fromFiles } from './from-files.js';
import { fromQuery } from './from-query.js';

export interface FromOptions {
  /** Where relative paths start. */
  readonly cwd: string;
  /** The folder that the data set is to have. */
  readonly directory: string;
  readonly name: DatasetName;
  readonly config: ResolvedConfig;
  /** Files as tables of a query on DuckDB, by name. */
  readonly tables: Readonly<Record<string, string>>;
  /** The time of which a query that travels in time is asked. */
  readonly now: Date;
  readonly signal?: AbortSignal | undefined;
  /** Absolute: where queries and archives put what is read; it is removed afterwards. */
  readonly stagingDirectory: string;
}

export interface InferredDataset {
  readonly text: DatasetText;
  /** What its author should know, as sentences. */
  readonly notes: readonly string[];
}

/**
 * Writes a data set of the rows that a file holds or a query gives, by all of them.
 *
 * @param from files of rows (a path or a pattern, on this machine or on `gs://`), or a `.sql` file
 * @throws DatasetsError what `inferFields` and `inferQuery` throw; QUERY_INVALID where no column of a query identifies a row
 */
export async function inferDataset(
  from: string,
  options: Omit<FromOptions, 'stagingDirectory'>,
): Promise<InferredDataset> {
  const stagingDirectory = await mkdtemp(join(tmpdir(), 'ailab-datasets-from-'));
  const staged = { ...options, stagingDirectory };
  try {
    return await (from.endsWith('.sql') ? fromQuery(from, staged) : fromFiles(from, staged));
  } finally {
    await rm(stagingDirectory, { recursive: true, force: true });
  }
}
