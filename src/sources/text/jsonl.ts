import { badRowLimit } from '../bad-rows/bad-row.js';
import { ColumnParser, type OpenedCells } from '../columns/column-parser.js';
import { type FileFormat, fileSource } from '../file-source.js';
import { locationName } from '../files/location.js';
import type { FileReference } from '../files/resolve-files.js';
import { malformedText, shownFault } from '../malformed.js';
import type { Source, SourceContext } from '../source.js';
import { parseJson, type UnsafeIntegers } from './exact-json.js';
import { type FileRange, rangeOf, shardOfRange } from './file-range.js';
import { JsonCells, mayMiss } from './json-cells.js';
import { JsonLayout } from './json-layout.js';
import { jsonShape } from './json-shape.js';
import { type LineFileOptions, lineTolerance, splitFiles } from './line-files.js';
import { LineParser } from './lines.js';
import { readText } from './text-chunks.js';

export interface JsonlOptions extends LineFileOptions {
  /** What becomes of an integer beyond 2^53 - 1, which a number would round: an error (the default), or a bigint. */
  readonly unsafeIntegers?: UnsafeIntegers;
}

const blank = /^[ \t\r]*$/;

/**
 * Reads JSON Lines: one JSON value on each line, UTF-8, plain, gzip (`*.gz`) or zstd (`*.zst`). Blank lines are skipped.
 *
 * Large plain files are split at lines, about every `rangeBytes`; a compressed file is one source shard.
 *
 * @typeParam T what a line holds; it is not checked here, the data set's features check it
 * @throws DatasetsError while reading: SOURCE_MALFORMED with file, line and column
 * @example
 * ```ts
 * const reviews = pipeline.read(jsonl<{ id: string; stars: number }>('reviews-*.jsonl.gz'));
 * ```
 */
export function jsonl<T = unknown>(files: FileReference, options: JsonlOptions = {}): Source<T> {
  return fileSource<T>(files, {
    ...jsonlFormat<T>(options, parseJson),
    readColumns(shard, context, columns) {
      const range = rangeOf(shard);
      const parser = lineParser<T>(range, options, parseJson, context);
      const cells = new ColumnParser(parser, (bytes) => openCells(bytes, columns));
      return readText(range, context, false, cells, lineTolerance(options, context));
    },
  });
}

/** The same with another way to parse a line's text. */
export function jsonlOf<T>(files: FileReference, options: JsonlOptions, parse: typeof parseJson): Source<T> {
  return fileSource<T>(files, jsonlFormat<T>(options, parse));
}

function jsonlFormat<T>(options: JsonlOptions, parse: typeof parseJson): FileFormat<T> {
  return {
    kind: 'jsonl',
    maxBadRows: badRowLimit(options),
    split: async (found, context) => (await splitFiles(found, context, options)).map(shardOfRange),
    read(shard, context) {
      const range = rangeOf(shard);
      const parser = lineParser<T>(range, options, parse, context);
      return readText(range, context, false, parser, lineTolerance(options, context));
    },
  };
}

function lineParser<T>(
  range: FileRange,
  options: JsonlOptions,
  parse: typeof parseJson,
  context: SourceContext,
): LineParser<T> {
  const file = locationName(range.file);
  const integers = options.unsafeIntegers ?? 'refuse';
  const parseLine = (text: string, line: () => number) => {
    if (text.length === 0 || blank.test(text)) return undefined;
    const value = parse(text, integers, (offset, what, hint, reason) => {
      throw malformedText(file, { line: line(), column: offset + 1 }, shownFault(what, reason, context), {
        ...(hint !== undefined && { hint }),
        ...(reason !== undefined && { reason }),
      });
    });
    // The author's word for what the file holds.
    return value as T;
  };
  return new LineParser<T>(file, parseLine, lineTolerance(options, context)?.take);
}

/** A parser for lines that are written as the next one is. */
function openCells(bytes: Buffer, columns: readonly string[]): OpenedCells | undefined {
  const shape = jsonShape(bytes);
  if (shape === undefined) return undefined;
  const isMissing = (column: string) => shape.members.every(({ name }) => name !== column);
  if (columns.some((column) => !mayMiss(column) && isMissing(column))) return undefined;
  const parser = new JsonCells(new JsonLayout(shape), columns);
  return { parser, chosen: parser.columns };
}
