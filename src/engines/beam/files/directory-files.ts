import { constants } from 'node:fs';
import { copyFile, link, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LocalStorage, storageError, systemErrorCode } from '../../../storage/index.js';
import { resultWithPaths } from '../../journal/unit-entry.js';
import type { SideInputFile, StageUnit, Task, TaskResult } from '../../task/task.js';
import { makeDirectories, makeDirectory, nameOfWritten, writingTo } from './attempt-files.js';
import { workerDirectories } from './input-names.js';
import { type SubmitterInputs, stageInputFiles } from './stage-inputs.js';
import { withSlices } from './task-inputs.js';
import { WorkDocuments } from './work-documents.js';
import type { LocalTask, WorkerDirectories, WorkFiles } from './work-files.js';
import { attemptFolder, checkedName } from './work-names.js';

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
    this.directories = workerDirectories(this.location);
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

  async stageInputs(units: readonly StageUnit[], from: SubmitterInputs): Promise<void> {
    await stageInputFiles(units, from, (file, name) => linkOrCopy(file, this.#absolute(name)));
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

  async fetch(name: string): Promise<string> {
    return this.#absolute(name);
  }

  async take(name: string, file: string): Promise<void> {
    const from = this.#absolute(name);
    try {
      await rename(from, file);
    } catch (cause) {
      // Another file system; whatever else is wrong, the copy says.
      if (systemErrorCode(cause) === 'ENOENT') throw storageError(cause, 'move', from);
      await copy(from, file);
    }
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

/** Nobody changes an input: where both places are on one file system, it need not lie there twice. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  await makeDirectory(dirname(to));
  try {
    await link(from, to);
  } catch (cause) {
    if (systemErrorCode(cause) === 'EEXIST') return;
    await copy(from, to);
  }
}

async function copy(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE);
  } catch (cause) {
    throw storageError(cause, `copy ${from} to`, to);
  }
}
