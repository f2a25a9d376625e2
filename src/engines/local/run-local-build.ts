import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../../core/json/index.js';
import type { BuildFacts } from '../../pipeline/index.js';
import type { BuildJob, BuildOutput, EngineRun } from '../engine.js';
import { abortPromise, emptyDirectory, interrupted } from '../gather/job-end.js';
import { Journal, JournalDamaged } from '../journal/journal.js';
import { prepareSubmitter } from '../task/prepare-job.js';
import type { PreparedJob } from '../task/prepared-job.js';
import type { TaskRunner } from '../task/task-runner.js';
import { LocalBuild } from './local-build.js';
import { Resumption } from './resumption.js';

export interface LocalEngine {
  /** For the manifest. */
  readonly description: { readonly [key: string]: Json };
  openRunner(job: BuildJob): Promise<TaskRunner>;
}

/**
 * Runs a job on this machine. Whatever happens, it leaves no worker behind, and the work directory empty unless the job keeps a journal there.
 *
 * @throws DatasetsError what stopped the build first; INTERRUPTED when `run.signal` was aborted, PREEMPTED when that was its reason.
 */
export async function runLocalBuild(engine: LocalEngine, job: BuildJob, run: EngineRun): Promise<BuildOutput> {
  if (run.signal.aborted) throw interrupted(job, run.signal);
  // A pool starts while the submitter makes the graph.
  const opening = engine.openRunner(job);
  opening.catch(() => {});
  const abort = abortPromise(run.signal, () => interrupted(job, run.signal));
  try {
    // splits() may ask for facts, which may take long: an interruption doesn't wait for it.
    const journal = journalOf(job);
    const prepared = await Promise.race([prepareJournaled(job, journal, run), abort.promise]);
    const attempt = async (): Promise<Omit<BuildOutput, 'engine'>> => {
      const resumption = await Promise.race([openResumption(prepared, journal, run), abort.promise]);
      const build = new LocalBuild(prepared, resumption, await opening, (event) => run.onProgress(event));
      abort.promise.catch((error: unknown) => build.stop(error));
      return build.run();
    };
    try {
      return { ...(await attempt()), engine: engine.description };
    } catch (error) {
      if (!(error instanceof JournalDamaged) || journal === undefined) throw error;
      journal.clear();
      return { ...(await attempt()), engine: engine.description };
    }
  } finally {
    abort.dispose();
    await (await opening).close();
    if (job.journal === undefined) emptyDirectory(job.workDirectory);
  }
}

/** A sample of the first examples keeps none: what a task takes depends on the tasks before it, and it is small. */
function journalOf(job: BuildJob): Journal | undefined {
  return job.journal === undefined || job.maxExamplesPerSplit !== undefined
    ? undefined
    : new Journal(job.workDirectory);
}

/** Prepares the job with the facts that its first attempt was told, and takes note of them. */
async function prepareJournaled(job: BuildJob, journal: Journal | undefined, run: EngineRun): Promise<PreparedJob> {
  const recorded = journal?.readFacts() as unknown as BuildFacts | undefined;
  const prepared = await prepareSubmitter(recorded === undefined ? job : { ...job, facts: recorded }, run);
  // Units that were made from other files are not gone on from.
  if (recorded !== undefined && !isDeepStrictEqual(recorded.downloads, prepared.graph.facts.downloads))
    journal?.clear();
  journal?.writeFacts(prepared.graph.facts);
  const { signal, onProgress } = run;
  return { ...prepared, sourceContext: { ...prepared.sourceContext, signal, onProgress } };
}

async function openResumption(
  prepared: PreparedJob,
  journal: Journal | undefined,
  run: EngineRun,
): Promise<Resumption | undefined> {
  if (journal === undefined) return undefined;
  const resumption = await Resumption.open(prepared, journal, prepared.job.journal?.identity ?? '');
  const { resumed } = resumption;
  if (resumed !== undefined) run.onResume?.(resumed);
  return resumption;
}
