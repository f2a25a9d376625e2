import type { SideInputFile, StageUnit, Task, TaskResult } from '../../task/task.js';
import type { SubmitterInputs } from './stage-inputs.js';

/**
 * The files of one job in its work location: a directory that all machines share, or a prefix of a bucket. Every method names them relative to the location, with
 * `/`; staged tasks and results do too, and no path of a machine is in any of them.
 *
 * All throw the faults of storages (`src/storage/storage.ts`).
 */
export interface WorkFiles {
  /** An absolute directory, or `gs://bucket/prefix`; of this job alone. */
  readonly location: string;
  /** Whether it is a directory, in which tasks read and write in place. */
  readonly isDirectory: boolean;
  /** Where this worker finds what the submitter staged for it: its job's own directories here. */
  readonly directories: WorkerDirectories;

  /** Creates a small document, whole and in one step, unless there is one. Returns whether this call created it. */
  put(name: string, content: Uint8Array | string): Promise<boolean>;
  /** @throws DatasetsError STORAGE_FAILED where there is none. */
  get(name: string): Promise<Uint8Array>;
  /** Names of all that lies in a folder and below, sorted; `''` is the whole location. */
  list(folder: string): Promise<readonly string[]>;

  /**
   * Puts there what units of sources read that only the submitter has: what sources staged, and downloads. Downloads that no source reads are there for the author's own code, of which nobody
   * knows what it reads: all workers get them, and a generator gets all downloads.
   *
   * @param units of all source stages; called once, before the job runs.
   */
  stageInputs(units: readonly StageUnit[], from: SubmitterInputs): Promise<void>;

  /**
   * Makes a task runnable on this machine, under a name of its own: another attempt at the same task meets none of its files.
   *
   * A stage's and a side input's `filePrefix` and `file`, and a shard's `outputs` and `indexFile`, are names here: what the files are to be called (the shard's: its path in the
   * version).
   */
  localise(task: Task): Promise<LocalTask>;
  /** The absolute path of a file of this machine with the content of one of the location, which is fetched once. Nothing may be written there. */
  fetch(name: string): Promise<string>;
  /** Brings a file to a path of this machine, whose directory is there; it may be gone from the location then. */
  take(name: string, file: string): Promise<void>;
  /** Side inputs in files of this machine, each fetched once a worker. */
  localiseSideInputs(sideInputs: readonly SideInputFile[]): Promise<readonly SideInputFile[]>;

  /** Deletes everything in the location. */
  remove(): Promise<void>;
  /** Deletes what this worker has fetched. */
  close(): Promise<void>;
}

/** Absolute. */
export interface WorkerDirectories {
  /** `BuildJob.workDirectory` of a worker: what sources staged lies where they look for it. */
  readonly workDirectory: string;
  /** `BuildJob.downloads.directory` of a worker. */
  readonly downloadDirectory: string;
}

/** One attempt at a task. */
export interface LocalTask {
  /** All of its paths are absolute paths of this machine. */
  readonly task: Task;
  /** Brings what the task wrote to the location. The result names it as the location does. */
  upload(result: TaskResult): Promise<TaskResult>;
  /** Removes what was fetched and written for this attempt on this machine. */
  close(): Promise<void>;
}
