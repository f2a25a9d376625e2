import type { ByteInput } from './byte-input.js';
import { type ArchivePlace, damaged, unsafe } from './member.js';

/** https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06 */
export const blockBytes = 512;
/** Long names and other attributes take far less. */
const maxExtensionBytes = 1 << 20;

export interface Header {
  readonly name: Uint8Array;
  readonly type: string;
  readonly size: number;
}

/** What extended headers say in place of the plain one. */
export interface Overrides {
  readonly path?: Uint8Array;
  readonly size?: number;
}

export function parseHeader(block: Buffer, place: ArchivePlace): Header {
  checkSum(block, place);
  const isPosix = block.toString('latin1', 257, 263) === 'ustar\0';
  const name = untilZero(block.subarray(0, 100));
  // GNU tar uses the place of the prefix for something else.
  const prefix = isPosix ? untilZero(block.subarray(345, 500)) : new Uint8Array(0);
  return {
    name: prefix.length === 0 ? name : Buffer.concat([prefix, Buffer.from('/'), name]),
    type: String.fromCharCode(block[156] ?? 0),
    size: parseNumber(block.subarray(124, 136), place),
  };
}

/** The sum of all bytes, its own field as spaces; old programs took the bytes as signed. */
function checkSum(block: Buffer, place: ArchivePlace): void {
  let unsigned = 0;
  let signed = 0;
  block.forEach((byte, index) => {
    const value = index >= 148 && index < 156 ? 0x20 : byte;
    unsigned += value;
    signed += value > 127 ? value - 256 : value;
  });
  const expected = parseNumber(block.subarray(148, 156), place);
  if (expected !== unsigned && expected !== signed) throw damaged(place, 'it is no tar file, or a header is broken');
}

/** Octal digits, or, as GNU tar writes large ones, a number in base 256 with the first bit set. */
function parseNumber(field: Uint8Array, place: ArchivePlace): number {
  const [first = 0] = field;
  if (first === 0x80) {
    const value = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0);
    if (Number.isSafeInteger(value)) return value;
  }
  const text = Buffer.from(untilZero(field)).toString('latin1').trim();
  if (first < 0x80 && /^[0-7]*$/.test(text)) return text === '' ? 0 : Number.parseInt(text, 8);
  throw damaged(place, 'a header has a number that is none');
}

export function untilZero(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}

/** How many bytes fill the last block of a content. */
export function fillingOf(size: number): number {
  return (blockBytes - (size % blockBytes)) % blockBytes;
}

/** The content of a header that speaks of the next one. */
export async function takeExtension(input: ByteInput, { size }: Header, place: ArchivePlace): Promise<Buffer> {
  if (size > maxExtensionBytes) throw damaged(place, `a header is ${size} bytes large`);
  const bytes = await input.take(size);
  await input.skip(fillingOf(size));
  if (bytes.length < size) throw damaged(place, 'it ends in the middle of a header');
  return bytes;
}

/** Records `<length> <key>=<value>\n`, the length being that of the whole record in bytes. */
export function parsePax(bytes: Buffer, place: ArchivePlace): Overrides {
  let overrides: Overrides = {};
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const digits = space < 0 ? '' : bytes.toString('latin1', at, space);
    const end = at + Number(digits);
    const equals = bytes.indexOf(0x3d, space);
    const isRecord = /^[1-9]\d{0,8}$/.test(digits) && equals > space && equals < end && bytes[end - 1] === 0x0a;
    if (!isRecord) throw damaged(place, 'an extended header is broken');
    const key = bytes.toString('utf8', space + 1, equals);
    const value = bytes.subarray(equals + 1, end - 1);
    if (key.startsWith('GNU.sparse.')) throw unsafe(place.archive, 'it holds a sparse file');
    if (key === 'path') overrides = { ...overrides, path: value };
    if (key === 'size') overrides = { ...overrides, size: paxSize(value.toString('latin1'), place) };
    at = end;
  }
  return overrides;
}

function paxSize(text: string, place: ArchivePlace): number {
  const size = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(size)) return size;
  throw damaged(place, 'an extended header has a size that is none');
}
