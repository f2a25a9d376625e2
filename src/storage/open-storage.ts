import { DatasetsError } from '../core/errors/index.js';
import { GcsStorage } from './gcs/gcs-storage.js';
import { LocalStorage } from './local-storage.js';
import type { Storage } from './storage.js';

/**
 * Opens the storage of a location; nothing is asked of it yet.
 *
 * @param location an absolute directory, or `gs://bucket/prefix`.
 * @throws DatasetsError CONFIG_INVALID for a malformed `gs://` URL, UNSUPPORTED for another kind of URL.
 * @example
 * ```ts
 * const storage = openStorage('gs://lab-datasets/registry');
 * ```
 */
export function openStorage(location: string): Storage {
  if (location.startsWith('gs://')) return new GcsStorage(location);
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(location)?.[1];
  if (scheme === undefined) return new LocalStorage(location);
  throw new DatasetsError('UNSUPPORTED', `no storage for ${scheme}:// URLs: ${location}`, {
    hint: 'A registry lies in a directory or in a bucket of Google Cloud Storage: gs://bucket/prefix.',
  });
}

/** Whether a storage is a directory, whose files can be opened by their absolute paths. */
export function isLocalStorage(storage: Storage): storage is LocalStorage {
  return storage instanceof LocalStorage;
}

/** Whether a storage lies in a bucket, between which and others the server copies objects. */
export function isGcsStorage(storage: Storage): storage is GcsStorage {
  return storage instanceof GcsStorage;
}
