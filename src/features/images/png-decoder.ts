import { inflateSync } from 'node:zlib';
import { DatasetsError } from '../../core/errors/index.js';
import { imageFormat, pngChannels } from './inspect-image.js';
import { unfilter } from './png-filters.js';

/** Decoded pixels, row-major, in the channels of the file (a palette as RGB, or RGBA with transparency). */
export interface DecodedPng {
  readonly data: Uint8Array | Uint16Array;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

interface Png {
  readonly width: number;
  readonly height: number;
  readonly bitDepth: number;
  readonly colourType: number;
  readonly palette: Uint8Array | undefined;
  readonly transparency: Uint8Array | undefined;
  readonly deflated: Uint8Array;
}

/**
 * Decodes a PNG: every colour type and bit depth, not interlaced. 1, 2 and 4 bit grey is scaled to 8 bit, as TensorFlow does.
 *
 * @throws {DatasetsError} DATA_CORRUPT for a damaged file, UNSUPPORTED for an interlaced one
 */
export function decodePng(bytes: Uint8Array): DecodedPng {
  const png = readChunks(bytes);
  const samples = pngChannels[png.colourType] ?? 0;
  const storedChannels = png.colourType === 3 ? 1 : samples;
  const rowBytes = Math.ceil((png.width * storedChannels * png.bitDepth) / 8);
  const expected = (rowBytes + 1) * png.height;
  const rows = inflate(png.deflated, expected);
  const raw = unfilter(rows, rowBytes, png.height, Math.max(1, (storedChannels * png.bitDepth) >> 3));
  if (raw === undefined) throw corrupt('it has a row with an unknown filter');
  const { width, height } = png;
  if (png.colourType === 3) return { ...applyPalette(png, raw, rowBytes), width, height };
  return { data: toSamples(png, raw, rowBytes), width, height, channels: samples };
}

function readChunks(bytes: Uint8Array): Png {
  if (imageFormat(bytes) !== 'png' || bytes.length < 33) throw corrupt('it does not start as a PNG does');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array[] = [];
  let palette: Uint8Array | undefined;
  let transparency: Uint8Array | undefined;
  for (let at = 8; ; ) {
    if (at + 12 > bytes.length) throw corrupt('it is cut off');
    const length = view.getUint32(at);
    const content = bytes.subarray(at + 8, at + 8 + length);
    if (content.length < length) throw corrupt('it is cut off');
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (type === 'PLTE') palette = content;
    else if (type === 'tRNS') transparency = content;
    else if (type === 'IDAT') parts.push(content);
    else if (type === 'IEND') break;
    at += length + 12;
  }
  const colourType = view.getUint8(25);
  const bitDepth = view.getUint8(24);
  if (!allowedDepths[colourType]?.includes(bitDepth)) {
    throw corrupt(`it has colour type ${colourType} with ${bitDepth} bits, which PNG hasn't`);
  }
  if (view.getUint8(28) !== 0) {
    throw new DatasetsError('UNSUPPORTED', 'an interlaced PNG image is not decoded here', {
      hint: 'Store it without interlacing; until then, take `encoded` and decode it with another library.',
    });
  }
  const [first] = parts;
  const deflated = parts.length === 1 && first !== undefined ? first : Buffer.concat(parts);
  return {
    width: view.getUint32(16),
    height: view.getUint32(20),
    bitDepth,
    colourType,
    palette,
    transparency,
    deflated,
  };
}

/** PNG specification, table 11.1. */
const allowedDepths: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

/** `expected` bounds what is inflated, so that a small file can't claim all memory. */
function inflate(deflated: Uint8Array, expected: number): Uint8Array {
  let rows: Uint8Array;
  try {
    rows = inflateSync(deflated, { maxOutputLength: Math.max(1, expected) });
  } catch (cause) {
    throw corrupt('its pixels do not inflate', cause);
  }
  if (rows.length < expected) throw corrupt(`it has ${rows.length} bytes of pixels, not ${expected}`);
  return rows;
}

function corrupt(reason: string, cause?: unknown): DatasetsError {
  return new DatasetsError('DATA_CORRUPT', `a PNG image can't be decoded: ${reason}`, {
    cause,
    hint: 'Check the source of the image; `encoded` has its bytes.',
  });
}

function toSamples({ bitDepth, width, height }: Png, raw: Uint8Array, rowBytes: number): Uint8Array | Uint16Array {
  if (bitDepth === 8) return raw;
  if (bitDepth === 16) {
    const data = new Uint16Array(raw.length / 2);
    for (let index = 0; index < data.length; index++)
      data[index] = ((raw[index * 2] ?? 0) << 8) | (raw[index * 2 + 1] ?? 0);
    return data;
  }
  // 1, 2 or 4 bit: only grey comes here, with one sample a pixel.
  const scale = 255 / (2 ** bitDepth - 1);
  const data = unpackBits(raw, rowBytes, width, height, bitDepth);
  for (let index = 0; index < data.length; index++) data[index] = (data[index] ?? 0) * scale;
  return data;
}

/** One byte for each sample of 1, 2, 4 or 8 bits; rows start on a byte. */
function unpackBits(raw: Uint8Array, rowBytes: number, width: number, height: number, bitDepth: number): Uint8Array {
  if (bitDepth === 8) return raw;
  const data = new Uint8Array(width * height);
  const mask = 2 ** bitDepth - 1;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const bit = column * bitDepth;
      const byte = raw[row * rowBytes + (bit >> 3)] ?? 0;
      data[row * width + column] = (byte >> (8 - bitDepth - (bit & 7))) & mask;
    }
  }
  return data;
}

function applyPalette(png: Png, raw: Uint8Array, rowBytes: number): { data: Uint8Array; channels: number } {
  const { palette, transparency } = png;
  if (palette === undefined) throw corrupt('it has no palette');
  const channels = transparency === undefined ? 3 : 4;
  const indexes = unpackBits(raw, rowBytes, png.width, png.height, png.bitDepth);
  const data = new Uint8Array(indexes.length * channels);
  let at = 0;
  for (const index of indexes) {
    if (index * 3 >= palette.length) throw corrupt(`it has a pixel of colour ${index}, which its palette hasn't`);
    data[at++] = palette[index * 3] ?? 0;
    data[at++] = palette[index * 3 + 1] ?? 0;
    data[at++] = palette[index * 3 + 2] ?? 0;
    // Colours beyond the end of tRNS are opaque (PNG specification, section 11.3.2.1).
    if (transparency !== undefined) data[at++] = transparency[index] ?? 255;
  }
  return { data, channels };
}
