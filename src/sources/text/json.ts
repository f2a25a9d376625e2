import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { fileSource } from '../file-source.js';
import { notGzip } from '../files/gunzip.js';
import { locationName } from '../files/location.js';
import { openFile } from '../files/open-file.js';
import type { FileReference } from '../files/resolve-files.js';
import { malformedFile, malformedText } from '../malformed.js';
import { batchElements, type Source, type SourceBatch, type SourceContext, type SourceShard } from '../source.js';
import { byteOrderMarkBytes, decodeChunk } from './decode.js';
import { parseJson, type UnsafeIntegers } from './exact-json.js';
import { type FileRange, isGzip, rangeOf, shardOfRange, wholeFile } from './file-range.js';

export interface JsonOptions {
  /** What becomes of an integer beyond 2^53 - 1, which a number would round: an error (the default), or a bigint. */
  readonly unsafeIntegers?: UnsafeIntegers;
}

/** V8's longest string; a larger file cannot be parsed at once. */
const maxJsonBytes = 512 << 20;

/**
 * Reads JSON files, UTF-8, plain or gzip (`*.gz`): an array gives one element an item, anything else is one element.
 *
 * A file is one source shard and is held in memory while it is read; write large data as JSON Lines and use `jsonl`.
 *
 * @typeParam T what an element is; it is not checked here, the data set's features check it
 * @throws DatasetsError while reading: SOURCE_MALFORMED with file, line and column
 * @example
 * ```ts
 * const cars = pipeline.read(json<{ Name: string; Year: string }>(npmFile('vega-datasets', 'data/cars.json')));
 * ```
 */
export function json<T = unknown>(files: FileReference, options: JsonOptions = {}): Source<T> {
  return fileSource<T>(files, {
    kind: 'json',
    split: async (found) => found.map((file) => shardOfRange(wholeFile(file))),
    read: (shard, context) => readJson<T>(shard, context, options.unsafeIntegers ?? 'refuse'),
  });
}

async function* readJson<T>(
  shard: SourceShard,
  context: SourceContext,
  integers: UnsafeIntegers,
): AsyncGenerator<SourceBatch<T>, void, undefined> {
  const range = rangeOf(shard);
  const file = locationName(range.file);
  const bytes = await readContent(range, context);
  const text = decodeChunk(bytes.subarray(byteOrderMarkBytes(bytes)), file, () => 1);
  const value = parseJson(text, integers, (offset, what, hint) => {
    const before = text.slice(0, offset);
    const position = { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
    throw malformedText(file, position, what, hint === undefined ? {} : { hint });
  });
  // The author's word for what the file holds.
  const elements = (Array.isArray(value) ? value : [value]) as readonly T[];
  for (let from = 0; from < elements.length; from += batchElements) {
    yield {
      elements: elements.slice(from, from + batchElements),
      position: (index) => (Array.isArray(value) ? `${file} item ${from + index}` : file),
    };
  }
}

async function readContent(range: FileRange, context: SourceContext): Promise<Buffer> {
  const file = await openFile(range.file, range.fileBytes, context);
  const stored = await file.read(0, file.bytes).finally(() => file.close());
  const content = isGzip(file.name)
    ? await promisify(gunzip)(stored).catch((error: unknown) => {
        throw notGzip(file.name, error);
      })
    : stored;
  if (content.length <= maxJsonBytes) return content;
  throw malformedFile(file.name, `holds ${content.length} bytes, more than can be parsed as one JSON text`, {
    hint: 'Write it as JSON Lines and read it with jsonl(...).',
  });
}
