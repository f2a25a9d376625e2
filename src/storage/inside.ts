import { realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { DatasetsError } from '../core/errors/index.js';
import { storageError, systemErrorCode } from './storage-error.js';

/**
 * Checks where a path leads when all links on it are followed. The directory itself may be reached by a link.
 *
 * @throws DatasetsError DATA_CORRUPT for one that leads out of the directory; nothing for one that leads nowhere.
 */
export async function checkInside(directory: string, path: string): Promise<void> {
  let root: string;
  let real: string;
  try {
    [root, real] = await Promise.all([realpath(directory), realpath(path)]);
  } catch (cause) {
    const code = systemErrorCode(cause);
    if (code === 'ENOENT' || code === 'ENOTDIR') return;
    throw storageError(cause, 'look up', path);
  }
  if (real === root || real.startsWith(join(root, sep))) return;
  throw new DatasetsError('DATA_CORRUPT', `${path} is a link that leads out of ${directory}, to ${real}`, {
    hint: 'Nothing in a version is read from outside of its directory. Put the file itself in its place.',
    at: { file: path },
  });
}
