import { locationName } from '../files/location.js';
import { consumeBlocks } from '../files/read-blocks.js';
import { malformedText } from '../malformed.js';
import type { SourceContext } from '../source.js';
import { linesBefore } from './count-lines.js';
import { byteOrderMarkBytes, countLineFeeds, decodeChunk } from './decode.js';
import type { FileRange } from './file-range.js';
import { readTextBlocks } from './read-blocks.js';
import { maxRecordBytes, RecordChunker } from './record-chunker.js';

/** Whole records of a text file, and where they begin. */
export interface TextChunk {
  readonly text: string;
  /** Line of the first character, counted from 1. Asked only for messages: it may have to count the lines of the file so far. */
  firstLine(): number;
}

/** Turns the chunks of one range into batches. Made anew for each range. */
export interface ChunkParser<B> {
  parse(chunk: TextChunk): Iterable<B>;
  /** After the last chunk: checks that nothing is missing. */
  finish?(): void;
}

/** Reads a range and parses it: synchronously where its blocks come so. */
export function readText<B>(
  range: FileRange,
  context: SourceContext,
  quoted: boolean,
  parser: ChunkParser<B>,
): Iterable<B> | AsyncIterable<B> {
  const chunks = new ChunkSequence(range, context, quoted);
  return consumeBlocks(readTextBlocks(range, context), {
    push(block) {
      const chunk = chunks.next(block);
      return chunk === undefined ? [] : parser.parse(chunk);
    },
    *finish() {
      const last = chunks.last();
      if (last !== undefined) yield* parser.parse(last);
      parser.finish?.();
    },
  });
}

/** From blocks to decoded chunks, counting lines on the way. */
class ChunkSequence {
  readonly #file: string;
  readonly #chunker: RecordChunker;
  readonly #lineAtStart: () => number;
  #linesSoFar = 0;
  #atFileStart: boolean;

  constructor(range: FileRange, context: SourceContext, quoted: boolean) {
    this.#file = locationName(range.file);
    this.#chunker = new RecordChunker(quoted);
    this.#atFileStart = range.from === 0;
    let line = range.line;
    this.#lineAtStart = () => {
      line ??= linesBefore(range, context) + 1;
      return line;
    };
  }

  next(block: Buffer): TextChunk | undefined {
    const records = this.#chunker.push(block);
    if (records !== undefined) return this.#decode(records);
    return this.#chunker.overlong ? this.last() : undefined;
  }

  last(): TextChunk | undefined {
    const overlong = this.#chunker.overlong;
    const records = this.#chunker.finish();
    if (records === undefined) return undefined;
    const chunk = this.#decode(records);
    if (!overlong) return chunk;
    throw malformedText(
      this.#file,
      { line: chunk.firstLine() },
      `a record that begins here is longer than ${maxRecordBytes} bytes`,
      {
        hint: 'Look for a quote that is never closed.',
      },
    );
  }

  #decode(records: Buffer): TextChunk {
    const skip = this.#atFileStart ? byteOrderMarkBytes(records) : 0;
    this.#atFileStart = false;
    const before = this.#linesSoFar;
    const firstLine = () => this.#lineAtStart() + before;
    const text = decodeChunk(skip === 0 ? records : records.subarray(skip), this.#file, firstLine);
    this.#linesSoFar += countLineFeeds(records);
    return { text, firstLine };
  }
}
