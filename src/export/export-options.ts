import type { BuildProgress } from '../engines/index.js';
import { recordFormats } from '../registry/index.js';

/** What a version can be exported as: shards that stock readers open, or text. */
export const exportFormats = [...recordFormats, 'jsonl', 'csv'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export interface ExportOptions {
  /** Absolute. For tfrecord, arrow and parquet a registry, in which the version appears as a whole (also a `gs://` URL); for jsonl and csv a folder of files. */
  readonly directory: string;
  /** Absolute; where the files of an export to a remote registry are made. */
  readonly workDirectory?: string | undefined;
  readonly formats: readonly ExportFormat[];
  /** Splits to export as text. Default: all. */
  readonly splits?: readonly string[] | undefined;
  /** Compresses text with gzip. */
  readonly gzip?: boolean;
  /** Replaces what is there. */
  readonly overwrite?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (event: BuildProgress) => void;
}

/** What an export wrote. */
export interface ExportReport {
  /** Absolute paths: the version's directory, or the files of text. */
  readonly paths: readonly string[];
  readonly examples: number;
  readonly bytes: number;
}
