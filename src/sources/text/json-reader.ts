import { locationName } from '../files/location.js';
import type { BlockConsumer } from '../files/read-blocks.js';
import { malformedFile, malformedText, shownFault, type ValueRules } from '../malformed.js';
import { batchElements, type SourceBatch } from '../source.js';
import { ArrayScanner, type ItemStart } from './array-scanner.js';
import { byteOrderMarkBytes, decodeChunk } from './decode.js';
import { parseJson, parseJsonItems, type ReportJson, type UnsafeIntegers } from './exact-json.js';
import type { JsonRange } from './json-range.js';
import { firstByte, openBracket } from './json-start.js';

/** V8's longest string: what a value may have that is parsed at once, an item of an array or a whole file without one. */
const maxJsonBytes = 512 << 20;

/**
 * Reads a JSON text block by block: the items of an array as they come, of which it holds those of a block; anything else as a whole, at the end.
 */
export class JsonBlockReader<T> implements BlockConsumer<SourceBatch<T>> {
  readonly #file: string;
  readonly #integers: UnsafeIntegers;
  readonly #rules: ValueRules;
  readonly #scanner: ArrayScanner;
  readonly #isLastRange: boolean;
  /** What was read of the items that are not parsed yet, or of a text without an array. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  /** Where what is held begins. */
  #start: ItemStart;
  #state: 'start' | 'array' | 'closed' | 'value';
  /** A comma came before: another item must follow. */
  #isAfterComma: boolean;
  #isFileStart: boolean;

  constructor(range: JsonRange, integers: UnsafeIntegers, rules: ValueRules) {
    this.#file = locationName(range.file);
    this.#integers = integers;
    this.#rules = rules;
    this.#scanner = new ArrayScanner(range.start ?? undefined);
    this.#start = range.start ?? this.#scanner.position;
    this.#state = range.start === null ? 'start' : 'array';
    this.#isAfterComma = range.start !== null;
    this.#isFileStart = range.start === null;
    this.#isLastRange = range.to === range.fileBytes;
  }

