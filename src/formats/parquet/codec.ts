import { gzipSync } from 'node:zlib';
import { DatasetsError } from '../../core/errors/index.js';

/** How pages are compressed. */
export type ParquetCompression = 'zstd' | 'gzip' | 'none';

/** Compresses a page; the result may lie in memory that the next call overwrites. */
export interface PageCodec {
  readonly compression: ParquetCompression;
  compress(page: Uint8Array): Uint8Array;
}

/** Level 1, as pyarrow has it: level 3 takes 1.4 to 2.3 times as long for 2 to 5 % less. */
const zstdLevel = 1;

/**
 * Loads what compresses pages: zstd is WebAssembly, so that its bytes are the same on every machine and every Node.
 *
 * @throws DatasetsError INTERNAL when the package is damaged.
 */
export async function loadPageCodec(compression: ParquetCompression): Promise<PageCodec> {
  switch (compression) {
    case 'none':
      return { compression, compress: (page) => page };
    case 'gzip':
      return { compression, compress: (page) => gzipSync(page) };
    case 'zstd': {
      const { compress } = await loadZstd();
      return { compression, compress: (page) => compress(page, zstdLevel) };
    }
  }
}

type Zstd = typeof import('@bokuweb/zstd-wasm');

let zstd: Promise<Zstd> | undefined;

/** zstd, compiled once in a thread. */
export function loadZstd(): Promise<Zstd> {
  zstd ??= import('@bokuweb/zstd-wasm').then(async (loaded) => {
    try {
      await loaded.init();
    } catch (cause) {
      throw new DatasetsError('INTERNAL', 'zstd could not be started', {
        hint: 'Install the package @bokuweb/zstd-wasm anew: npm ci',
        cause,
      });
    }
    return loaded;
  });
  return zstd;
}
