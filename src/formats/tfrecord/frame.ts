import { extendCrc32c, extendCrc32cByWord, maskCrc32c, maskedCrc32c, shiftCrc32c } from '../../core/checksum/index.js';

/**
 * A TFRecord file is a row of frames (tensorflow/core/lib/io/record_writer.h), little-endian:
 *
 *     u64 length, u32 masked CRC-32C of the length, the record, u32 masked CRC-32C of the record
 */
export const frameHeaderBytes = 12;
export const frameFooterBytes = 4;
export const frameOverheadBytes = frameHeaderBytes + frameFooterBytes;

const lengthBytes = new Uint8Array(8);
const lengthView = new DataView(lengthBytes.buffer);

/** Masked CRCs of the lengths below its size, 0 where not known yet: most records are short, and 8 bytes of CRC cost as much as 40 look-ups. */
const knownLengthCrcs = new Uint32Array(8192);

/** The masked CRC-32C of a frame's length. */
export function lengthCrc(length: number): number {
  if (length < knownLengthCrcs.length) {
    const known = knownLengthCrcs[length] as number;
    if (known !== 0) return known;
  }
  lengthView.setBigUint64(0, BigInt(length), true);
  const crc = maskedCrc32c(lengthBytes);
  if (length < knownLengthCrcs.length) knownLengthCrcs[length] = crc;
  return crc;
}

const header = new DataView(new ArrayBuffer(frameHeaderBytes));
/** The headers' shares of the lengths below its size, 0 where not known yet. */
const knownHeaderShares = new Int32Array(knownLengthCrcs.length);

/**
 * Adds the checksums to frames that lie back to back in bytes `0 .. end` of a view, with nothing but their lengths and records yet; returns the CRC-32C of all of
 * it, joined from theirs: 90 ns for a record of 160 bytes, where its own CRC takes 70 and going over its frame once more would take another 70.
 *
 * Frames are sealed a buffer at a time: the tables stay in the first-level cache, and what was stored byte by byte has reached it before it is read as words.
 */
export function sealFrames(view: DataView, end: number): number {
  let whole = 0;
  for (let frame = 0; frame < end; ) {
    const length = lengthAt(view, frame);
    const start = frame + frameHeaderBytes;
    const footer = start + length;
    const crc = extendCrc32c(0, view, start, footer);
    const masked = maskCrc32c(crc);
    view.setUint32(frame + 8, lengthCrc(length), true);
    view.setUint32(footer, masked, true);
    whole = shiftCrc32c(whole, length + frameOverheadBytes) ^ extendCrc32cByWord(headerShare(length) ^ crc, masked);
    frame = footer + frameFooterBytes;
  }
  return whole;
}

/** A small integer, wherever it is one: the places that are reckoned from it stay integers too, which a fifth of the time of sealing hangs on. */
function lengthAt(view: DataView, frame: number): number {
  const low = view.getInt32(frame, true);
  return low >= 0 && view.getInt32(frame + 4, true) === 0 ? low : Number(view.getBigUint64(frame, true));
}

/** What a header adds to its record's CRC, to make that of both. */
function headerShare(length: number): number {
  if (length < knownHeaderShares.length) {
    const known = knownHeaderShares[length] as number;
    if (known !== 0) return known;
  }
  header.setBigUint64(0, BigInt(length), true);
  header.setUint32(8, lengthCrc(length), true);
  const share = shiftCrc32c(extendCrc32c(0, header, 0, frameHeaderBytes), length);
  if (length < knownHeaderShares.length) knownHeaderShares[length] = share;
  return share;
}
