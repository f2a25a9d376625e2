import { maskedCrc32c } from '../../core/checksum/index.js';

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
