import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { inParallel, isRelativePath, storageError, systemErrorCode } from '../../storage/index.js';
import { sourceStaging } from '../task/prepared-job.js';
import { stagedInputs, type WorkFiles } from './files/index.js';

/** In the work location. */
const notesFolder = 'notes';
const filesAtOnce = 8;

/**
 * Stages what sources have noted of what they staged (`sources/staged-record.ts`): which query gave which result. Another submitter that brings the build home reads its sources' states from
 * them, keeps the results, and runs no query again.
 *
 * @param workDirectory of this submitter, absolute.
 */
export async function stageNotes(files: WorkFiles, workDirectory: string): Promise<void> {
  const staging = sourceStaging(workDirectory);
  const notes = (await filesBelow(staging)).filter((path) => path.endsWith('.json'));
  await inParallel(notes, filesAtOnce, async (path) => {
    await files.put(`${notesFolder}/${nameOf(staging, path)}`, await readFile(path));
  });
}

/** Brings the notes of another submitter to this one, with what they speak of. */
export async function fetchNotes(files: WorkFiles, workDirectory: string): Promise<void> {
  const staging = sourceStaging(workDirectory);
  const [notes, inputs] = await Promise.all([files.list(notesFolder), files.list(stagedInputs)]);
  await inParallel(inputs, filesAtOnce, async (name) => {
    const there = await placeFor(staging, name.slice(stagedInputs.length + 1));
    await copyFile(await files.fetch(name), there);
  });
  // Last: without its file a note says nothing.
  await inParallel(notes, filesAtOnce, async (name) => {
    const there = await placeFor(staging, name.slice(notesFolder.length + 1));
    await writeFile(there, await files.get(name));
  });
}

async function placeFor(staging: string, name: string): Promise<string> {
  if (!isRelativePath(name)) throw storageError(new RangeError(`${name} leaves its folder`), 'write', staging);
  const path = join(staging, name);
  await mkdir(dirname(path), { recursive: true });
  return path;
}

async function filesBelow(directory: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw storageError(error, 'list', directory);
  }
}

function nameOf(folder: string, path: string): string {
  return relative(folder, path).split(sep).join('/');
}
