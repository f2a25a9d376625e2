import { batchElements, type SourceBatch } from '../source.js';
import type { ChunkParser, TextChunk } from './text-chunks.js';

/** One line at a time to `visit`, without its line end (LF or CRLF); `line` is counted from 0 in the chunk. */
export function forEachLine(text: string, visit: (start: number, end: number, line: number) => void): void {
  for (let start = 0, line = 0; start < text.length; line++) {
    const feed = text.indexOf('\n', start);
    const next = feed < 0 ? text.length : feed;
    const end = feed > start && text.charCodeAt(feed - 1) === 0x0d ? feed - 1 : next;
    visit(start, end, line);
    start = next + 1;
  }
}

/** Parses lines into elements, one a line; `parseLine` returns undefined for a line that holds none. */
export class LineParser<T> implements ChunkParser<SourceBatch<T>> {
  readonly #file: string;
  readonly #parseLine: (text: string, line: () => number) => T | undefined;

  constructor(file: string, parseLine: (text: string, line: () => number) => T | undefined) {
    this.#file = file;
    this.#parseLine = parseLine;
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
