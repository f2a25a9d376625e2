import { chmod, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { storageError } from '../../storage/index.js';

/**
 * Writes a file anew in one step: whoever reads it meanwhile sees the old one or the new one. A link stays one, and the file keeps its mode.
 *
 * @throws DatasetsError STORAGE_FULL, STORAGE_FAILED; the file is as it was then.
 */
export async function replaceFile(file: string, text: string): Promise<void> {
  try {
    const target = await realpath(file);
    const { mode } = await stat(target);
    const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
    try {
      await writeFile(temporary, text);
      await chmod(temporary, mode);
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  } catch (cause) {
    throw storageError(cause, 'write', file);
  }
}
