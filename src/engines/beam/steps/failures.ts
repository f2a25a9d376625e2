import { type PackedError, packError, unpackError } from '../../../core/errors/index.js';
import { inParallel } from '../../../storage/index.js';
import { newNonce, type WorkFiles } from '../files/index.js';

/** Why an attempt at a step failed, as its worker stages it. */
export interface StagedFailure {
  /** What failed: attempts at the same have the same. */
  readonly work: string;
  /** ISO 8601. */
  readonly time: string;
  readonly error: PackedError;
  /** Names of the results that a planning step had read. */
  readonly results: readonly string[];
}

const failureFolder = 'failures';

/** Tells the submitter why an attempt failed. Where not even that can be written, the runner is told alone. */
export async function stageFailure(files: WorkFiles, failure: StagedFailure): Promise<void> {
  const name = `${failureFolder}/${failure.time.replaceAll(':', '')}-${newNonce()}`;
  await files.put(name, JSON.stringify(failure)).catch(() => {});
}

/** A failure with its error as it was thrown in the worker. */
export interface Failure extends Omit<StagedFailure, 'error'> {
  readonly error: unknown;
}

/**
 * What made a job fail: runners try again several times before they give a job up, so it is what failed most often, and of several the first.
 *
 * @returns undefined when no worker has said anything.
 */
export async function findFailure(files: WorkFiles): Promise<Failure | undefined> {
  const failures: StagedFailure[] = [];
  await inParallel(await files.list(failureFolder), 16, async (name) => {
    failures.push(JSON.parse(Buffer.from(await files.get(name)).toString('utf8')) as StagedFailure);
  });
  const attempts = (failure: StagedFailure) => failures.filter(({ work }) => work === failure.work).length;
  const [worst] = failures.sort((a, b) => attempts(b) - attempts(a) || (a.time < b.time ? -1 : 1));
  return worst === undefined ? undefined : { ...worst, error: unpackError(worst.error) };
}

export function failureOf(work: string, error: unknown, results: readonly string[], time: Date): StagedFailure {
  return { work, time: time.toISOString(), error: packError(error), results };
}
