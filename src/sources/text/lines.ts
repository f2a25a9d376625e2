import { leaveOut, type TakeBadRow } from '../bad-rows/bad-row.js';
import { batchElements, type SourceBatch } from '../source.js';
import type { ChunkParser, TextChunk } from './text-chunks.js';

/** One line at a time to `visit`, without its line end (LF or CRLF); `line` is counted from 0 in the chunk. */
function forEachLine(text: string, visit: (start: number, end: number, line: number) => void): void {
  for (let start = 0, line = 0; start < text.length; line++) {
    const feed = text.indexOf('\n', start);
    const next = feed < 0 ? text.length : feed;
    const end = feed > start && text.charCodeAt(feed - 1) === 0x0d ? feed - 1 : next;
    visit(start, end, line);
    start = next + 1;
  }
}

/** Parses a line; undefined for one that holds no element. */
export type ParseLine<T> = (text: string, line: () => number) => T | undefined;

/** Parses lines into elements, one a line. */
export class LineParser<T> implements ChunkParser<SourceBatch<T>> {
  readonly #file: string;
  readonly #parseLine: ParseLine<T>;

  /** @param takeBadRow takes the lines that `parseLine` finds malformed. */
  constructor(file: string, parseLine: ParseLine<T>, takeBadRow?: TakeBadRow) {
    this.#file = file;
    this.#parseLine = takeBadRow === undefined ? parseLine : tolerant(file, parseLine, takeBadRow);
  }

  *parse(chunk: TextChunk): Generator<SourceBatch<T>, void, undefined> {
    const elements: T[] = [];
    const lines: number[] = [];
    forEachLine(chunk.text, (start, end, line) => {
      const element = this.#parseLine(chunk.text.substring(start, end), () => chunk.firstLine() + line);
      if (element === undefined) return;
      elements.push(element);
      lines.push(line);
    });
    for (let from = 0; from < elements.length; from += batchElements) {
      yield {
        elements: elements.slice(from, from + batchElements),
        position: (index) => `${this.#file} line ${chunk.firstLine() + (lines[from + index] ?? 0)}`,
      };
    }
  }
}

function tolerant<T>(file: string, parseLine: ParseLine<T>, take: TakeBadRow): ParseLine<T> {
  return (text, line) => {
    try {
      return parseLine(text, line);
    } catch (error) {
      leaveOut(error, file, { raw: text, rows: 1 }, take);
      return undefined;
    }
  };
}
