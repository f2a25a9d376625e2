import { setTimeout as sleep } from 'node:timers/promises';
import { stateOf } from './job-events.js';
import { JobWatch, type WatchedJob } from './job-watch.js';
import { type FinalJobState, isFinal, type JobWatcher, type RunningJob } from './submitter.js';

const cancelPollMilliseconds = 50;

/** A job that a Beam job service has taken. */
export class PortableJob implements RunningJob {
  readonly #job: WatchedJob;

  constructor(job: WatchedJob) {
    this.#job = job;
  }

  get id(): string {
    return this.#job.id;
  }

  async watch(watcher: JobWatcher): Promise<FinalJobState> {
    return new JobWatch(this.#job, watcher).run();
  }

  async cancel(): Promise<void> {
    const { service, id, patience } = this.#job;
    const end = Date.now() + patience.cancel;
    if (isFinal(stateOf(await service.state(id)))) return;
    await service.cancel(id);
    // Prism says at once that it is cancelling, and ends its workers meanwhile.
    while (!isFinal(stateOf(await service.state(id))) && Date.now() < end) await sleep(cancelPollMilliseconds);
  }
}
