import { byteOrderMarkBytes } from './decode.js';

export const openBracket = 0x5b;

/** Index of the first byte of a block that is neither space nor, at the start of a file, of a byte order mark; the block's length when there is none. */
export function firstByte(block: Uint8Array, isFileStart: boolean): number {
  let at = isFileStart ? byteOrderMarkBytes(block) : 0;
  while (at < block.length && isSpace(block[at] as number)) at++;
  return at;
}

/** RFC 8259, 2: what may stand between tokens. */
function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
