/** What the first bytes of an image file say about it. */
export interface ImageHeader {
  readonly encoding: 'png' | 'jpeg';
  readonly width: number;
  readonly height: number;
  /** As it is decoded: a palette counts as 3, or 4 with transparency. */
  readonly channels: number;
  readonly bitDepth: number;
}

export type ImageFormat = 'png' | 'jpeg' | 'gif' | 'bmp' | 'unknown';

/** The format of an image file, by its signature. */
export function imageFormat(bytes: Uint8Array): ImageFormat {
  if (startsWith(bytes, pngSignature)) return 'png';
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return 'jpeg';
  if (startsWith(bytes, [0x47, 0x49, 0x46, 0x38])) return 'gif';
  if (startsWith(bytes, [0x42, 0x4d])) return 'bmp';
  return 'unknown';
}

/** PNG specification, section 5.2. */
export const pngSignature: readonly number[] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

function startsWith(bytes: Uint8Array, signature: readonly number[]): boolean {
  return signature.every((byte, index) => bytes[index] === byte);
}

/** Dimensions of a PNG or JPEG, read from its header alone; undefined for other formats and for headers that are cut off. */
export function inspectImage(bytes: Uint8Array): ImageHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (imageFormat(bytes)) {
    case 'png':
      return inspectPng(view);
    case 'jpeg':
      return inspectJpeg(view);
    default:
      return undefined;
  }
}

/** Channels by PNG colour type (PNG specification, table 11.1): grey, RGB, palette, grey and alpha, RGBA. */
export const pngChannels: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 3, 4: 2, 6: 4 };

function inspectPng(view: DataView): ImageHeader | undefined {
  if (view.byteLength < 33) return undefined;
  const colourType = view.getUint8(25);
  const channels = pngChannels[colourType];
  if (channels === undefined) return undefined;
  return {
    encoding: 'png',
    width: view.getUint32(16),
    height: view.getUint32(20),
    channels: colourType === 3 && hasTransparency(view) ? 4 : channels,
    bitDepth: colourType === 3 ? 8 : view.getUint8(24),
  };
}

/** Whether a tRNS chunk comes before the pixels. */
function hasTransparency(view: DataView): boolean {
  for (let at = 33; at + 8 <= view.byteLength; ) {
    const type = view.getUint32(at + 4);
    if (type === 0x74524e53) return true; // tRNS
    if (type === 0x49444154) return false; // IDAT
    at += view.getUint32(at) + 12;
  }
  return false;
}

/** JPEG, ITU T.81 section B.2: markers up to the frame header. */
function inspectJpeg(view: DataView): ImageHeader | undefined {
  for (let at = 2; at + 9 < view.byteLength; ) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at++;
      continue;
    }
    // SOF0 to SOF15, but for DHT (C4), JPG (C8) and DAC (CC), which share their range.
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      return {
        encoding: 'jpeg',
        bitDepth: view.getUint8(at + 4),
        height: view.getUint16(at + 5),
        width: view.getUint16(at + 7),
        channels: view.getUint8(at + 9),
      };
    }
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}
