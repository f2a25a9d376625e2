import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { internalError } from '../../../core/errors/index.js';
import type { BuildFacts } from '../../../pipeline/index.js';
import { inParallel, storageError } from '../../../storage/index.js';
import { sourceStaging } from '../../task/prepared-job.js';
import type { StageUnit } from '../../task/task.js';
import { downloadedFile, type InputFile, inputFilesOf } from './input-names.js';
import { checkedName } from './work-names.js';

/** Where the submitter has what workers are to read. */
export interface SubmitterInputs {
  /** Absolute: `BuildJob.workDirectory`. */
  readonly workDirectory: string;
  /** Absolute: `BuildJob.downloads.directory`. */
  readonly downloadDirectory: string | undefined;
  /** As the facts of the build record them. */
  readonly downloads: BuildFacts['downloads'];
}

/** Each upload holds a part of its file in memory, 16 MiB. */
const filesAtOnce = 4;

/**
 * Brings inputs to a work location, each once: what sources read, and the downloads that none of them does, since only the author's own code knows what those are for.
 *
 * @param place takes an absolute path and the name that the file gets.
 * @returns the names of the latter.
 */
export async function stageInputFiles(
  units: readonly StageUnit[],
  from: SubmitterInputs,
  place: (file: string, name: string) => Promise<void>,
): Promise<readonly string[]> {
  const read = new Map(units.flatMap(inputFilesOf).map((file) => [file.name, file]));
  const others = (await downloadedFiles(from)).filter(({ name }) => !read.has(name));
  const all = [...read.values(), ...others];
  await inParallel(all, filesAtOnce, (file) => place(pathOf(file, from), checkedName(file.name)));
  return others.map(({ name }) => name);
}

function pathOf({ kind, path }: InputFile, { workDirectory, downloadDirectory }: SubmitterInputs): string {
  if (kind === 'staged') return join(sourceStaging(workDirectory), path);
  if (downloadDirectory === undefined)
    throw internalError(`${path} is read as a download, and there is no folder of them`);
  return join(downloadDirectory, path);
}

async function downloadedFiles({ downloads, downloadDirectory }: SubmitterInputs): Promise<readonly InputFile[]> {
  if (downloads === undefined || downloadDirectory === undefined) return [];
  const files: InputFile[] = [];
  for (const { place } of Object.values(downloads)) {
    const path = join(downloadDirectory, place);
    try {
      const isFolder = (await stat(path)).isDirectory();
      const paths = isFolder ? await filesBelow(path) : [path];
      files.push(...paths.map((file) => downloadedFile(relative(downloadDirectory, file).split(sep).join('/'))));
    } catch (cause) {
      throw storageError(cause, 'read', path);
    }
  }
  return files;
}

async function filesBelow(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
