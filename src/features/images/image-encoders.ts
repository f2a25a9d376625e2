import { pngEncoderVersion } from './png-encoder.js';

/**
 * The encoders that turn pixels into files, with whatever changes their bytes for the same pixels: for the manifest. zlib differs between
 * versions of Node and, in its hash functions, between processors.
 */
export const imageEncoders: Readonly<Record<'png' | 'jpeg', string>> = {
  png: `ailab-png ${pngEncoderVersion}, zlib ${process.versions.zlib} ${process.arch}`,
  jpeg: 'sharp, quality 95',
};
