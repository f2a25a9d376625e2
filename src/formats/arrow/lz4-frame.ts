const frameMagic = 0x184d_2204;

/**
 * Restores what an LZ4 frame holds (github.com/lz4/lz4, doc/lz4_Frame_format.md), as Arrow compresses its buffers. The blocks of a frame may refer to those before them, so they can't be
 * restored one by one, as hyparquet-compressors does it. Checksums are not verified.
 *
 * @param bytes what it holds
 * @throws RangeError for what is no whole frame of so many bytes
 */
export function decompressLz4Frame(frame: Uint8Array, bytes: number): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.getUint32(0, true) !== frameMagic) throw new RangeError('a buffer that is no LZ4 frame');
  const flags = view.getUint8(4);
  const blockChecksumBytes = (flags & 0x10) !== 0 ? 4 : 0;
  const contentSizeBytes = (flags & 0x08) !== 0 ? 8 : 0;
  const dictionaryIdBytes = (flags & 0x01) !== 0 ? 4 : 0;
  const restored = new Uint8Array(bytes);
  let filled = 0;
  for (let at = 7 + contentSizeBytes + dictionaryIdBytes; ; ) {
    const size = view.getUint32(at, true);
    at += 4;
    if (size === 0) break;
    const end = at + (size & 0x7fff_ffff);
    if (end > frame.length) throw new RangeError('an LZ4 frame that is cut short');
    filled =
      size >>> 31 === 1 ? copyBlock(frame, at, end, restored, filled) : restoreBlock(frame, at, end, restored, filled);
    at = end + blockChecksumBytes;
  }
  if (filled !== bytes) throw new RangeError(`an LZ4 frame of ${filled} bytes where ${bytes} are promised`);
  return restored;
}

function copyBlock(frame: Uint8Array, from: number, to: number, target: Uint8Array, filled: number): number {
  if (filled + to - from > target.length) throw tooLong();
  target.set(frame.subarray(from, to), filled);
  return filled + to - from;
}

/** Matches and literals shorter than this are copied byte by byte, which a call costs more than. */
const shortCopy = 24;

/** doc/lz4_Block_format.md; returns how much of the target is filled. */
function restoreBlock(frame: Uint8Array, from: number, to: number, target: Uint8Array, before: number): number {
  let filled = before;
  for (let at = from; at < to; ) {
    const token = frame[at++] as number;
    let literals = token >> 4;
    if (literals === 15) for (let more = 255; more === 255; literals += more) more = frame[at++] as number;
    if (!(at + literals <= to)) throw cutShort();
    if (filled + literals > target.length) throw tooLong();
    if (literals < shortCopy) for (let i = 0; i < literals; i++) target[filled + i] = frame[at + i] as number;
    else target.set(frame.subarray(at, at + literals), filled);
    filled += literals;
    at += literals;
    // The last sequence has literals alone.
    if (at === to) break;
    const distance = (frame[at] as number) | ((frame[at + 1] as number) << 8);
    at += 2;
    let length = (token & 15) + 4;
    if (length === 19) for (let more = 255; more === 255; length += more) more = frame[at++] as number;
    if (at > to) throw cutShort();
    if (distance === 0 || distance > filled) throw new RangeError('an LZ4 block that refers to what is not there');
    if (filled + length > target.length) throw tooLong();
    const source = filled - distance;
    if (length < shortCopy || distance < length) {
      for (let i = 0; i < length; i++) target[filled + i] = target[source + i] as number;
    } else target.copyWithin(filled, source, source + length);
    filled += length;
  }
  return filled;
}

function tooLong(): RangeError {
  return new RangeError('an LZ4 frame that holds more than is promised');
}

function cutShort(): RangeError {
  return new RangeError('an LZ4 block that is cut short');
}
