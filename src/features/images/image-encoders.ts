import { readFileSync } from 'node:fs';
import { pngEncoderVersion } from './png-encoder.js';

/**
 * The encoders that turn pixels into files, with whatever changes their bytes for the same pixels: for the manifest. zlib differs between
 * versions of Node and, in its hash functions, between processors.
 */
export const imageEncoders: Readonly<Record<'png' | 'jpeg', string>> = {
  png: `ailab-png ${pngEncoderVersion}, zlib ${process.versions.zlib} ${process.arch}`,
  /** Asked for when a manifest is written, so that nobody else pays for finding the package. */
  get jpeg() {
    return `sharp ${sharpVersion()}, quality 95`;
  },
};

/** The version of the optional package, without loading it (127 ms); its package.json is not among its exports. */
function sharpVersion(): string {
  try {
    const manifest = new URL('../package.json', import.meta.resolve('sharp'));
    return String((JSON.parse(readFileSync(manifest, 'utf8')) as { version?: unknown }).version);
  } catch {
    // Without sharp no JPEG is made here, and a package laid out in another way is still named.
    return 'of unknown version';
  }
}
