import { randomUUID } from 'node:crypto';
import { posix } from 'node:path';
import { internalError } from '../../../core/errors/index.js';
import { isRelativePath } from '../../../storage/index.js';
import type { Task } from '../../task/task.js';

/** Folders of a job's location. Documents have all other names. */
export const workFolders = {
  /** What attempts wrote: a folder each. */
  attempts: 'attempts',
  /** What the submitter staged for sources. */
  inputs: 'inputs',
} as const;

/** A name that no other attempt has. */
export function newNonce(): string {
  return randomUUID().replaceAll('-', '').slice(0, 16);
}

/** The folder of a new attempt at a task. */
export function attemptFolder(task: Task): string {
  return checkedName(`${workFolders.attempts}/${taskName(task)}-${newNonce()}`);
}

function taskName(task: Task): string {
  switch (task.kind) {
    case 'stage':
    case 'sideInput':
      return posix.basename(task.filePrefix);
    case 'encode':
      return `shard-${task.shard.split}-${task.shard.shard}`;
  }
}

/** @throws DatasetsError INTERNAL for a name that could leave the location. */
export function checkedName(name: string): string {
  if (isRelativePath(name)) return name;
  throw internalError(`${JSON.stringify(name)} is no name in a work location`);
}

/** What a file of an attempt is called in its folder: of a shard's files, their path in the version. */
export function placeInAttempt(name: string): string {
  const [attempts, folder, ...rest] = checkedName(name).split('/');
  if (attempts !== workFolders.attempts || folder === undefined || rest.length === 0)
    throw internalError(`${JSON.stringify(name)} is no file of an attempt`);
  return rest.join('/');
}
