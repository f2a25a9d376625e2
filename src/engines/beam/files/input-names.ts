import { join, posix } from 'node:path';
import { type FileLocation, locationsOf } from '../../../sources/index.js';
import { stagedFolder } from '../../task/prepared-job.js';
import type { StageUnit } from '../../task/task.js';
import { workFolders } from './work-names.js';

/** Folder of downloads among a job's inputs. */
export const downloadsFolder = 'downloads';

/** Folder of what sources staged. */
export const stagedInputs = `${workFolders.inputs}/${stagedFolder}`;

/** A file of the submitter's machine that workers read. */
export interface InputFile {
  /** In the work location. A worker that has fetched it finds it below its scratch directory under the same name. */
  readonly name: string;
  readonly kind: 'staged' | 'download';
  /** Relative to the directory where the submitter has it, with `/`. */
  readonly path: string;
}

/** The files that a unit reads which its source staged, or which were downloaded. */
export function inputFilesOf(unit: StageUnit): readonly InputFile[] {
  return unit.kind === 'shard' ? locationsOf(unit.shard).flatMap(inputFileOf) : [];
}

function inputFileOf(location: FileLocation): readonly InputFile[] {
  switch (location.in) {
    case 'staged':
      return [stagedFile(location.path)];
    case 'member':
      return [stagedFile(location.staged)];
    case 'download':
      return [downloadedFile(location.isMember ? posix.join(location.place, location.path) : location.place)];
    case 'module':
    case 'package':
    case 'machine':
    case 'bucket':
      return [];
  }
}

function stagedFile(path: string): InputFile {
  return { name: `${stagedInputs}/${path}`, kind: 'staged', path };
}

/** @param path relative to the folder of downloads. */
export function downloadedFile(path: string): InputFile {
  return { name: `${workFolders.inputs}/${downloadsFolder}/${path}`, kind: 'download', path };
}

/** Where a worker's sources look for their inputs. @param root absolute: where the location's names begin on this machine. */
export function workerDirectories(root: string) {
  const inputs = join(root, workFolders.inputs);
  return { workDirectory: inputs, downloadDirectory: join(inputs, downloadsFolder) };
}
