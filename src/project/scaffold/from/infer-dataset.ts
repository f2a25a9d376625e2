import type { ResolvedConfig } from '../../../core/config/index.js';
import type { DatasetName } from '../../../core/names/index.js';
import type { DatasetText } from '../dataset-text.js';
import { fromFiles } from './from-files.js';

export interface FromOptions {
  /** Where relative paths start. */
  readonly cwd: string;
  /** The folder that the data set is to have. */
  readonly directory: string;
  readonly name: DatasetName;
  readonly config: ResolvedConfig;
  /** Files as tables of a query on DuckDB, by name. */
  readonly tables: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

export interface InferredDataset {
  readonly text: DatasetText;
  /** What its author should know, as sentences. */
  readonly notes: readonly string[];
}

/**
 * Writes a data set of the rows that a file holds, by all of its rows.
 *
 * @param from a path or a pattern, on this machine or on `gs://`
 * @throws DatasetsError what `inferFields` throws
 */
export async function inferDataset(from: string, options: FromOptions): Promise<InferredDataset> {
  return fromFiles(from, options);
}
