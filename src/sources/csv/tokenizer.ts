import { recordEnd } from '../text/field-state.js';
import type { Dialect } from './dialect.js';

/** Reports what is wrong at a place of the text; throws. `reason` says it without a value, where `what` shows one. */
export type ReportField = (line: number, column: number, what: string, hint: string, reason?: string) => never;

const quote = 0x22;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * Finds the fields of one record at a time, by RFC 4180: a field is quoted as a whole or not at all, a quote inside a quoted field is doubled, a
 * record ends with LF or CRLF. The fields are left in reused arrays, so that a record costs no allocation.
 */
export class CsvTokenizer {
  readonly #delimiter: number;
  /** No character beyond it ends a field or is a quote: most take one comparison. */
  readonly #lastSpecial: number;
  readonly #quoted: boolean;
  readonly #report: ReportField;
  #text = '';
  #at = 0;
  #lineStart = 0;
  /** The next line feed that has not been counted. */
  #feed = 0;
  #recordStart = 0;

  /** Fields of the record: field `i` is `text[starts[i] .. ends[i])`, without its quotes. */
  count = 0;
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  /** Whether the field holds doubled quotes. */
  readonly doubled: boolean[] = [];
  /** Line on which the record begins, counted from 0 in the text. */
  line = 0;
  #nextLine = 0;

  constructor(dialect: Dialect, report: ReportField) {
    this.#delimiter = dialect.delimiter.charCodeAt(0);
    this.#lastSpecial = Math.max(this.#delimiter, quote);
    this.#quoted = dialect.quoted;
    this.#report = report;
  }

  start(text: string): void {
    this.#text = text;
    this.#at = 0;
    this.#lineStart = 0;
    this.#nextLine = 0;
    this.#feed = -1;
  }

  /** Where a field begins: its line counted from 0 in the text, its column from 1. For messages. */
  positionOf(field: number): { readonly line: number; readonly column: number } {
    const start = this.starts[field] ?? 0;
    const before = this.#text.slice(this.#recordStart, start);
    const lines = before.split('\n');
    return { line: this.line + lines.length - 1, column: (lines.at(-1)?.length ?? 0) + 1 };
  }

  /** A field's text, with doubled quotes made single. */
  field(index: number): string {
    const field = this.#text.substring(this.starts[index] ?? 0, this.ends[index] ?? 0);
    return this.doubled[index] === true ? field.replaceAll('""', '"') : field;
  }

  /** Moves to the next record that is not a blank line; false at the end of the text. */
  next(): boolean {
    const text = this.#text;
    const delimiter = this.#delimiter;
    for (;;) {
      if (this.#at >= text.length) return false;
      if (!this.#skipBlankLine()) break;
    }
    this.line = this.#nextLine;
    this.#recordStart = this.#at;
    let count = 0;
    let at = this.#at;
    for (;;) {
      const opensQuote = this.#quoted && text.charCodeAt(at) === quote;
      const end = opensQuote ? this.#quotedField(at, count) : this.#plainField(at, count);
      count++;
      if (text.charCodeAt(end) !== delimiter) {
        this.#at = this.#endRecord(end);
        this.count = count;
        return true;
      }
      at = end + 1;
    }
  }

  /**
   * Goes behind the record in which something is wrong, and gives its text and the number of its lines. One that is no record by RFC 4180 ends where no field is open any more; each of its
   * lines may have been a record.
   */
  skipRecord(): { readonly raw: string; readonly rows: number } {
    const start = this.#recordStart;
    // `next` moves on when it has found all fields of a record.
    const isWhole = this.#at > start;
    if (!isWhole) this.#at = recordEnd(this.#text, start, this.#quoted ? this.#delimiter : undefined);
    const record = this.#text.slice(start, this.#at);
    const raw = record.replace(/\r?\n$/, '');
    const lines = raw.split('\n').length;
    if (isWhole) return { raw, rows: 1 };
    this.#nextLine = this.line + lines - (raw === record ? 1 : 0);
    this.#lineStart = this.#at;
    this.#feed = -1;
    return { raw, rows: lines };
  }

  #skipBlankLine(): boolean {
    const code = this.#text.charCodeAt(this.#at);
    const feed = code === carriageReturn ? this.#at + 1 : this.#at;
    if (this.#text.charCodeAt(feed) !== lineFeed) return false;
    this.#at = this.#endRecord(this.#at);
    return true;
  }

  /** Returns where the field ends: at a delimiter, a line end or the end of the text. */
  #plainField(start: number, field: number): number {
    const text = this.#text;
    const delimiter = this.#delimiter;
    const lastSpecial = this.#lastSpecial;
    let at = start;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code > lastSpecial) continue;
      if (code === delimiter || code === lineFeed || code === carriageReturn) break;
      if (code === quote && this.#quoted) this.#fail(at, 'a quote inside a field that is not quoted', bareQuoteHint);
    }
    this.starts[field] = start;
    this.ends[field] = at;
    this.doubled[field] = false;
    return at;
  }

  #quotedField(open: number, field: number): number {
    const text = this.#text;
    let doubled = false;
    let close = text.indexOf('"', open + 1);
    while (close >= 0 && text.charCodeAt(close + 1) === quote) {
      doubled = true;
      close = text.indexOf('"', close + 2);
    }
    if (close < 0)
      this.#fail(
        open,
        'a quoted field that begins here is never closed',
        'Close the quote; double a quote that is part of the field.',
      );
    this.#countLines(open, close);
    const end = close + 1;
    const code = text.charCodeAt(end);
    if (end < text.length && code !== this.#delimiter && code !== lineFeed && code !== carriageReturn) {
      this.#fail(
        end,
        `${JSON.stringify(text.charAt(end))} after the closing quote of a field`,
        'Double a quote that is part of the field.',
        'a character after the closing quote of a field',
      );
    }
    this.starts[field] = open + 1;
    this.ends[field] = close;
    this.doubled[field] = doubled;
    return end;
  }

  /** Counts the lines that end inside a quoted field. Each line feed is looked for once. */
  #countLines(from: number, to: number): void {
    if (this.#feed < from) this.#feed = this.#feedAfter(from);
    while (this.#feed < to) {
      this.#nextLine++;
      this.#lineStart = this.#feed + 1;
      this.#feed = this.#feedAfter(this.#lineStart);
    }
  }

  #feedAfter(from: number): number {
    const feed = this.#text.indexOf('\n', from);
    return feed < 0 ? Number.POSITIVE_INFINITY : feed;
  }

  /** `at` is at a line end or the end of the text; returns the start of the next record. */
  #endRecord(at: number): number {
    if (at >= this.#text.length) return at;
    const feed = this.#text.charCodeAt(at) === carriageReturn ? at + 1 : at;
    if (this.#text.charCodeAt(feed) !== lineFeed) {
      this.#fail(at, 'a carriage return without a line feed', 'End lines with LF or CRLF, or quote the field.');
    }
    this.#nextLine++;
    this.#lineStart = feed + 1;
    return feed + 1;
  }

  #fail(at: number, what: string, hint: string, reason?: string): never {
    return this.#report(this.#nextLine, at - this.#lineStart + 1, what, hint, reason);
  }
}

const bareQuoteHint =
  'Quote the whole field and double the quote; where quotes mean nothing in this file, read it with { quotes: false }.';
