import { DatasetsError } from '../core/errors/index.js';
import { rowHeaderBytes, rowWords } from './row-layout.js';

const utf8 = new TextEncoder();
/** Rows address their bytes with u32 words, and a Uint8Array beyond this would not fit any arena. */
const maxArenaBytes = 2 ** 31;

/**
 * A growing buffer that rows are appended to, one after the other.
 *
 * It grows when a row needs more than is left, so a row of any size fits; its owner looks at `position` after each row and spills when it
 * has passed its limit. `bytes` and `view` are replaced when it grows: read them anew after each call that may append.
 */
export class RowArena {
  bytes: Uint8Array<ArrayBuffer>;
  view: DataView<ArrayBuffer>;
  /** Where the next byte goes; a multiple of 4 between rows. */
  position = 0;

  constructor(capacityBytes: number) {
    this.bytes = new Uint8Array(capacityBytes);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Makes room for `extraBytes` beyond `position`. */
  ensure(extraBytes: number): void {
    if (this.position + extraBytes > this.bytes.length) this.#grow(this.position + extraBytes);
  }

  #grow(neededBytes: number): void {
    if (neededBytes > maxArenaBytes) {
      throw new DatasetsError('EXAMPLE_INVALID', `an example needs more than ${maxArenaBytes} bytes of buffer`, {
        hint: 'Store large values as files and keep their paths, or split the example.',
      });
    }
    const bytes = new Uint8Array(Math.min(maxArenaBytes, Math.max(neededBytes, this.bytes.length * 2)));
    bytes.set(this.bytes.subarray(0, this.position));
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }
}

/**
 * Completes the row that a `RowEncoder` has just appended at `rowStart`: appends the key and the padding, and fills in the words for row
 * bytes, ordinal and key bytes. The key's bytes then lie at `arena.position - align4(keyBytes)`; the hash (words 0..3) is the caller's.
 *
 * @param key Text is stored as UTF-8, integers as decimal text (as tfds hashes them), bytes as they are.
 * @returns the number of key bytes.
 */
export function finishRow(
  arena: RowArena,
  rowStart: number,
  ordinal: number,
  key: string | number | bigint | Uint8Array,
): number {
  // The key is padded on its own: its start follows from the row's end and its length alone.
  arena.position = appendPadding(arena, arena.position);
  return completeRow(arena, rowStart, ordinal, appendKey(arena, key));
}

/** The same for a key that is text, mostly a short one, whose UTF-8 lies at `source[from .. to)`. */
export function finishRowWithText(
  arena: RowArena,
  rowStart: number,
  ordinal: number,
  source: Uint8Array,
  from: number,
  to: number,
): number {
  arena.position = appendPadding(arena, arena.position);
  arena.ensure(to - from + 4);
  const { bytes, position } = arena;
  for (let i = from, at = position; i < to; i++, at++) bytes[at] = source[i] as number;
  return completeRow(arena, rowStart, ordinal, to - from);
}

/** Pads the key that was just written at the arena's position, and fills in the header. */
function completeRow(arena: RowArena, rowStart: number, ordinal: number, keyBytes: number): number {
  const end = appendPadding(arena, arena.position + keyBytes);
  const { view } = arena;
  view.setUint32(rowStart + rowWords.rowBytes * 4, end - rowStart, true);
  view.setUint32(rowStart + rowWords.ordinal * 4, ordinal, true);
  view.setUint32(rowStart + rowWords.keyBytes * 4, keyBytes, true);
  arena.position = end;
  return keyBytes;
}

/** Zeroes up to the next multiple of 4 after `position` and returns it. */
function appendPadding(arena: RowArena, position: number): number {
  const end = (position + 3) & ~3;
  if (end > arena.bytes.length) arena.ensure(end - arena.position);
  const { bytes } = arena;
  for (let at = position; at < end; at++) bytes[at] = 0;
  return end;
}

function appendKey(arena: RowArena, key: string | number | bigint | Uint8Array): number {
  if (typeof key === 'number' && key >= 0 && key <= 0x7fffffff && (key | 0) === key) return appendDigits(arena, key);
  if (typeof key === 'object') {
    arena.ensure(key.length + 4);
    arena.bytes.set(key, arena.position);
    return key.length;
  }
  return appendText(arena, typeof key === 'string' ? key : key.toString());
}

/** `00` to `99`, each as the number of its two bytes, the first in the low one. */
const digitPairs = Uint16Array.from({ length: 100 }, (_, n) => 0x3030 + Math.floor(n / 10) + ((n % 10) << 8));

function appendDigits(arena: RowArena, key: number): number {
  const digits = digitCount(key);
  arena.ensure(digits + 4);
  const { bytes, view, position } = arena;
  let rest = key;
  let at = position + digits;
  for (; rest > 9; at -= 2) {
    const quotient = (rest / 100) | 0;
    view.setUint16(at - 2, digitPairs[rest - quotient * 100] as number, true);
    rest = quotient;
  }
  if (at > position) bytes[position] = 48 + rest;
  return digits;
}

/** Decimal digits of an int32 that is not negative. */
function digitCount(value: number): number {
  if (value < 100_000) return value < 100 ? (value < 10 ? 1 : 2) : value < 10_000 ? (value < 1000 ? 3 : 4) : 5;
  if (value < 10_000_000) return value < 1_000_000 ? 6 : 7;
  return value < 100_000_000 ? 8 : value < 1_000_000_000 ? 9 : 10;
}

function appendText(arena: RowArena, text: string): number {
  arena.ensure(text.length * 3 + 4);
  const { bytes, position } = arena;
  if (text.length <= 40) {
    let at = 0;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code > 127) break;
      bytes[position + at] = code;
    }
    if (at === text.length) return at;
  }
  return utf8.encodeInto(text, bytes.subarray(position)).written;
}

/**
 * Reserves a row's header at the arena's position, which must be a multiple of 4, and returns where the row starts. The header's words are
 * not cleared: the encoder, `finishRow` and the one who hashes the key fill in all eight.
 */
export function startRow(arena: RowArena): number {
  arena.ensure(rowHeaderBytes);
  const start = arena.position;
  arena.position = start + rowHeaderBytes;
  return start;
}
