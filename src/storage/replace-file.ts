import { randomUUID } from 'node:crypto';
import { chmod, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { storageError, systemErrorCode } from './storage-error.js';

/**
 * Writes a text file in one step: whoever reads it meanwhile sees the old one or the new one. A link stays one, and a file that is there keeps its mode.
 *
 * @param file absolute; its folder must be there
 * @throws DatasetsError STORAGE_FULL, STORAGE_FAILED; the file is as it was then, and nothing lies beside it.
 */
export async function replaceFile(file: string, text: string): Promise<void> {
  try {
    const old = await existing(file);
    const target = old?.path ?? file;
    // Of its own: processes in two containers may have one pid. Nothing that collects files by their endings takes it.
    const temporary = join(dirname(target), `.${basename(target)}.${randomUUID()}.tmp`);
    try {
      await writeFile(temporary, text);
      if (old !== undefined) await chmod(temporary, old.mode);
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  } catch (cause) {
    throw storageError(cause, 'write', file);
  }
}

async function existing(file: string): Promise<{ readonly path: string; readonly mode: number } | undefined> {
  try {
    const path = await realpath(file);
    return { path, mode: (await stat(path)).mode };
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
