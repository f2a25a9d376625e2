import { createReadStream } from 'node:fs';
import { DatasetsError } from '../core/errors/index.js';
import { createFileSink, type FileDigest } from '../formats/index.js';

/**
 * Copies a published file, and checks on the way that it is still what was published.
 *
 * @param to absolute path; its folder exists
 * @param sha256 of the original, lower-case hex; of a file that nobody published it is not known
 * @param range of its bytes that are copied; all where it is left out
 * @throws DatasetsError DATA_CORRUPT when its content has changed; STORAGE_FULL, STORAGE_FAILED; INTERRUPTED. The copy is gone then.
 */
export async function copyPublishedFile(
  from: string,
  to: string,
  sha256: string | undefined,
  signal?: AbortSignal,
  range?: { readonly from: number; readonly to: number },
): Promise<FileDigest> {
  const sink = createFileSink(to);
  try {
    const part = range && { start: range.from, end: range.to - 1 };
    for await (const chunk of createReadStream(from, { highWaterMark: 1 << 20, ...part, ...(signal && { signal }) })) {
      sink.write(chunk as Buffer);
    }
    const digest = await sink.close();
    if (sha256 === undefined || digest.sha256 === sha256) return digest;
  } catch (error) {
    sink.discard();
    throw asStorageError(error, from);
  }
  throw new DatasetsError('DATA_CORRUPT', `${from} is not the file that was published: its sha256 differs`, {
    hint: 'Run `ailab-datasets verify` on the version; restore the file, or build the version again.',
    at: { file: from },
  });
}

function asStorageError(error: unknown, file: string): unknown {
  if (error instanceof DatasetsError || !(error instanceof Error)) return error;
  const interrupted = error.name === 'AbortError';
  return new DatasetsError(interrupted ? 'INTERRUPTED' : 'STORAGE_FAILED', `${file} can't be read: ${error.message}`, {
    hint: interrupted ? 'Run it again.' : 'See whether the file is there and yours to read.',
    cause: error,
    at: { file },
  });
}
