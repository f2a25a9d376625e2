import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { formatEpoch, moduleCodeDigest } from '../../../builder/index.js';
import { findProjectRoot } from '../../../core/config/index.js';
import { DatasetsError } from '../../../core/errors/index.js';
import { packageVersion } from '../../../core/release/index.js';
import { digestProjectFiles, type ProjectFile } from './project-files.js';

/**
 * What has to be the same in the submitter and in each of its workers, beside the graph: else an image of last week would give last week's bytes under this week's version.
 *
 * Node's version is no part of it, as it is none of a build's fingerprint: releases from 20 on give the same bytes, which CI looks at. Nor is the platform, since
 * laptops submit to Linux.
 */
export interface WorkerIdentity {
  readonly packageVersion: string;
  readonly formatEpoch: number;
  /** Of the project; undefined where it has none. */
  readonly lockFile?: LockFileDigest;
  /** sha256 of the builder's module and the local modules that it imports, without comments and formatting; undefined where they can't be followed. */
  readonly code?: string;
  /** Files of the project that the job reads. */
  readonly files: readonly ProjectFile[];
}

export interface LockFileDigest {
  readonly name: string;
  /** sha256 of its bytes, lower-case hex. */
  readonly digest: string;
}

/**
 * What this process is, for one builder.
 *
 * @param projectRoot absolute
 * @param module file: URL of the builder's module
 * @param projectFiles those that the job reads, with what is known of them
 * @throws DatasetsError STORAGE_FAILED when one of the files can't be read.
 * @example
 * ```ts
 * const identity = await identifyWorker('/app', 'file:///app/datasets/product_a/builder.ts', submitter.files);
 * ```
 */
export async function identifyWorker(
  projectRoot: string,
  module: string,
  projectFiles: readonly ProjectFile[],
): Promise<WorkerIdentity> {
  const [lockFile, code, files] = await Promise.all([
    lockFileDigest(projectRoot),
    moduleCodeDigest(module),
    digestProjectFiles(projectRoot, projectFiles),
  ]);
  return {
    packageVersion,
    formatEpoch,
    files,
    ...(lockFile !== undefined && { lockFile }),
    ...(code !== undefined && { code }),
  };
}

async function lockFileDigest(projectRoot: string): Promise<LockFileDigest | undefined> {
  const { lockFile: file } = await findProjectRoot(projectRoot);
  if (file === undefined) return undefined;
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new DatasetsError('STORAGE_FAILED', `the lock file ${file} can't be read`, {
      hint: 'Workers are compared with the submitter by it: see to its permissions.',
      cause,
      at: { file },
    });
  });
  return { name: basename(file), digest: createHash('sha256').update(bytes).digest('hex') };
}

/**
 * Refuses a worker that is not what its submitter is; all differences are named, so that one new image mends them.
 *
 * @throws DatasetsError WORKER_MISMATCH
 */
export function checkWorkerIdentity(submitter: WorkerIdentity, worker: WorkerIdentity): void {
  const differences = [
    difference('ailab-datasets', submitter.packageVersion, worker.packageVersion),
    difference('the format epoch', String(submitter.formatEpoch), String(worker.formatEpoch)),
    difference('the lock file', lockFileText(submitter.lockFile), lockFileText(worker.lockFile)),
    difference("the builder's code", codeText(submitter.code), codeText(worker.code)),
    ...fileDifferences(submitter.files, worker.files),
  ].filter((each) => each !== undefined);
  if (differences.length === 0) return;
  throw new DatasetsError('WORKER_MISMATCH', `a worker is not what its submitter is: ${differences.join('; ')}`, {
    hint: 'Build the image of the workers anew from what you submit (`ailab-datasets container emit`, then build and push it), or submit from the commit that the image was built from.',
  });
}

function difference(what: string, submitter: string, worker: string): string | undefined {
  return submitter === worker ? undefined : `${what} is ${submitter} in the submitter and ${worker} in the worker`;
}

/** A data set of many small files may differ in all of them. */
const mostFilesShown = 5;

function fileDifferences(submitter: readonly ProjectFile[], worker: readonly ProjectFile[]): readonly string[] {
  const theirs = new Map(worker.map((file) => [file.path, file]));
  const found = submitter.flatMap(({ path, digest }) => {
    const text = difference(path, digestText(digest), digestText(theirs.get(path)?.digest));
    return text === undefined ? [] : [text];
  });
  const more = found.length - mostFilesShown;
  return more > 0 ? [...found.slice(0, mostFilesShown), `and ${more} more files differ`] : found;
}

function digestText(digest: string | undefined): string {
  return digest === undefined ? 'not there' : shown(digest);
}

function lockFileText(lockFile: LockFileDigest | undefined): string {
  return lockFile === undefined ? 'not there' : `${lockFile.name} ${shown(lockFile.digest)}`;
}

function codeText(code: string | undefined): string {
  return code === undefined ? 'unknown' : shown(code);
}

/** Enough of a sha256 for people to compare. */
function shown(digest: string): string {
  return `sha256 ${digest.slice(0, 12)}`;
}
