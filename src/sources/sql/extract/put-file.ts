import { constants } from 'node:fs';
import { copyFile, link, mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { storageError } from '../../../storage/index.js';

/** Gives a file that nobody changes any more a second name; copies it where the file system has no hard links. Both paths are absolute. */
export async function putFile(from: string, to: string): Promise<void> {
  try {
    await mkdir(dirname(to), { recursive: true });
    // What an earlier attempt left.
    await rm(to, { force: true });
    await link(from, to).catch(() => copyFile(from, to, constants.COPYFILE_EXCL));
  } catch (error) {
    throw storageError(error, `copy ${from} to`, to);
  }
}
