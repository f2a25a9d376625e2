import { isUtf8 } from 'node:buffer';
import { leaveOut, type TakeBadRow } from '../bad-rows/bad-row.js';
import { locationName } from '../files/location.js';
import { consumeBlocks } from '../files/read-blocks.js';
import { malformedText } from '../malformed.js';
import type { SourceContext } from '../source.js';
import { linesBefore } from './count-lines.js';
import { byteOrderMarkBytes, countLineFeeds, decodeChunk } from './decode.js';
import type { FileRange } from './file-range.js';
import { readTextBlocks } from './read-blocks.js';
import { maxRecordBytes, RecordChunker } from './record-chunker.js';
import { LineEnds, MalformedEnds, QuotedEnds, recordEndIn } from './record-ends.js';

/** Whole records of a text file, and where they begin. Valid until the next one is asked for. */
export interface TextChunk {
  readonly bytes: Buffer;
  /** Decoded when it is first asked for, which throws where it is not UTF-8. */
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

/** How a text is read that may hold malformed records, which are left out. */
export interface Tolerance {
  /** Between fields that may be quoted; undefined where records end at every line feed. */
  readonly delimiter: string | undefined;
  /** The first record of the file names the columns: nothing can be read without it. */
  readonly hasHeader: boolean;
  readonly take: TakeBadRow;
}

/** Reads a range and parses it: synchronously where its blocks come so. */
export function readText<B>(
  range: FileRange,
  context: SourceContext,
  quoted: boolean,
  parser: ChunkParser<B>,
  tolerance?: Tolerance,
): Iterable<B> | AsyncIterable<B> {
  const chunks = new ChunkSequence(range, context, quoted, tolerance);
  return consumeBlocks(readTextBlocks(range, context), {
    *push(block) {
      for (const chunk of chunks.next(block)) yield* parser.parse(chunk);
    },
    *finish() {
      for (const chunk of chunks.last()) yield* parser.parse(chunk);
      parser.finish?.();
    },
  });
}

/** From blocks to decoded chunks, counting lines on the way. */
class ChunkSequence {
  readonly #file: string;
  readonly #chunker: RecordChunker;
  readonly #tolerance: Tolerance | undefined;
  readonly #lineAtStart: () => number;
  #linesSoFar = 0;
  #atFileStart: boolean;
  #needsHeader: boolean;

  constructor(range: FileRange, context: SourceContext, quoted: boolean, tolerance: Tolerance | undefined) {
    this.#file = locationName(range.file);
    const delimiter = tolerance?.delimiter;
    const quotedEnds = () => (delimiter === undefined ? new QuotedEnds() : new MalformedEnds(delimiter));
    this.#chunker = new RecordChunker(quoted ? quotedEnds() : new LineEnds());
    this.#tolerance = tolerance;
    this.#atFileStart = range.from === 0;
    this.#needsHeader = this.#atFileStart && tolerance?.hasHeader === true;
    let line = range.line;
    this.#lineAtStart = () => {
      line ??= linesBefore(range, context) + 1;
      return line;
    };
  }

  /** Chunks to be parsed one after the other, before the next block comes. */
  next(block: Buffer): Iterable<TextChunk> {
    const records = this.#chunker.push(block);
    if (records !== undefined) return this.#decode(records);
    return this.#chunker.overlong ? this.last() : [];
  }

  last(): Iterable<TextChunk> {
    const overlong = this.#chunker.overlong;
    const records = this.#chunker.finish();
    if (records === undefined) return [];
    if (!overlong) return this.#decode(records);
    throw malformedText(
      this.#file,
      { line: this.#lineAtStart() + this.#linesSoFar },
      `a record that begins here is longer than ${maxRecordBytes} bytes`,
      {
        hint: 'Look for a quote that is never closed.',
      },
    );
  }

  #decode(records: Buffer): Iterable<TextChunk> {
    const skip = this.#atFileStart ? byteOrderMarkBytes(records) : 0;
    this.#atFileStart = false;
    const bytes = skip === 0 ? records : records.subarray(skip);
    if (this.#tolerance === undefined || isUtf8(bytes)) {
      if (this.#needsHeader) this.#needsHeader = bytes.every(isLineEnd);
      return [this.#chunk(bytes)];
    }
    return this.#decodeAround(bytes, this.#tolerance);
  }

  #chunk(records: Buffer): TextChunk {
    const before = this.#linesSoFar;
    const firstLine = () => this.#lineAtStart() + before;
    this.#linesSoFar += countLineFeeds(records);
    return new DecodedChunk(records, this.#file, firstLine);
  }

  /** Leaves out the records that are not UTF-8, each in its turn. */
  *#decodeAround(bytes: Buffer, { delimiter, take }: Tolerance): Generator<TextChunk, void, undefined> {
    let from = 0;
    for (let start = 0, end = 0; start < bytes.length; start = end) {
      end = recordEndIn(bytes, start, delimiter);
      const record = bytes.subarray(start, end);
      const isHeader = this.#needsHeader && !record.every(isLineEnd);
      if (isHeader) this.#needsHeader = false;
      if (isUtf8(record)) continue;
      if (start > from) yield this.#chunk(bytes.subarray(from, start));
      const feeds = countLineFeeds(record);
      try {
        decodeChunk(record, this.#file, () => this.#lineAtStart() + this.#linesSoFar);
      } catch (error) {
        const raw = Buffer.from(withoutLineEnd(record));
        leaveOut(error, this.#file, { raw, rows: Math.max(1, feeds) }, isHeader ? undefined : take);
      }
      this.#linesSoFar += feeds;
      from = end;
    }
    if (from < bytes.length) yield this.#chunk(bytes.subarray(from));
  }
}

class DecodedChunk implements TextChunk {
  readonly bytes: Buffer;
  readonly firstLine: () => number;
  readonly #file: string;
  #text: string | undefined;

  constructor(bytes: Buffer, file: string, firstLine: () => number) {
    this.bytes = bytes;
    this.#file = file;
    this.firstLine = firstLine;
  }

  get text(): string {
    this.#text ??= decodeChunk(this.bytes, this.#file, this.firstLine);
    return this.#text;
  }
}

const lineFeed = 0x0a;

function withoutLineEnd(record: Buffer): Buffer {
  const end = record.at(-1) === lineFeed ? record.length - 1 : record.length;
  return record.subarray(0, end > 0 && end < record.length && record[end - 1] === 0x0d ? end - 1 : end);
}

function isLineEnd(byte: number): boolean {
  return byte === lineFeed || byte === 0x0d;
}
