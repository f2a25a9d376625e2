import { deflateSync } from 'node:zlib';
import { crc32 } from './crc32.js';
import { pngSignature } from './inspect-image.js';
import { rowFilters } from './png-filters.js';
import { SmallDeflate, smallDeflateBytes } from './small-deflate.js';

/** Raised whenever the bytes that it makes for the same pixels change: it is part of `imageEncoders`. */
export const pngEncoderVersion = 2;

export interface PngPixels {
  /** Row-major; 16-bit values in host order. */
  readonly data: Uint8Array | Uint16Array;
  readonly height: number;
  readonly width: number;
  /** 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA. */
  readonly channels: number;
}

/** Up to this size filters don't pay: digits and icons have no gradients, and choosing costs more than deflating. */
const smallImageBytes = smallDeflateBytes;
const colourTypes: readonly number[] = [0, 0, 4, 2, 6];

/**
 * Encodes pixels as PNG: 8 or 16 bit, not interlaced. The same pixels give the same bytes with the same zlib.
 *
 * Small images are deflated in a way made for them (28 x 28 grey: 7 us and 268 bytes, against 50 us and 277 bytes of
 * tf.io.encode_png); larger ones get the filter with the smallest sum of differences for each row.
 *
 * @param filtered false for images whose values are no intensities (labels): filters make those larger
 */
export function encodePng({ data, height, width, channels }: PngPixels, filtered = true): Uint8Array {
  const raw = data instanceof Uint16Array ? bigEndian(data) : data;
  const step = channels * data.BYTES_PER_ELEMENT;
  const rowBytes = width * step;
  const rows =
    raw.length <= smallImageBytes || !filtered
      ? unfiltered(raw, rowBytes, height)
      : filteredRows(raw, rowBytes, height, step);
  return frame(deflate(rows), height, width, data.BYTES_PER_ELEMENT * 8, colourTypes[channels] ?? 0);
}

/** More than zlib adds to what it can't compress: header, trailer and a few bytes a block. */
const deflateOverheadBytes = 64;

const smallDeflate = new SmallDeflate();

function deflate(rows: Uint8Array): Uint8Array {
  if (rows.length > smallImageBytes) return deflateSync(rows);
  const small = smallDeflate.deflate(rows);
  // Drawings. What has few repeats (photographs) is better off with codes for its own frequencies.
  if (small.length <= rows.length / 2) return small;
  // A window no larger than the data; memLevel 4 clears 8 KiB of hash table instead of 128 KiB; one chunk that takes the result, where
  // 16 KiB a call keep the collector busy. Level 3 instead of 6: a quarter faster.
  const windowBits = rows.length <= 1024 ? 10 : rows.length <= 2048 ? 11 : 13;
  return deflateSync(rows, { level: 3, windowBits, memLevel: 4, chunkSize: rows.length + deflateOverheadBytes });
}

function unfiltered(raw: Uint8Array, rowBytes: number, height: number): Uint8Array {
  const rows = new Uint8Array((rowBytes + 1) * height);
  for (let row = 0; row < height; row++) {
    rows.set(raw.subarray(row * rowBytes, (row + 1) * rowBytes), row * (rowBytes + 1) + 1);
  }
  return rows;
}

function filteredRows(raw: Uint8Array, rowBytes: number, height: number, step: number): Uint8Array {
  const rows = new Uint8Array((rowBytes + 1) * height);
  const zeros = new Uint8Array(rowBytes);
  let best = new Uint8Array(rowBytes);
  let tried = new Uint8Array(rowBytes);
  for (let row = 0; row < height; row++) {
    const start = row * rowBytes;
    const [above, aboveStart] = row === 0 ? [zeros, 0] : [raw, start - rowBytes];
    const toFilter = { raw, start, rowBytes, step, above, aboveStart };
    const to = row * (rowBytes + 1);
    let smallest = Infinity;
    for (const [filter, apply] of rowFilters) {
      const sum = apply(toFilter, tried);
      if (sum >= smallest) continue;
      smallest = sum;
      rows[to] = filter;
      [best, tried] = [tried, best];
    }
    rows.set(best, to + 1);
  }
  return rows;
}

/** PNG holds 16-bit values with the high byte first (specification, section 7.1). */
function bigEndian(data: Uint16Array): Uint8Array {
  const bytes = new Uint8Array(data.length * 2);
  for (let index = 0; index < data.length; index++) {
    const value = data[index] ?? 0;
    bytes[index * 2] = value >>> 8;
    bytes[index * 2 + 1] = value;
  }
  return bytes;
}

const chunkBytes = 12;
const headerBytes = 13;

/** Signature, IHDR, one IDAT, IEND (PNG specification, section 5). */
function frame(deflated: Uint8Array, height: number, width: number, bitDepth: number, colourType: number): Uint8Array {
  const bytes = new Uint8Array(8 + chunkBytes + headerBytes + chunkBytes + deflated.length + chunkBytes);
  const view = new DataView(bytes.buffer);
  bytes.set(pngSignature);
  view.setUint32(16, width);
  view.setUint32(20, height);
  bytes[24] = bitDepth;
  bytes[25] = colourType;
  let at = finishChunk(bytes, view, 8, 0x49484452, headerBytes); // IHDR
  bytes.set(deflated, at + 8);
  at = finishChunk(bytes, view, at, 0x49444154, deflated.length); // IDAT
  finishChunk(bytes, view, at, 0x49454e44, 0); // IEND
  return bytes;
}

/** Puts length, type and CRC around content that lies at `at + 8` and returns where the next chunk starts. */
function finishChunk(bytes: Uint8Array, view: DataView, at: number, type: number, contentBytes: number): number {
  view.setUint32(at, contentBytes);
  view.setUint32(at + 4, type);
  const end = at + 8 + contentBytes;
  view.setUint32(end, crc32(bytes, at + 4, end));
  return end + 4;
}
