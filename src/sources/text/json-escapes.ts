import type { SideBuffer } from '../columns/side-buffer.js';

const backslash = 0x5c;
const lowerU = 0x75;

/** What the letter behind a backslash stands for; 0 for none. */
const simpleEscapes = new Uint8Array(256);
for (const [letter, character] of Object.entries({ b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' })) {
  simpleEscapes[letter.charCodeAt(0)] = character.charCodeAt(0);
}
for (const character of '"\\/') simpleEscapes[character.charCodeAt(0)] = character.charCodeAt(0);

/**
 * Appends to `side` the UTF-8 of a JSON string whose inside is `bytes[from .. to)`. False where an escape is none of JSON's, or half of a character (a lone surrogate), which has no UTF-8.
 */
export function unescapeJson(bytes: Uint8Array, from: number, to: number, side: SideBuffer): boolean {
  // No escape is shorter than what it stands for.
  side.reserve(to - from);
  const target = side.bytes;
  let end = side.used;
  for (let at = from; at < to; ) {
    const byte = bytes[at] as number;
    if (byte !== backslash) {
      target[end++] = byte;
      at++;
      continue;
    }
    const letter = bytes[at + 1] as number;
    const simple = simpleEscapes[letter] as number;
    if (simple !== 0) {
      target[end++] = simple;
      at += 2;
      continue;
    }
    const code = letter === lowerU ? codePointAt(bytes, at) : -1;
    if (code < 0) return false;
    end = putCodePoint(target, end, code);
    at += code > 0xffff ? 12 : 6;
  }
  side.used = end;
  return true;
}

/** The character that one escape `\uXXXX`, or a pair of them, stands for; -1 where it is none. */
function codePointAt(bytes: Uint8Array, at: number): number {
  const first = hexadecimal(bytes, at + 2);
  if (first < 0xd800 || first > 0xdfff) return first;
  if (first > 0xdbff || bytes[at + 6] !== backslash || bytes[at + 7] !== lowerU) return -1;
  const second = hexadecimal(bytes, at + 8);
  if (second < 0xdc00 || second > 0xdfff) return -1;
  return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
}

/** Four hexadecimal digits; -1 where they are none. A quote, which ends each string, is none. */
function hexadecimal(bytes: Uint8Array, from: number): number {
  let value = 0;
  for (let at = from; at < from + 4; at++) {
    const byte = bytes[at] as number;
    const letter = byte | 0x20;
    if (byte >= 0x30 && byte <= 0x39) value = value * 16 + byte - 0x30;
    else if (letter >= 0x61 && letter <= 0x66) value = value * 16 + letter - 0x57;
    else return -1;
  }
  return value;
}

/** Writes UTF-8 (RFC 3629); returns where it ends. */
function putCodePoint(target: Uint8Array, at: number, code: number): number {
  if (code < 0x80) {
    target[at] = code;
    return at + 1;
  }
  if (code < 0x800) {
    target[at] = 0xc0 | (code >> 6);
    target[at + 1] = 0x80 | (code & 0x3f);
    return at + 2;
  }
  if (code < 0x10000) {
    target[at] = 0xe0 | (code >> 12);
    target[at + 1] = 0x80 | ((code >> 6) & 0x3f);
    target[at + 2] = 0x80 | (code & 0x3f);
    return at + 3;
  }
  target[at] = 0xf0 | (code >> 18);
  target[at + 1] = 0x80 | ((code >> 12) & 0x3f);
  target[at + 2] = 0x80 | ((code >> 6) & 0x3f);
  target[at + 3] = 0x80 | (code & 0x3f);
  return at + 4;
}
