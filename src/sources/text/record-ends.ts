import { type FieldState, fieldStates, nextState } from './field-state.js';
import { hasOddQuotes } from './quote-parity.js';

const lineFeed = 0x0a;
const quoteByte = 0x22;

/** Finds where records end in the blocks of a text, in the order in which they come. */
export interface RecordEnds {
  /** The offset behind the last record that ends in the block; 0 where none does. */
  lastEnd(block: Buffer): number;
}

/**
 * The end of the record that begins at `start`, behind its line feed.
 *
 * @param delimiter between fields that may be quoted; undefined where records end at every line feed.
 */
export function recordEndIn(bytes: Buffer, start: number, delimiter: string | undefined): number {
  if (delimiter === undefined) {
    const feed = bytes.indexOf(lineFeed, start);
    return feed < 0 ? bytes.length : feed + 1;
  }
  const code = delimiter.charCodeAt(0);
  let state: FieldState = fieldStates.recordStart;
  for (let at = start; at < bytes.length; at++) {
    state = nextState(state, bytes[at] as number, code);
    if (state === fieldStates.recordStart) return at + 1;
  }
  return bytes.length;
}

/** Records that end at every line feed. */
export class LineEnds implements RecordEnds {
  lastEnd(block: Buffer): number {
    return block.lastIndexOf(lineFeed) + 1;
  }
}

/**
 * Records that end at a line feed outside quotes. By RFC 4180 that is where the number of `"` seen so far is even (a doubled quote inside a field counts twice), so that no field needs to be
 * parsed to find it. Whether the end of a block lies in quotes is told for all of it at once; the last record's end is looked for from there.
 */
export class QuotedEnds implements RecordEnds {
  #insideQuotes = false;

  lastEnd(block: Buffer): number {
    // Most blocks of most files hold no quote; the native search says so at memory speed.
    if (!block.includes(quoteByte)) return this.#insideQuotes ? 0 : block.lastIndexOf(lineFeed) + 1;
    if (hasOddQuotes(block, 0, block.length)) this.#insideQuotes = !this.#insideQuotes;
    let inside = this.#insideQuotes;
    for (let at = block.length - 1; at >= 0; at--) {
      const byte = block[at];
      if (byte === quoteByte) inside = !inside;
      else if (byte === lineFeed && !inside) return at + 1;
    }
    return 0;
  }
}

/** The same in text that may break RFC 4180. */
export class MalformedEnds implements RecordEnds {
  readonly #delimiter: number;
  #state: FieldState = fieldStates.recordStart;

  constructor(delimiter: string) {
    this.#delimiter = delimiter.charCodeAt(0);
  }

  lastEnd(block: Buffer): number {
    let end = 0;
    let state = this.#state;
    const delimiter = this.#delimiter;
    for (let i = 0; i < block.length; i++) {
      state = nextState(state, block[i] as number, delimiter);
      if (state === fieldStates.recordStart) end = i + 1;
    }
    this.#state = state;
    return end;
  }
}
