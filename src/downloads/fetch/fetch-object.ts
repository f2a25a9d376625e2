import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatasetsError } from '../../core/errors/index.js';
import { decoded, formatGcsUrl, parseGcsUrl } from '../../core/location/index.js';
import { openStorage, storageError } from '../../storage/index.js';
import { digestOf } from '../cached/download-store.js';
import type { UrlFetch } from './fetch-url.js';

/**
 * Fetches an object of Google Cloud Storage; the storage repeats what passes and checks the CRC-32C.
 *
 * @param directory of this download alone, absolute.
 * @throws DatasetsError SOURCE_NOT_FOUND; what the storage and `tooLarge` give
 */
export async function fetchObject(
  url: string,
  directory: string,
  { maxBytes, tooLarge, onBytes }: Pick<UrlFetch, 'maxBytes' | 'tooLarge' | 'onBytes'>,
): Promise<{ readonly path: string; readonly bytes: number; readonly sha256: string }> {
  const { bucket, path } = parseGcsUrl(decoded(url));
  const storage = openStorage(formatGcsUrl({ bucket, path: '' }));
  const object = await storage.stat(path);
  if (object === undefined) {
    throw new DatasetsError('SOURCE_NOT_FOUND', `there is no object ${url}`, {
      hint: `Look what is there: gcloud storage ls gs://${bucket}.`,
      at: { file: url },
    });
  }
  if (object.bytes > maxBytes()) throw tooLarge(object.bytes);
  const local = join(directory, 'data');
  try {
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true });
  } catch (cause) {
    throw storageError(cause, 'create', directory);
  }
  const { bytes } = await storage.download(path, local);
  onBytes(bytes);
  return { path: local, bytes, sha256: await digestOf(local) };
}
