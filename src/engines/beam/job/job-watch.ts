import { setTimeout as sleep } from 'node:timers/promises';
import type { JobMessagesResponse } from '../protos/job_management/v1/beam_job_api_pb.js';
import { abortable } from './abortable.js';
import { messageOf, stateOf } from './job-events.js';
import type { JobService } from './job-service.js';
import type { Patience } from './patience.js';
import { isUnreachable, jobServiceError } from './service-errors.js';
import { type FinalJobState, isFinal, type JobMessage, type JobState, type JobWatcher } from './submitter.js';
import { type WorkerDeath, workerDied } from './worker-death.js';
import type { WorkerPool } from './worker-pool.js';

/** Messages that a service tells again when it is asked again are told once; most keep a hundred. */
const rememberedMessages = 1000;
/** Prism says why a job failed after it has said that it failed. */
const lastWordsMilliseconds = 2000;
/** What a dead process has written is read to its end before the death is told. */
const newsOfDeathMilliseconds = 500;

export interface WatchedJob {
  readonly id: string;
  readonly service: JobService;
  /** Whose workers are this process's. */
  readonly pool: WorkerPool | undefined;
  readonly patience: Patience;
}

/** Follows one job to its end, by its messages, its metrics, and the deaths of workers that this process started. */
export class JobWatch {
  readonly #job: WatchedJob;
  readonly #watcher: JobWatcher;
  /** Aborted with what ends the watch before the job is over. */
  readonly #ending = new AbortController();
  readonly #seen = new Set<string>();
  #state: JobState | undefined;
  /** When the service answered last. */
  #heard = Date.now();
  /** The last worker that died, until another one starts. */
  #death: WorkerDeath | undefined;

  constructor(job: WatchedJob, watcher: JobWatcher) {
    this.#job = job;
    this.#watcher = watcher;
  }

  /** See `RunningJob.watch`. */
  async run(): Promise<FinalJobState> {
    const { signal } = this.#watcher;
    signal.throwIfAborted();
    const onAbort = (): void => this.#ending.abort(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    const endObservation = this.#observeWorkers();
    const over = new AbortController();
    const polling = this.#pollMetrics(over.signal);
    try {
      const state = await this.#followMessages();
      over.abort();
      await polling;
      const death = state === 'failed' ? await this.#deathBehindFailure() : undefined;
      if (death !== undefined) throw workerDied(death);
      return state;
    } finally {
      over.abort();
      endObservation();
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** To the last state. A stream that breaks is opened anew, as long as the service may come back; a service that gives none is asked for the state. */
  async #followMessages(): Promise<FinalJobState> {
    const { patience } = this.#job;
    const { signal } = this.#ending;
    for (;;) {
      try {
        // Why a stream broke says little: what the service answers then, says it.
        const state = (await this.#followStream().catch(() => undefined)) ?? (await this.#askState());
        this.#heard = Date.now();
        this.#tellState(state);
        if (isFinal(state)) return state;
      } catch (error) {
        signal.throwIfAborted();
        if (!this.#mayComeBack(error)) throw error;
      }
      await pause(patience.poll, signal);
      signal.throwIfAborted();
    }
  }

  async #askState(): Promise<JobState> {
    const { service, id } = this.#job;
    this.#ending.signal.throwIfAborted();
    return stateOf(await abortable(service.state(id), this.#ending.signal));
  }

  /** @returns undefined where the stream ended and the job did not. */
  async #followStream(): Promise<FinalJobState | undefined> {
    const { service, id } = this.#job;
    const { signal } = this.#ending;
    const stream = service.messages(id);
    let final: FinalJobState | undefined;
    let lastWords: NodeJS.Timeout | undefined;
    const ended = new Promise<FinalJobState | undefined>((resolve, reject) => {
      stream.on('data', ({ response }: JobMessagesResponse) => {
        this.#heard = Date.now();
        if (response.case === 'messageResponse') this.#tellMessage(messageOf(response.value));
        if (response.case !== 'stateResponse') return;
        const state = stateOf(response.value.state);
        this.#tellState(state);
        if (!isFinal(state)) return;
        final = state;
        lastWords ??= setTimeout(() => resolve(final), lastWordsMilliseconds);
      });
      stream.on('end', () => resolve(final));
      stream.on('error', (error) => (final === undefined ? reject(error) : resolve(final)));
    });
    try {
      return await abortable(ended, signal);
    } finally {
      clearTimeout(lastWords);
      stream.cancel();
    }
  }

  /** Until the job is over, and once more then. A service that knows no metrics is asked for its state, to know that it is there. */
  async #pollMetrics(over: AbortSignal): Promise<void> {
    const { service, id, patience } = this.#job;
    const { signal } = this.#ending;
    let hasMetrics = true;
    for (;;) {
      await pause(patience.poll, AbortSignal.any([signal, over]));
      if (signal.aborted) return;
      try {
        if (hasMetrics) this.#watcher.onMetrics?.(await abortable(service.counters(id), signal));
        else await this.#askState();
        this.#heard = Date.now();
      } catch (error) {
        if (signal.aborted) return;
        if (!isUnreachable(error)) hasMetrics = false;
        else if (!this.#mayComeBack(error)) {
          this.#ending.abort(jobServiceError(error, service.endpoint, 'say how the job goes on'));
        }
      }
      if (over.aborted) return;
    }
  }

  #mayComeBack(error: unknown): boolean {
    const { pool, patience } = this.#job;
    // A runner whose workers have ended is gone itself.
    return isUnreachable(error) && pool?.hasEnded !== true && Date.now() - this.#heard < patience.silence;
  }

  /** What workers of this process write is told; one that dies without another in its place ends the watch, since not every runner notices. */
  #observeWorkers(): () => void {
    const { pool, patience } = this.#job;
    let replacement: NodeJS.Timeout | undefined;
    const endObservation = pool?.observe({
      onLine: (workerId, line) => {
        this.#watcher.onMessage?.({ importance: 'detailed', text: `${workerId}: ${line}`, time: new Date() });
      },
      onStart: () => {
        clearTimeout(replacement);
        this.#death = undefined;
      },
      onDeath: (death) => {
        this.#death = death;
        clearTimeout(replacement);
        replacement = setTimeout(() => void this.#blame(death), patience.replacement);
      },
    });
    return () => {
      clearTimeout(replacement);
      endObservation?.();
    };
  }

  /** Ends the watch for a death, or for what the worker died of: one whose runner is gone ends with an error of its own. */
  async #blame(death: WorkerDeath): Promise<void> {
    try {
      await this.#askState();
      this.#ending.abort(workerDied(death));
    } catch (error) {
      this.#ending.abort(error);
    }
  }

  /** The worker whose death made the job fail: Prism says that it failed before this process has heard of the death. */
  async #deathBehindFailure(): Promise<WorkerDeath | undefined> {
    if (this.#job.pool === undefined) return undefined;
    const end = Date.now() + newsOfDeathMilliseconds;
    while (this.#death === undefined && Date.now() < end) await pause(10, this.#ending.signal);
    return this.#death;
  }

  #tellMessage(message: JobMessage): void {
    const key = `${message.importance} ${message.time?.getTime()} ${message.text}`;
    if (this.#seen.has(key)) return;
    if (this.#seen.size >= rememberedMessages) this.#seen.clear();
    this.#seen.add(key);
    this.#watcher.onMessage?.(message);
  }

  #tellState(state: JobState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#watcher.onState?.(state);
  }
}

/** Waits; less long when the signal is aborted. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}
