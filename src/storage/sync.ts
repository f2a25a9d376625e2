import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from './storage-error.js';

/** Makes the names in a directory survive a power failure. Some file systems refuse to sync a directory; those need no help. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } catch (cause) {
    const code = systemErrorCode(cause);
    if (code !== 'EINVAL' && code !== 'ENOTSUP' && code !== 'EPERM') throw cause;
  } finally {
    await handle.close();
  }
}

/** How many files are synced at once: a disk writes them together, in one commit of its journal. */
const syncsAtOnce = 16;

/**
 * Makes a directory with all that lies below it survive a power failure: files first, then the names that lead to them.
 * Files that were synced when they were written cost next to nothing.
 */
export async function syncTree(directory: string): Promise<void> {
  const entries = await readdir(directory, { withFileTypes: true });
  for (let from = 0; from < entries.length; from += syncsAtOnce) {
    await Promise.all(
      entries.slice(from, from + syncsAtOnce).map(async (entry) => {
        const path = join(directory, entry.name);
        if (entry.isDirectory()) await syncTree(path);
        else if (entry.isFile()) await syncFile(path);
      }),
    );
  }
  await syncDirectory(directory);
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
