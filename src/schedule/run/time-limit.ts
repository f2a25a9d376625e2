import { DatasetsError } from '../../core/errors/index.js';
import type { RunClock } from './run-clock.js';

export interface TimeLimit {
  /** undefined: as long as it takes. */
  readonly seconds: number | undefined;
  /** For messages. */
  readonly what: string;
  readonly clock: RunClock;
  /** Of whoever waits. */
  readonly signal: AbortSignal;
}

/** What a build says to its limit: while it waits for another one, its time stands still. */
export interface Timekeeper {
  stop(): void;
  goOn(): void;
}

/**
 * Runs a build that is aborted when its time is up. What it has finished stays, so that the next one goes on from there.
 *
 * @throws DatasetsError BUILD_TIMED_OUT, and what `work` throws
 */
export async function withTimeLimit<T>(
  limit: TimeLimit,
  work: (signal: AbortSignal, time: Timekeeper) => Promise<T>,
): Promise<T> {
  const { seconds, clock, what } = limit;
  const ended = new AbortController();
  const timedOut = new AbortController();
  let ticking: AbortController | undefined;
  const goOn = (): void => {
    if (seconds === undefined || ticking !== undefined || ended.signal.aborted) return;
    const stopped = new AbortController();
    ticking = stopped;
    void clock.sleep(seconds * 1000, stopped.signal).then(() => {
      if (!stopped.signal.aborted) timedOut.abort(outOfTime(what, seconds));
    });
  };
  const stop = (): void => {
    ticking?.abort();
    ticking = undefined;
  };
  goOn();
  try {
    return await work(AbortSignal.any([limit.signal, timedOut.signal]), { stop, goOn });
  } catch (error) {
    if (!timedOut.signal.aborted || limit.signal.aborted) throw error;
    throw new DatasetsError('BUILD_TIMED_OUT', timedOut.signal.reason.message, {
      hint: 'Run it again: it goes on from what it had finished. If that much time is meant, raise `timeout` of the class.',
      cause: error,
    });
  } finally {
    ended.abort();
    stop();
  }
}

/** As a machine that is taken away: what is finished stays. */
function outOfTime(what: string, seconds: number): DatasetsError {
  return new DatasetsError('PREEMPTED', `${what} took longer than its timeout, ${seconds / 60} minutes`, {
    hint: 'Run it again.',
  });
}
