import { isUtf8 } from 'node:buffer';
import type { RowArena } from '../row-arena.js';
import type { RejectValue } from './append-numbers.js';
import { appendView } from './copy-bytes.js';
import { fieldBytes } from './example-size.js';
import type { ValueAppender } from './field-encoder.js';

const utf8 = new TextEncoder();
/** Up to this length a loop over char codes beats TextEncoder, whose call costs about 150 ns. */
export const shortText = 40;
/** With the flag u, surrogates match only where they are alone. */
const loneSurrogate = /[\ud800-\udfff]/u;

/** What `appendText` returns for a string that has no UTF-8 form: one with a lone surrogate. */
export const malformed = -1;

/**
 * Appends the length and the characters of a short string, when they are ASCII: the common case, in one go. Returns false, and has moved
 * nothing, when they are not.
 */
export function appendAscii(text: string, arena: RowArena): boolean {
  const { length } = text;
  arena.ensure(length + 4);
  const { bytes, position } = arena;
  const start = position + 4;
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) return false;
    bytes[start + index] = code;
  }
  // Short texts have lengths of one byte.
  bytes[position] = length;
  bytes[position + 1] = 0;
  bytes[position + 2] = 0;
  bytes[position + 3] = 0;
  arena.position = start + length;
  return true;
}

/** Appends a string as UTF-8 and returns its bytes, or `malformed` without having moved the position. */
export function appendText(text: string, arena: RowArena): number {
  const { length } = text;
  arena.ensure(length * 3);
  const { bytes, position } = arena;
  if (length <= shortText) {
    let index = 0;
    for (; index < length; index++) {
      const code = text.charCodeAt(index);
      if (code > 0x7f) break;
      bytes[position + index] = code;
    }
    if (index === length) {
      arena.position = position + length;
      return length;
    }
  }
  const { written } = utf8.encodeInto(text, bytes.subarray(position));
  // More bytes than units: it isn't ASCII, so it may hold what encodeInto replaces without a word.
  if (written !== length && loneSurrogate.test(text)) return malformed;
  arena.position = position + written;
  return written;
}

const unicodeText = 'text (a string without lone surrogates, or UTF-8 bytes)';

/** Appends one text, given as a string or as UTF-8 bytes, and returns its bytes, or `malformed` where it is neither. */
export function appendTextValue(value: unknown, arena: RowArena): number {
  if (typeof value === 'string') return appendText(value, arena);
  if (!(value instanceof Uint8Array) || !isUtf8(value)) return malformed;
  appendView(value, arena);
  return value.length;
}

/** Appends one run of bytes and returns its length, or `malformed` where it is none. */
export function appendBytesValue(value: unknown, arena: RowArena): number {
  if (!(value instanceof Uint8Array)) return malformed;
  appendView(value, arena);
  return value.length;
}

export const expectedText = unicodeText;
export const expectedBytes = 'bytes (a Uint8Array)';

/**
 * Appends many texts or runs of bytes: a u32 length for each, then all their bytes. Returns the content of their BytesList.
 */
export function stringAppender(isText: boolean, reject: RejectValue): ValueAppender {
  const appendOne = isText ? appendTextValue : appendBytesValue;
  const expected = isText ? expectedText : expectedBytes;
  return (values, count, arena) => {
    arena.ensure(count * 4);
    let lengthAt = arena.position;
    arena.position += count * 4;
    let listBytes = 0;
    for (let index = 0; index < count; index++, lengthAt += 4) {
      const length = appendOne(values[index], arena);
      if (length === malformed) return reject(values[index], index, expected);
      // Not kept in a variable: the view is another one once the arena has grown.
      arena.view.setUint32(lengthAt, length, true);
      listBytes += fieldBytes(length);
    }
    return listBytes;
  };
}
