import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Extraction, extractArchive } from '../../archives/index.js';
import { onceOnThisHost } from '../../cache/index.js';
import { storageError } from '../../storage/index.js';
import type { DownloadStore } from './download-store.js';

/**
 * Extracts a download beside it, once a machine; what is there is counted first, since a crash of the machine leaves empty files, and people delete.
 *
 * @param sha256 of the download.
 * @returns where the folder lies, relative to the store.
 * @throws DatasetsError as `extractArchive`
 */
export async function extractOnce(store: DownloadStore, sha256: string, extraction: Extraction): Promise<string> {
  const { format, onlyName, signal } = extraction;
  // The name of the only file is part of what is made.
  const folder = format === 'gz' || format === 'zst' ? `${format}-${onlyName}` : format;
  const place = `${sha256}/${folder}`;
  const target = join(store.directory, place);
  const finished = async () => ((await isComplete(target)) ? place : undefined);
  const work = async () => {
    await extractTo(extraction, target);
    return place;
  };
  return onceOnThisHost({ directory: store.directory, lease: store.leaseOf(place), finished, work, signal });
}

async function extractTo(extraction: Extraction, target: string): Promise<void> {
  const temporary = `${target}.part`;
  try {
    // Whoever was here before was killed: the lease is ours.
    for (const path of [temporary, target, noteOf(target)]) await rm(path, { recursive: true, force: true });
    await mkdir(temporary);
  } catch (cause) {
    throw storageError(cause, 'write', temporary);
  }
  try {
    const extracted = await extractArchive(extraction, temporary);
    await writeFile(noteOf(target), JSON.stringify(extracted));
    await rename(temporary, target);
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true });
    throw storageError(cause, 'extract', target);
  }
}

function noteOf(target: string): string {
  return `${target}.json`;
}

async function isComplete(target: string): Promise<boolean> {
  const note = await readFile(noteOf(target), 'utf8').catch(() => '');
  if (note === '') return false;
  let files = 0;
  let bytes = 0;
  const entries = await readdir(target, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    files++;
    bytes += await stat(join(entry.parentPath, entry.name)).then(
      ({ size }) => size,
      () => 0,
    );
  }
  return note === JSON.stringify({ files, bytes });
}
