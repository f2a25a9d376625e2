import type { Readable, Transform } from 'node:stream';
import { zstdBlocks } from '../core/compression/index.js';
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

/** What a Zstandard stream holds, read like `piped`. */
export async function* unzstd(
  source: Readable,
  failed: (cause: unknown) => DatasetsError,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* zstdBlocks(source);
  } catch (cause) {
    throw cause instanceof DatasetsError ? cause : failed(cause);
  } finally {
    source.destroy();
  }
}
