import { setTimeout as sleep } from 'node:timers/promises';
import { DatasetsError } from '../../core/errors/index.js';
import {
  type FinalJobState,
  isFinal,
  JobDetached,
  type JobMessage,
  type JobState,
  type JobWatcher,
  type RunningJob,
} from '../beam/job/submitter.js';
import type { DataflowApi } from './dataflow-api.js';
import { SeenMessages } from './seen-messages.js';
import type { ServiceJob } from './service-job.js';
import type { WatchPatience } from './submission-options.js';
import { workerError } from './worker-error.js';

export const defaultPatience: WatchPatience = {
  requests: { maxAttempts: 8, maxConnectionAttempts: 4, firstDelayMilliseconds: 250, maxDelayMilliseconds: 20_000 },
  firstPause: 250,
  longestPause: 15_000,
  silence: 15 * 60_000,
  reason: 50_000,
  cancellation: 30_000,
};

/** Kept for the reason of a failure: the first ones are the cause of the others. */
const mostErrors = 50;
/** A job that was created a moment ago may not be found at once. */
const mostAbsences = 5;

/** A job on Dataflow, which outlives whoever submitted it. */
export class DataflowRunningJob implements RunningJob {
  readonly id: string;
  readonly url: string;
  readonly #api: DataflowApi;
  readonly #detached: boolean;
  readonly #patience: WatchPatience;
  readonly #errors: JobMessage[] = [];

  /** @param options.detached whether nobody is to wait for it. */
  constructor(
    api: DataflowApi,
    { id, url }: { readonly id: string; readonly url: string },
    options: { readonly detached: boolean; readonly patience: WatchPatience },
  ) {
    this.#api = api;
    this.id = id;
    this.url = url;
    this.#detached = options.detached;
    this.#patience = options.patience;
  }

  async watch(watcher: JobWatcher): Promise<FinalJobState> {
    if (this.#detached) throw this.#detach();
    try {
      return await this.#watch(watcher);
    } catch (error) {
      const { signal } = watcher;
      const reason: unknown = signal.aborted ? signal.reason : error;
      // The network of the submitter, or its machine, is gone: the job is none of them.
      throw isAboutSubmitter(reason) || isBroken(signal) ? this.#detach(reason) : reason;
    }
  }

  /** What the job failed of, as far as its messages say. */
  failure(): DatasetsError {
    return workerError(this.#errors, this.id, this.url);
  }

  leave(cause: DatasetsError): JobDetached {
    const { id, url } = this;
    const hint = `${cause.hint ?? ''} Then run: ailab-datasets attach ${id}`.trim();
    return new JobDetached(`${cause.message}; what the job ${id} made is kept (${url})`, {
      jobId: id,
      url,
      hint,
      cause,
    });
  }

  async cancel(): Promise<void> {
    if (isOver(await this.#api.get(this.id))) return;
    try {
      await this.#api.cancel(this.id);
    } catch (error) {
      if (!isOver(await this.#api.get(this.id))) throw error;
    }
    const end = Date.now() + this.#patience.cancellation;
    const pauses = new Pauses(this.#patience);
    while (Date.now() < end) {
      const job = await this.#api.get(this.id);
      if (job.state === 'cancelling' || isOver(job)) return;
      await pauses.wait();
    }
  }

  async #watch(watcher: JobWatcher): Promise<FinalJobState> {
    const { signal } = watcher;
    const seen = new SeenMessages();
    const look = new Look(this.#api, this.id, this.#patience.silence);
    let told: JobState | undefined;
    let failedAt: number | undefined;
    for (const pauses = new Pauses(this.#patience); ; await pauses.wait(signal)) {
      signal.throwIfAborted();
      const state = (await look.ask((api) => api.get(this.id)))?.state;
      if (state === undefined) continue;
      if (state !== told) watcher.onState?.(state);
      told = state;
      await look.ask(() => this.#tell(watcher, seen));
      if (state === 'failed' && this.#errors.length === 0) {
        failedAt ??= Date.now();
        if (Date.now() - failedAt > this.#patience.reason) return state;
      } else if (isFinal(state)) return state;
    }
  }

  async #tell(watcher: JobWatcher, seen: SeenMessages): Promise<void> {
    const [messages, counters] = await Promise.all([
      this.#api.messages(this.id, seen.since),
      watcher.onMetrics === undefined ? [] : this.#api.counters(this.id),
    ]);
    for (const message of seen.take(messages)) {
      if (message.importance === 'error' && this.#errors.length < mostErrors) this.#errors.push(message);
      watcher.onMessage?.(message);
    }
    if (counters.length > 0) watcher.onMetrics?.(counters);
  }

  #detach(cause?: unknown): JobDetached {
    const { id, url } = this;
    const reason = cause instanceof Error ? `${cause.message}; ` : '';
    return new JobDetached(`${reason}the job ${id} goes on: ${url}`, {
      jobId: id,
      url,
      ...(cause !== undefined && { cause }),
      hint: `Run: ailab-datasets attach ${id} to wait for it and publish what it made.`,
    });
  }
}

/** Asks for a job again and again, through times in which nobody answers. */
class Look {
  readonly #api: DataflowApi;
  readonly #id: string;
  readonly #mostSilence: number;
  #answeredAt = Date.now();
  #absences = 0;

  constructor(api: DataflowApi, id: string, mostSilence: number) {
    this.#api = api;
    this.#id = id;
    this.#mostSilence = mostSilence;
  }

  /** Undefined where nobody answers, or the job isn't found, and it was heard of not long ago. */
  async ask<T>(question: (api: DataflowApi) => Promise<T>): Promise<T | undefined> {
    try {
      const answer = await question(this.#api);
      this.#answeredAt = Date.now();
      this.#absences = 0;
      return answer;
    } catch (error) {
      if (!(error instanceof DatasetsError)) throw error;
      const isSilent = error.code === 'JOB_SERVICE_UNREACHABLE';
      if (isSilent && Date.now() - this.#answeredAt < this.#mostSilence) return undefined;
      if (error.code !== 'BUILD_UNKNOWN') throw error;
      if (++this.#absences < mostAbsences) return undefined;
      throw new DatasetsError('JOB_FAILED', `the job ${this.#id} is not on Dataflow any more`, {
        hint: 'Somebody deleted it, or its project. Run the build again.',
        cause: error,
      });
    }
  }
}

/** Waits longer and longer. */
class Pauses {
  readonly #longest: number;
  #next: number;

  constructor({ firstPause, longestPause }: WatchPatience) {
    this.#next = firstPause;
    this.#longest = longestPause;
  }

  async wait(signal?: AbortSignal): Promise<void> {
    const pause = this.#next;
    this.#next = Math.min(this.#longest, pause * 1.5);
    await sleep(pause, undefined, signal && { signal });
  }
}

function isOver({ state }: ServiceJob): boolean {
  return state !== undefined && isFinal(state);
}

function isAboutSubmitter(reason: unknown): boolean {
  return reason instanceof DatasetsError && (reason.code === 'PREEMPTED' || reason.code === 'JOB_SERVICE_UNREACHABLE');
}

/** The submitter was stopped by an error of its own, and not by a person: who attaches to the job finds it. */
function isBroken({ aborted, reason }: AbortSignal): boolean {
  return aborted && reason instanceof DatasetsError && reason.code !== 'INTERRUPTED';
}
