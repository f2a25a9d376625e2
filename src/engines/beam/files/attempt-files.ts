import { basename, dirname, join, relative, sep } from 'node:path';
import { internalError } from '../../../core/errors/index.js';
import { isRelativePath } from '../../../storage/index.js';
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

/** The directories that must be there before a task is run. */
export function directoriesOf(task: Task): ReadonlySet<string> {
  if (task.kind !== 'encode') return new Set([dirname(task.filePrefix)]);
  return new Set([...Object.values(task.shard.outputs), task.shard.indexFile].map((file) => dirname(file)));
}

/** How the location names a file that a task wrote. */
export function nameOfWritten(directory: string, folder: string, file: string): string {
  const path = relative(directory, file).split(sep).join('/');
  if (!isRelativePath(path)) throw internalError(`a task wrote ${file}, outside of its directory ${directory}`);
  return `${folder}/${path}`;
}
