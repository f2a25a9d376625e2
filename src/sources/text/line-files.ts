import { DatasetsError } from '../../core/errors/index.js';
import { type BadRowOptions, badRowLimit } from '../bad-rows/bad-row.js';
import type { SourceFile } from '../files/resolve-files.js';
import type { SourceContext } from '../source.js';
import { defaultRangeBytes, type FileRange } from './file-range.js';
import { splitAtLines } from './split-lines.js';
import type { Tolerance } from './text-chunks.js';

/** How files are split. */
export interface RangeOptions {
  /** Bytes of a source shard of a large plain file; default 64 MiB. */
  readonly rangeBytes?: number;
}

/** How files of lines are read. */
export interface LineFileOptions extends RangeOptions, BadRowOptions {}

/** The chosen size of a range, checked. */
export function rangeBytesOf(options: RangeOptions): number {
  const bytes = options.rangeBytes ?? defaultRangeBytes;
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  throw new DatasetsError('PIPELINE_INVALID', `rangeBytes must be a positive integer, but got ${bytes}`);
}

/** How lines are read that may be malformed; undefined where that is an error. */
export function lineTolerance(options: LineFileOptions, { onBadRow }: SourceContext): Tolerance | undefined {
  if (badRowLimit(options) === undefined || onBadRow === undefined) return undefined;
  return { delimiter: undefined, hasHeader: false, take: onBadRow };
}

/** Ranges of all files, in order. */
export async function splitFiles(
  files: readonly SourceFile[],
  context: SourceContext,
  options: LineFileOptions,
): Promise<readonly FileRange[]> {
  const ranges: FileRange[] = [];
  for (const file of files) ranges.push(...(await splitAtLines(file, context, rangeBytesOf(options))));
  return ranges;
}
