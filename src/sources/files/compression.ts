/** How a whole file may be compressed. */
export type Compression = 'gzip' | 'zlib' | 'zstd';

/** How a file is compressed, which its name tells, as for tfds and pandas; undefined for a plain one. */
export function compressionOf(name: string): 'gzip' | 'zstd' | undefined {
  if (name.endsWith('.gz')) return 'gzip';
  return name.endsWith('.zst') ? 'zstd' : undefined;
}
