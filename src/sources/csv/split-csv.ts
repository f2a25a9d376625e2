import { setImmediate } from 'node:timers/promises';
import { readBlocks } from '../files/read-blocks.js';
import type { SourceFile } from '../files/resolve-files.js';
import { stopIfInterrupted } from '../interrupted.js';
import type { SourceContext } from '../source.js';
import { type FieldState, fieldStates, nextState } from '../text/field-state.js';
import { type FileRange, wholeFile } from '../text/file-range.js';
import { hasOddQuotes } from '../text/quote-parity.js';
import type { Dialect } from './dialect.js';

const quote = 0x22;
const lineFeed = 0x0a;

/** What the processor's cache holds. A file of this machine is read at once: a promise for each block takes longer than reading it, and much longer while workers start. */
const blockBytes = 256 << 10;
/** After so many bytes signals and timers get their turn. */
const turnBytes = 8 << 20;

interface RecordStart {
  readonly offset: number;
  /** Null where lines are not counted. */
  readonly line: number | null;
}

export interface RecordSplitting {
  readonly rangeBytes: number;
  /** Records that break RFC 4180 are left out, and must not spoil the cuts behind them. */
  readonly mayBeMalformed: boolean;
  readonly dialect: Dialect;
}

/**
 * Ranges of a CSV file whose quoted fields may hold line ends.
 *
 * Whether a line feed ends a record can't be told from its surroundings: only the number of quotes since the start of the file says whether it lies inside a field (even:
 * outside; RFC 4180 doubles a quote inside a field). So the file is read once, and cut behind the first line feed outside quotes at or
 * after each multiple of `rangeBytes`. In a file that breaks RFC 4180 the cuts may lie inside a record, but the range with the first misplaced quote fails.
 */
export async function splitAtRecords(
  file: SourceFile,
  header: readonly string[],
  context: SourceContext,
  { rangeBytes, mayBeMalformed, dialect }: RecordSplitting,
): Promise<readonly FileRange[]> {
  const starts: RecordStart[] = [{ offset: 0, line: 1 }];
  const scanner = mayBeMalformed
    ? new MalformedScanner(rangeBytes, starts, dialect)
    : new RecordScanner(rangeBytes, starts);
  let at = 0;
  let nextTurn = turnBytes;
  for await (const block of readBlocks(wholeFile(file), { blockBytes, compression: undefined }, context)) {
    scanner.scan(block, at);
    at += block.length;
    if (at < nextTurn) continue;
    nextTurn = at + turnBytes;
    await setImmediate();
    stopIfInterrupted(context, `${file.name} was split`);
  }
  return starts
    .filter((start) => start.offset < file.bytes)
    .map((start, i, all) => ({
      ...wholeFile(file),
      from: start.offset,
      to: all[i + 1]?.offset ?? file.bytes,
      line: start.line,
      header: start.offset === 0 ? null : header,
    }));
}

/** Looks at each byte behind a target, up to the cut; before it, all that counts is whether the number of quotes is even. */
class RecordScanner {
  readonly #rangeBytes: number;
  readonly #starts: RecordStart[];
  #target: number;
  #insideQuotes = false;

  constructor(rangeBytes: number, starts: RecordStart[]) {
    this.#rangeBytes = rangeBytes;
    this.#starts = starts;
    this.#target = rangeBytes;
  }

  scan(block: Buffer, blockOffset: number): void {
    for (let at = 0; at < block.length; ) {
      // A record that starts exactly at the target is preceded by a line feed.
      const from = Math.min(Math.max(this.#target - 1 - blockOffset, at), block.length);
      if (hasOddQuotes(block, at, from)) this.#insideQuotes = !this.#insideQuotes;
      at = this.#recordStart(block, from);
      if (at > 0) this.#cut(blockOffset + at);
      else at = block.length;
    }
  }

  /** The offset behind the first line feed outside quotes from `from` on; 0 where the block has none. */
  #recordStart(block: Buffer, from: number): number {
    let inside = this.#insideQuotes;
    for (let at = from; at < block.length; at++) {
      const byte = block[at];
      if (byte === quote) inside = !inside;
      else if (byte === lineFeed && !inside) {
        this.#insideQuotes = false;
        return at + 1;
      }
    }
    this.#insideQuotes = inside;
    return 0;
  }

  #cut(offset: number): void {
    this.#starts.push({ offset, line: null });
    this.#target = (Math.floor(offset / this.#rangeBytes) + 1) * this.#rangeBytes;
  }
}

/** The same by the rules for text that may break RFC 4180: whoever reads a range finds the same records there. */
class MalformedScanner {
  readonly #rangeBytes: number;
  readonly #starts: RecordStart[];
  readonly #delimiter: number;
  #target: number;
  #line = 1;
  #state: FieldState = fieldStates.recordStart;

  constructor(rangeBytes: number, starts: RecordStart[], { delimiter }: Dialect) {
    this.#rangeBytes = rangeBytes;
    this.#starts = starts;
    this.#delimiter = delimiter.charCodeAt(0);
    this.#target = rangeBytes;
  }

  scan(block: Buffer, blockOffset: number): void {
    let state = this.#state;
    for (let i = 0; i < block.length; i++) {
      const byte = block[i] as number;
      state = nextState(state, byte, this.#delimiter);
      if (byte === lineFeed) this.#line++;
      if (state !== fieldStates.recordStart || blockOffset + i + 1 < this.#target) continue;
      const offset = blockOffset + i + 1;
      this.#starts.push({ offset, line: this.#line });
      this.#target = (Math.floor(offset / this.#rangeBytes) + 1) * this.#rangeBytes;
    }
    this.#state = state;
  }
}
