import { join } from 'node:path';
import type { BuildDemands } from '../../builder/index.js';
import { DatasetsError, isOutside } from '../../core/errors/index.js';
import type { Json } from '../../core/json/index.js';
import { isUrl } from '../../core/location/index.js';
import type { BuildJob, BuildOutput, Engine, EngineRun } from '../engine.js';
import { abortPromise, emptyDirectory, interrupted } from '../gather/job-end.js';
import { collectBuild, failureOfJob, statesOf } from './collect-build.js';
import { newJobFolder, openWorkFiles, sweepAbandonedJobs, type WorkFiles } from './files/index.js';
import { harnessCapabilities } from './harness/capabilities.js';
import type { JobSubmitter } from './job/job-submitter.js';
import { JobDetached, type JobMessage, type JobWatcher, type RunningJob } from './job/submitter.js';
import { JobProgress } from './job-progress.js';
import { readStagedBuild, type StagedBuild, stageBuild } from './stage-build.js';
import { resourceHints } from './translate/resource-hints.js';
import { translatePlan } from './translate/translate-plan.js';
import { watchDocuments } from './watch-documents.js';
import { watchWithin } from './watch-within.js';

export interface BeamEngineOptions {
  /** For the manifest. */
  readonly name: string;
  readonly submitter: JobSubmitter;
  /** A directory that all machines share, or `gs://bucket/prefix`: each job gets a folder of its own there, which is removed when the job is over. */
  readonly workLocation: string;
  /** Absolute: what lies there, workers find in theirs. */
  readonly projectRoot: string;
  /** What the builder asks of machines. */
  readonly demands?: BuildDemands;
  /** By Beam's names. */
  readonly pipelineOptions?: Readonly<Record<string, Json>>;
}

/** Has builds done by a service that runs Beam pipelines, and brings home what its workers made. */
export class BeamEngine implements Engine {
  readonly name: string;
  readonly #options: BeamEngineOptions;

  constructor(options: BeamEngineOptions) {
    this.name = options.name;
    this.#options = options;
  }

  async warmUp(): Promise<void> {
    // Workers start with the job.
  }

  async close(): Promise<void> {
    // What a run started it has ended.
  }

