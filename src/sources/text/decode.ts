import { isAscii, isUtf8 } from 'node:buffer';
import { malformedText } from '../malformed.js';

/**
 * Text of a chunk of whole records.
 *
 * @param firstLine line of the chunk's first byte, asked only when the chunk is malformed
 * @param firstColumn its column
 * @throws DatasetsError SOURCE_MALFORMED at the first byte that is not UTF-8
 */
export function decodeChunk(chunk: Buffer, file: string, firstLine: () => number, firstColumn = 1): string {
  // 'latin1' gives a one-byte string at memory speed; for ASCII it is the same text.
  if (isAscii(chunk)) return chunk.toString('latin1');
  if (isUtf8(chunk)) return chunk.toString('utf8');
  const offset = firstInvalidByte(chunk);
  const before = chunk.subarray(0, offset);
  const lineStart = before.lastIndexOf(0x0a) + 1;
  const line = firstLine() + countLineFeeds(before);
  const column = before.subarray(lineStart).toString('utf8').length + (lineStart === 0 ? firstColumn : 1);
  const hex = (chunk[offset] ?? 0).toString(16).padStart(2, '0');
  throw malformedText(file, { line, column }, `byte 0x${hex} is not valid UTF-8`, {
    hint: looksLikeUtf16(chunk)
      ? 'The file looks like UTF-16; write it as UTF-8.'
      : 'Write the file as UTF-8, e.g. with iconv.',
  });
}

const byteOrderMark = [0xef, 0xbb, 0xbf] as const;

/** Bytes of the byte order mark that a file begins with: 0 or 3. */
export function byteOrderMarkBytes(start: Uint8Array): number {
  return byteOrderMark.every((byte, i) => start[i] === byte) ? byteOrderMark.length : 0;
}

export function countLineFeeds(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) count++;
  return count;
}

function looksLikeUtf16(chunk: Buffer): boolean {
  const first = chunk.readUInt16BE(0);
  return first === 0xfffe || first === 0xfeff;
}

/** The offset of the first byte that begins no valid character. Bisects, since a longer prefix of invalid bytes stays invalid. */
function firstInvalidByte(chunk: Buffer): number {
  let valid = 0;
  let invalid = chunk.length;
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    if (isValidPrefix(chunk.subarray(0, middle))) valid = middle;
    else invalid = middle;
  }
  // `valid` bytes begin no error, the next one does; go back to the start of the character it was part of.
  let start = valid;
  while (start > 0 && start > valid - 3 && !isUtf8(chunk.subarray(0, start))) start--;
  return start;
}

/** Whether bytes are valid UTF-8, save that the last character may be incomplete. */
function isValidPrefix(bytes: Buffer): boolean {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    decoder.decode(bytes, { stream: true });
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
