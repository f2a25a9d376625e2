import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Downloaded, GcsStorage, inParallel } from '../../../storage/index.js';
import { resultWithPaths } from '../../journal/unit-entry.js';
import type { SideInputFile, StageUnit, Task, TaskResult } from '../../task/task.js';
import { makeDirectories, makeDirectory, nameOfWritten, writingTo } from './attempt-files.js';
import { downloadsFolder, inputFilesOf, workerDirectories } from './input-names.js';
import { SliceFetcher } from './slice-fetcher.js';
import { type SubmitterInputs, stageInputFiles } from './stage-inputs.js';
import { slicesOfTask, withSlices } from './task-inputs.js';
import { absent, WorkDocuments } from './work-documents.js';
import type { LocalTask, WorkerDirectories, WorkFiles } from './work-files.js';
import { attemptFolder, checkedName, newNonce, workFolders } from './work-names.js';
import { filesOfResult } from './written-files.js';

/** Each upload holds a part of its file in memory, 16 MiB. */
const uploadsAtOnce = 4;
const downloadsAtOnce = 8;
/** Lists inputs that the author's own code may read in any task. */
const otherInputs = 'other-inputs';

/** A location in a bucket: what a task reads is fetched to this machine, and what it wrote is sent there. */
export class BucketFiles implements WorkFiles {
  readonly location: string;
  readonly isDirectory = false;
  readonly directories: WorkerDirectories;
  readonly #storage: GcsStorage;
  readonly #documents: WorkDocuments;
  readonly #slices: SliceFetcher;
  /** Absolute; of this process alone. Files lie below it under the names that they have in the location. */
  readonly #scratch: string;
  /** Whole files that were fetched, or are being fetched, by name. */
  readonly #fetched = new Map<string, Promise<string>>();

  /** Names of what every task of a stage may read. */
  #others: Promise<readonly string[]> | undefined;

  /** @param scratch absolute. */
  constructor(url: string, scratch: string) {
    this.#storage = new GcsStorage(url);
    this.location = this.#storage.location;
    this.#documents = new WorkDocuments(this.#storage);
    this.#slices = new SliceFetcher(this.#storage);
    this.#scratch = join(scratch, `work-${newNonce()}`);
    this.directories = workerDirectories(this.#scratch);
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
    const others = await stageInputFiles(units, from, (file, name) => this.#storage.upload(file, name));
    if (others.length > 0) await this.put(otherInputs, JSON.stringify(others));
  }

  async localise(task: Task): Promise<LocalTask> {
    const folder = attemptFolder(task);
    const directory = join(this.#scratch, folder);
    const inputs = `${directory}-inputs`;
    const close = async () => {
      for (const path of [directory, inputs]) await rm(path, { recursive: true, force: true });
    };
    try {
      await makeDirectory(inputs);
      if (task.kind === 'stage') await this.#fetchInputs(task.unit);
      const move = await this.#slices.fetch(slicesOfTask(task), join(inputs, 'part'));
      const local = writingTo(directory, withSlices(task, move));
      await makeDirectories(local);
      return { task: local, upload: (result) => this.#upload(result, directory, folder), close };
    } catch (error) {
      await close();
      throw error;
    }
  }

  async localiseSideInputs(sideInputs: readonly SideInputFile[]): Promise<readonly SideInputFile[]> {
    return Promise.all(sideInputs.map(async ({ node, file }) => ({ node, file: await this.fetch(file) })));
  }

  fetch(name: string): Promise<string> {
    const known = this.#fetched.get(name);
    if (known !== undefined) return known;
    const fetching = this.#download(name);
    this.#fetched.set(name, fetching);
    fetching.catch(() => this.#fetched.delete(name));
    return fetching;
  }

  /** What the server knows of a file. @throws DatasetsError STORAGE_FAILED where there is none. */
  async stat(name: string): Promise<Downloaded> {
    const object = await this.#storage.stat(checkedName(name));
    if (object?.crc32c === undefined) throw absent(`${this.location}/${name}`);
    return { bytes: object.bytes, crc32c: object.crc32c };
  }

  async take(name: string, file: string): Promise<void> {
    await this.#storage.download(checkedName(name), file);
  }

  remove(): Promise<void> {
    return this.#documents.remove();
  }

  async close(): Promise<void> {
    await rm(this.#scratch, { recursive: true, force: true });
  }

  async #fetchInputs(unit: StageUnit): Promise<void> {
    const names = unit.kind === 'whole' ? this.#downloads() : inputFilesOf(unit).map(({ name }) => name);
    this.#others ??= this.#otherInputs().catch((error: unknown) => {
      // The next task asks again.
      this.#others = undefined;
      throw error;
    });
    await inParallel([...(await names), ...(await this.#others)], downloadsAtOnce, (name) => this.fetch(name));
  }

  /** What a generator reads nobody but its author knows. */
  #downloads(): Promise<readonly string[]> {
    return this.list(`${workFolders.inputs}/${downloadsFolder}`);
  }

  async #otherInputs(): Promise<readonly string[]> {
    const list = await this.#storage.read(otherInputs);
    return list === undefined ? [] : (JSON.parse(Buffer.from(list).toString('utf8')) as readonly string[]);
  }

  async #download(name: string): Promise<string> {
    const file = join(this.#scratch, checkedName(name));
    await makeDirectory(dirname(file));
    await this.#storage.download(name, file);
    return file;
  }

  async #upload(result: TaskResult, directory: string, folder: string): Promise<TaskResult> {
    const name = (file: string) => nameOfWritten(directory, folder, file);
    await inParallel(filesOfResult(result), uploadsAtOnce, ({ path, crc32c }) =>
      this.#storage.upload(path, name(path), crc32c === undefined ? {} : { crc32c }),
    );
    return resultWithPaths(result, name);
  }
}