  async run(job: BuildJob, run: EngineRun): Promise<BuildOutput> {
    if (run.signal.aborted) throw interrupted(job, run.signal);
    const abort = abortPromise(run.signal, () => interrupted(job, run.signal));
    const { submitter } = this.#options;
    let files: WorkFiles | undefined;
    /** Whether somebody else needs what lies in the work location. */
    let isLeft = false;
    try {
      const found = await Promise.race([submitter.findRunning?.(), abort.promise]);
      const name = jobName(job);
      files = openWorkFiles(found?.staged.workLocation ?? this.#locationOf(name), { scratch: job.workDirectory });
      // A job that another submitter staged goes on, whatever keeps this one from it.
      isLeft = found !== undefined;
      const staging =
        found === undefined
          ? stageBuild(job, run, files, this.#options.projectRoot)
          : readStagedBuild(job, run, files, found.staged);
      const build = await Promise.race([staging, abort.promise]);
      isLeft = false;
      const running = found?.job ?? (await this.#submit(build, name, run));
      const output = await this.#finish(build, running, run);
      isLeft = output.left !== undefined;
      return output;
    } catch (error) {
      isLeft ||= error instanceof JobDetached;
      if (run.signal.aborted && !(error instanceof JobDetached)) throw interrupted(job, run.signal);
      throw error;
    } finally {
      abort.dispose();
      await submitter.close();
      // What can't be deleted takes its place until it is swept; the build, or why it failed, is worth more.
      if (!isLeft) await files?.remove().catch(() => {});
      await files?.close();
      if (job.journal === undefined) emptyDirectory(job.workDirectory);
    }
  }

  #locationOf(name: string): string {
    const { workLocation } = this.#options;
    return isUrl(workLocation) ? `${workLocation.replace(/\/+$/, '')}/${name}` : join(workLocation, name);
  }

  async #submit({ prepared, beam, staged }: StagedBuild, name: string, { signal }: EngineRun): Promise<RunningJob> {
    const { submitter, demands, pipelineOptions } = this.#options;
    const pipeline = translatePlan(prepared.plan, {
      builder: beam.job.builder,
      fingerprint: beam.signature.fingerprint,
      job: staged,
      environment: await submitter.openEnvironment(),
      capabilities: harnessCapabilities,
      ...(demands !== undefined && { resourceHints: resourceHints(demands) }),
    });
    return submitter.submit(pipeline, {
      name,
      staged,
      signal,
      ...(pipelineOptions !== undefined && { pipelineOptions }),
    });
  }

  async #finish(build: StagedBuild, running: RunningJob, run: EngineRun): Promise<BuildOutput> {
    const states = statesOf(build);
    // They are awaited at the end; should they fail before, that is not unhandled.
    states.catch(() => {});
    // What others left costs only its place: whoever may not list or delete it builds all the same.
    const sweeping = sweepAbandonedJobs(this.#options.workLocation, new Date()).catch(() => []);
    const progress = new JobProgress((event) => run.onProgress(event), build.prepared.plan.stages, build.beam);
    let last: JobMessage | undefined;
    const { description: service } = this.#options.submitter;
    const { id, url } = running;
    run.onJob?.({ type: 'job-start', service, id, ...(url !== undefined && { url }) });
    const endListing = watchDocuments(build.files, progress);
    const end = await watch(this.#options.demands?.timeoutSeconds, running, {
      signal: run.signal,
      onMetrics: (counters) => progress.take(counters),
      onState: (state) => run.onJob?.({ type: 'job-state', state }),
      onMessage: (message) => {
        const { importance, text } = message;
        run.onJob?.({ type: 'job-message', importance, text });
        if (message.importance === 'error') last = message;
      },
    }).finally(endListing);
    if (end === 'cancelled') throw cancelled(running, build);
    if (end !== 'done') throw await failureOfJob(build, running.failure?.() ?? last?.text);
    progress.end();
    const { left, ...output } = await collected(running, async () => collectBuild(build, await states));
    await sweeping;
    const leave = running.leave?.bind(running);
    return {
      ...output,
      ...(left !== undefined && { left: { ...left, ...(leave !== undefined && { leave }) } }),
      engine: { name: this.name, runner: service },
    };
  }
}

/** Watches a job to its end. One that nobody watches any more is of no use, unless it was left on purpose. */
async function watch(timeoutSeconds: number | undefined, running: RunningJob, watcher: JobWatcher) {
  try {
    return await watchWithin(timeoutSeconds, running, watcher);
  } catch (error) {
    // What made us stop is to be told, not that the job could not be stopped.
    if (!(error instanceof JobDetached)) await running.cancel().catch(() => {});
    throw error;
  }
}

/** What a job has made may have taken hours: where it can be come back to, no network and no full disk costs it. */
async function collected<T>(running: RunningJob, collect: () => Promise<T>): Promise<T> {
  try {
    return await collect();
  } catch (error) {
    throw isOutside(error) ? (running.leave?.(error) ?? error) : error;
  }
}

/** Lower-case letters, digits and hyphens, beginning with a letter, no longer than services like. */
function jobName({ builder: { name, config, version } }: BuildJob): string {
  const words = [name, config ?? '', version].join('-').toLowerCase();
  const plain = words.replaceAll(/[^a-z0-9]+/g, '-').slice(0, 38);
  return newJobFolder(plain.replaceAll(/^-+|-+$/g, ''));
}

function cancelled({ id }: RunningJob, { prepared }: StagedBuild): DatasetsError {
  return new DatasetsError('JOB_FAILED', `the job ${id} was cancelled, and not by this build`, {
    hint: "Nothing was published. Somebody else cancelled it, or the builder's `timeout` was over: the job's page or its messages say so. Run the build again.",
    at: { dataset: prepared.job.builder.name },
  });
}
