import type { Readable, Transform } from 'node:stream';
import zlib from 'node:zlib';
import { DatasetsError } from '../core/errors/index.js';

/** What a transform makes of a stream; both are closed however the loop is left. */
export async function* piped(
  source: Readable,
  transform: Transform,
  failed: (cause: unknown) => DatasetsError,
): AsyncGenerator<Uint8Array, void, undefined> {
  source.on('error', (error) => transform.destroy(error));
  source.pipe(transform);
  try {
    for await (const block of transform) yield block as Buffer;
  } catch (cause) {
    throw cause instanceof DatasetsError ? cause : failed(cause);
  } finally {
    source.destroy();
    transform.destroy();
  }
}

/**
 * A decompressor of Zstandard that streams: Node's own, which Node 20 lacks. `@bokuweb/zstd-wasm`, which writes Parquet, holds the whole of a file in memory, compressed
 * and not, and believes the size that it states.
 *
 * @throws DatasetsError UNSUPPORTED
 */
export function zstdDecompressor(archive: string): Transform {
  const create: unknown = Reflect.get(zlib, 'createZstdDecompress');
  if (typeof create === 'function') return (create as () => Transform)();
  throw new DatasetsError(
    'UNSUPPORTED',
    `${archive} is compressed with Zstandard, which Node ${process.versions.node} can't stream`,
    {
      hint: 'Build with Node 22.15 or newer, or download a file in another format (gz, zip).',
      at: { file: archive },
    },
  );
}
