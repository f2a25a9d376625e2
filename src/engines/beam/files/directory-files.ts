import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalStorage, storageError } from '../../../storage/index.js';
import { resultWithPaths } from '../../journal/unit-entry.js';
import type { SideInputFile, Task, TaskResult } from '../../task/task.js';
import { directoriesOf, nameOfWritten, writingTo } from './attempt-files.js';
import { withSlices } from './task-inputs.js';
import { WorkDocuments } from './work-documents.js';
import type { LocalTask, WorkerDirectories, WorkFiles } from './work-files.js';
import { attemptFolder, checkedName, workFolders } from './work-names.js';

/** A location that all machines see as a directory: tasks read and write in it, and nothing is copied. */
export class DirectoryFiles implements WorkFiles {
  readonly location: string;
  readonly isDirectory = true;
  readonly directories: WorkerDirectories;
  readonly #storage: LocalStorage;
  readonly #documents: WorkDocuments;

  /** @param directory absolute. */
  constructor(directory: string) {
    // What a power failure leaves of a job is of no use without its runner.
    this.#storage = new LocalStorage(directory, { durable: false });
    this.location = this.#storage.location;
    this.#documents = new WorkDocuments(this.#storage);
    const inputs = join(this.location, workFolders.inputs);
    this.directories = { workDirectory: inputs, downloadDirectory: join(inputs, 'downloads') };
  }

  put(name: string, content: Uint8Array | string): Promise<boolean> {
    return this.#documents.put(name, content);
  }

  get(name: string): Promise<Uint8Array> {
    return this.#documents.get(name);
  }

  list(folder: string): Promise<readonly string[]> {
    return this.#documents.list(folder);
  }

  async localise(task: Task): Promise<LocalTask> {
    const folder = attemptFolder(task);
    const directory = join(this.location, folder);
    const reading = withSlices(task, (slice) => ({ ...slice, file: this.#absolute(slice.file) }));
    const local = writingTo(directory, reading);
    await makeDirectories(local);
    return {
      task: local,
      upload: async (result: TaskResult) => resultWithPaths(result, (file) => nameOfWritten(directory, folder, file)),
      close: async () => undefined,
    };
  }

  async localiseSideInputs(sideInputs: readonly SideInputFile[]): Promise<readonly SideInputFile[]> {
    return sideInputs.map(({ node, file }) => ({ node, file: this.#absolute(file) }));
  }

  sweep(keep: Iterable<string>): Promise<number> {
    return this.#documents.sweep(keep);
  }

  remove(): Promise<void> {
    return this.#storage.deleteDirectory('');
  }

  async close(): Promise<void> {
    // Nothing was fetched.
  }

  #absolute(name: string): string {
    return join(this.location, checkedName(name));
  }
}

/** Makes the directories that a task writes to. */
export async function makeDirectories(task: Task): Promise<void> {
  for (const directory of directoriesOf(task)) {
    try {
      await mkdir(directory, { recursive: true });
    } catch (cause) {
      throw storageError(cause, 'create', directory);
    }
  }
}
