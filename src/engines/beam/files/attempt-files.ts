import { mkdir } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { internalError } from '../../../core/errors/index.js';
import { isRelativePath, storageError } from '../../../storage/index.js';
import type { OutputFormat } from '../../../writers/index.js';
import type { Task } from '../../task/task.js';
import { checkedName } from './work-names.js';

/** A task whose files are written below a directory of this machine. */
export function writingTo(directory: string, task: Task): Task {
  const inside = (name: string) => join(directory, checkedName(name));
  switch (task.kind) {
    case 'stage':
      return { ...task, filePrefix: inside(basename(task.filePrefix)) };
    case 'sideInput':
      return { ...task, filePrefix: inside(basename(task.filePrefix)), file: inside(basename(task.file)) };
    case 'encode': {
      const { shard } = task;
      const outputs = Object.entries(shard.outputs).map(([format, path]) => [format, inside(path)]);
      return {
        ...task,
        shard: {
          ...shard,
          outputs: Object.fromEntries(outputs) as { readonly [F in OutputFormat]?: string },
          indexFile: inside(shard.indexFile),
        },
      };
    }
  }
}

/** Makes the directories that a task writes to. @throws DatasetsError STORAGE_FULL, STORAGE_FAILED */
export async function makeDirectories(task: Task): Promise<void> {
  const files =
    task.kind === 'encode' ? [...Object.values(task.shard.outputs), task.shard.indexFile] : [task.filePrefix];
  for (const directory of new Set(files.map((file) => dirname(file)))) await makeDirectory(directory);
}

export async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
  } catch (cause) {
    throw storageError(cause, 'create', directory);
  }
}

/** How the location names a file that a task wrote. */
export function nameOfWritten(directory: string, folder: string, file: string): string {
  const path = relative(directory, file).split(sep).join('/');
  if (!isRelativePath(path)) throw internalError(`a task wrote ${file}, outside of its directory ${directory}`);
  return `${folder}/${path}`;
}