  *push(block: Buffer): Generator<SourceBatch<T>, void, undefined> {
    const from = this.#state === 'start' ? this.#open(block) : 0;
    this.#isFileStart = false;
    if (this.#state === 'value') this.#hold(block.subarray(from));
    else if (this.#state === 'closed') this.#requireSpace(block, 0);
    else if (this.#state === 'array') yield* this.#pushArray(block, from);
  }

  *finish(): Generator<SourceBatch<T>, void, undefined> {
    if (this.#state === 'closed') return;
    const rest = this.#release(Buffer.alloc(0));
    if (this.#state !== 'array') {
      const value = this.#parseWhole(rest);
      yield { elements: [value as T], position: () => this.#file };
    } else if (this.#isLastRange) this.#parseItems(rest, undefined);
    else if (rest.length > 0) this.#changed();
  }

  /** Sees what the text begins with; returns where in the block that is. */
  #open(block: Buffer): number {
    const first = firstByte(block, this.#isFileStart);
    // Space is kept for the place of what may be wrong after it.
    const from = this.#isFileStart ? byteOrderMarkBytes(block) : 0;
    if (first === block.length) {
      this.#scanner.scan(block, from);
      return first;
    }
    if (block[first] !== openBracket) {
      this.#state = 'value';
      return from;
    }
    this.#state = 'array';
    this.#scanner.scan(block.subarray(from, first + 1), 0);
    this.#start = this.#scanner.position;
    return first + 1;
  }

  *#pushArray(block: Buffer, from: number): Generator<SourceBatch<T>, void, undefined> {
    this.#scanner.scan(block, from);
    const { comma, closing, next } = this.#scanner;
    const end = Math.max(comma, closing);
    if (end < 0) {
      this.#hold(block.subarray(from));
      return;
    }
    const items = this.#release(block.subarray(from, end));
    if (closing >= 0) {
      yield* this.#close(items, block[closing] as number);
      this.#requireSpace(block, closing + 1);
      return;
    }
    yield* this.#batches(this.#parseItems(items, ','));
    this.#start = next;
    this.#isAfterComma = true;
    this.#hold(block.subarray(end + 1));
  }

  *#close(items: Buffer, bracket: number): Generator<SourceBatch<T>, void, undefined> {
    const isEmpty = !this.#isAfterComma && firstByte(items, false) === items.length;
    if (bracket !== 0x5d) this.#parseItems(items, '}');
    if (!isEmpty) yield* this.#batches(this.#parseItems(items, ']'));
    this.#state = 'closed';
    const { line, column, item } = this.#scanner.position;
    this.#start = { line, column: column + 1, item };
    if (!this.#isLastRange) this.#changed();
  }

  *#batches(items: readonly unknown[]): Generator<SourceBatch<T>, void, undefined> {
    const first = this.#start.item;
    for (let from = 0; from < items.length; from += batchElements) {
      yield {
        // The author's word for what the file holds.
        elements: items.slice(from, from + batchElements) as T[],
        position: (index) => `${this.#file} item ${first + from + index}`,
      };
    }
  }

  /** @param next what follows the items; undefined for the end of the file. Only a comma and the bracket may. */
  #parseItems(bytes: Buffer, next: ',' | ']' | '}' | undefined): readonly unknown[] {
    const { line, column } = this.#start;
    const text = decodeChunk(bytes, this.#file, () => line, column);
    const report = this.#reporter(text, this.#start);
    const items = parseJsonItems(text, this.#integers, report, next);
    if (next === ',' || next === ']') return items;
    const shown = next === undefined ? 'the end of the text' : JSON.stringify(next);
    return report(text.length, `${shown} where ',' or ']' must be`);
  }

  #parseWhole(bytes: Buffer): unknown {
    const text = decodeChunk(bytes, this.#file, () => 1);
    return parseJson(text, this.#integers, this.#reporter(text, { line: 1, column: 1 }));
  }

  /** Names line and column of an offset of a text that begins at `start`. */
  #reporter(text: string, start: { readonly line: number; readonly column: number }): ReportJson {
    return (offset, what, hint, reason) => {
      const before = text.slice(0, offset);
      const lines = before.split('\n');
      const last = (lines.at(-1) ?? '').length + 1;
      const column = lines.length === 1 ? start.column + last - 1 : last;
      const position = { line: start.line + lines.length - 1, column };
      const shown = shownFault(what, reason, this.#rules);
      throw malformedText(this.#file, position, shown, hint === undefined ? {} : { hint });
    };
  }

  /** Behind the array there may be nothing but space. */
  #requireSpace(block: Buffer, from: number): void {
    const rest = block.subarray(from);
    const at = firstByte(rest, false);
    if (at === rest.length) {
      const lines = rest.toString('latin1').split('\n');
      const line = this.#start.line + lines.length - 1;
      const last = (lines.at(-1) ?? '').length;
      this.#start = { ...this.#start, line, column: lines.length === 1 ? this.#start.column + last : last + 1 };
      return;
    }
    const found = String.fromCharCode(rest[at] as number);
    const hint = 'A file of several values, one on each line, is JSON Lines: read it with jsonl(...).';
    this.#reporter(rest.toString('latin1', 0, at), this.#start)(
      at,
      `${JSON.stringify(found)} where the end must be`,
      hint,
      'something else where the end must be',
    );
  }

  #hold(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#held.push(Buffer.from(bytes));
    this.#heldBytes += bytes.length;
    if (this.#heldBytes <= maxJsonBytes) return;
    const what = this.#state === 'value' ? 'holds' : `holds an item (${this.#start.item}) of`;
    throw malformedFile(this.#file, `${what} more than ${maxJsonBytes} bytes, which can't be parsed at once`, {
      hint: 'Write it as JSON Lines and read it with jsonl(...), or as an array of smaller items.',
    });
  }

  /** What was held, and what completes it. */
  #release(last: Buffer): Buffer {
    const all = this.#heldBytes === 0 ? last : Buffer.concat([...this.#held, last]);
    this.#held = [];
    this.#heldBytes = 0;
    return all;
  }

  #changed(): never {
    throw malformedFile(this.#file, 'was changed during the build: its array ends elsewhere', {
      hint: 'Build again when nothing writes to the file.',
    });
  }
}
