import { type Quote, quotedText } from '../scaffold/code-text.js';
import type { Range, VersionsLiteral } from './versions-literal.js';

/** An edit that only adds. */
export interface Insertion {
  /** Offset in the text, in UTF-16 units. */
  readonly at: number;
  readonly text: string;
}

/**
 * What adds a version before the others, written as they are: on a line of its own where they are, with their indentation, quotes, colons and line breaks. Everything else stays as it is.
 */
export function insertVersion(code: string, literal: VersionsLiteral, version: string, note: string): Insertion {
  const [{ key, value }] = literal.entries;
  const colon = code.slice(key.end, value.start);
  const quote = quoteAt(code, key.start);
  const noteQuote = quoteFor(note, quoteOfNotes(code, literal) ?? quote);
  const entry = `${quotedText(version, quote)}${/^[ \t]*:[ \t]*$/.test(colon) ? colon : ': '}${quotedText(note, noteQuote)}`;
  const { start: after, end: at } = beforeFirst(code, literal);
  const space = code.slice(after, at);
  const lineStart = space.lastIndexOf('\n');
  if (lineStart < 0) return { at, text: `${entry}${separator(code, literal)}` };
  const lineBreak = space[lineStart - 1] === '\r' ? '\r\n' : '\n';
  return { at, text: `${entry},${lineBreak}${space.slice(lineStart + 1)}` };
}

function quoteAt(code: string, offset: number): Quote {
  return code[offset] === '"' ? '"' : "'";
}

/** That of a note without quotes, for which a formatter has no reason to take another. */
function quoteOfNotes(code: string, { entries }: VersionsLiteral): Quote | undefined {
  const plain = entries.find(({ value }) => value.isText && !/['"]/.test(code.slice(value.start + 1, value.end - 1)));
  return plain && quoteAt(code, plain.value.start);
}

/** As formatters have it: the other one where that saves escapes. */
function quoteFor(note: string, usual: Quote): Quote {
  const other = usual === '"' ? "'" : '"';
  return note.includes(usual) && !note.includes(other) ? other : usual;
}

/**
 * The white space before the first version, or before a comment above it, which is its own. A comment that begins on the line of the brace belongs to all versions.
 */
function beforeFirst(code: string, { begin, comments, entries: [first] }: VersionsLiteral): Range {
  let after = begin;
  for (const { start, end } of comments) {
    if (start < after || start > first.start) continue;
    if (code.slice(after, start).includes('\n')) return { start: after, end: start };
    after = end;
  }
  return { start: after, end: first.start };
}

/** Between two versions that stand on one line, or as they have it. */
function separator(code: string, { entries: [first, second] }: VersionsLiteral): string {
  const between = second === undefined ? '' : code.slice(first.end, second.start);
  return /^\s*,\s*$/.test(between) ? between : ', ';
}
