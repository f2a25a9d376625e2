import { realpath } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { DatasetsError } from '../core/errors/index.js';
import { storageError, systemErrorCode } from './storage-error.js';

/**
 * Checks where a path leads when all links on it are followed; of a path that isn't there, as far as it is. The directory itself may be reached by a
 * link.
 *
 * @param path absolute, below the directory.
 * @throws DatasetsError DATA_CORRUPT for one that leads out of the directory.
 */
export async function checkInside(directory: string, path: string): Promise<void> {
  const root = await existingPath(directory, directory);
  const real = await existingPath(path, directory);
  if (real === root || real.startsWith(join(root, sep))) return;
  throw new DatasetsError('DATA_CORRUPT', `${path} is a link that leads out of ${directory}, to ${real}`, {
    hint: 'Nothing in a version is read from outside of its directory. Put the file itself in its place.',
    at: { file: path },
  });
}

/** Where the longest part of a path leads that is there, down to `root` at least. */
async function existingPath(path: string, root: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (cause) {
    const code = systemErrorCode(cause);
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw storageError(cause, 'look up', path);
    return path === root ? root : existingPath(dirname(path), root);
  }
}
