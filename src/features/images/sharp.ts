import { DatasetsError } from '../../core/errors/index.js';

type Sharp = typeof import('sharp');

let loaded: Promise<Sharp['default']> | undefined;

/**
 * The optional package that encodes and decodes JPEG; 127 ms to load, so only when it is needed.
 *
 * @throws {DatasetsError} PEER_MISSING
 */
export function loadSharp(): Promise<Sharp['default']> {
  loaded ??= import('sharp').then(
    (module) => module.default,
    (cause: unknown) => {
      loaded = undefined;
      throw new DatasetsError('PEER_MISSING', 'JPEG images need the package sharp, which is not installed', {
        hint: 'Run: npm install sharp',
        cause,
      });
    },
  );
  return loaded;
}

/** Encodes 8-bit grey or RGB pixels as JPEG of quality 95, tf.io.encode_jpeg's default. */
export async function encodeJpeg(
  data: Uint8Array,
  height: number,
  width: number,
  channels: 1 | 3,
): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const image = sharp(data, { raw: { width, height, channels } });
  // Without this sharp makes RGB of grey.
  const inColours = channels === 1 ? image.toColourspace('b-w') : image;
  return inColours.jpeg({ quality: 95 }).toBuffer();
}

/** Decodes a JPEG to 8-bit pixels in the channels wanted; rotation in its metadata is not applied, as by TensorFlow. */
export async function decodeJpeg(encoded: Uint8Array, channels: number): Promise<Uint8Array> {
  const sharp = await loadSharp();
  try {
    const image = sharp(encoded).toColourspace(channels === 1 ? 'b-w' : 'srgb');
    const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
    if (info.channels === channels) return data;
    throw new DatasetsError('DATA_CORRUPT', `a JPEG image has ${info.channels} channels, not ${channels}`, {
      hint: 'Take `encoded` and decode it with another library.',
    });
  } catch (cause) {
    if (cause instanceof DatasetsError) throw cause;
    throw new DatasetsError('DATA_CORRUPT', "a JPEG image can't be decoded", {
      cause,
      hint: 'Check the source of the image; `encoded` has its bytes.',
    });
  }
}
