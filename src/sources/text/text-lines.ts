import { badRowLimit } from '../bad-rows/bad-row.js';
import { fileSource } from '../file-source.js';
import { locationName } from '../files/location.js';
import type { FileReference } from '../files/resolve-files.js';
import type { Source } from '../source.js';
import { rangeOf, shardOfRange } from './file-range.js';
import { type LineFileOptions, lineTolerance, splitFiles } from './line-files.js';
import { LineParser } from './lines.js';
import { readText } from './text-chunks.js';

/**
 * Reads lines of text, UTF-8, plain, gzip (`*.gz`) or zstd (`*.zst`), without their line ends (LF or CRLF). Blank lines are elements too; the line feed at the
 * end of a file begins no further line.
 *
 * @throws DatasetsError while reading: SOURCE_MALFORMED with file, line and column where a byte is not UTF-8
 * @example
 * ```ts
 * const sentences = pipeline.read(textLines('corpus/*.txt')).filter((line) => line !== '');
 * ```
 */
export function textLines(files: FileReference, options: LineFileOptions = {}): Source<string> {
  return fileSource<string>(files, {
    kind: 'textLines',
    maxBadRows: badRowLimit(options),
    split: async (found, context) => (await splitFiles(found, context, options)).map(shardOfRange),
    read(shard, context) {
      const range = rangeOf(shard);
      const parser = new LineParser(locationName(range.file), (text) => text);
      return readText(range, context, false, parser, lineTolerance(options, context));
    },
  });
}
