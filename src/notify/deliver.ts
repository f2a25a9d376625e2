import { setTimeout as sleep } from 'node:timers/promises';
import { FetchFailure } from '../core/http/index.js';
import type { DeliveryTimings } from './delivery-timings.js';

/** One attempt: it throws a FetchFailure, which says whether another one is worth its while. */
export type Attempt = (signal: AbortSignal) => Promise<void>;

/**
 * Tries until it succeeds, until it is refused for good, or until the time is up. `Retry-After` is honoured where it ends in time; else nothing is tried again.
 *
 * @throws FetchFailure of the last attempt
 */
export async function deliver(attempt: Attempt, timings: DeliveryTimings): Promise<void> {
  const end = performance.now() + timings.totalMilliseconds;
  for (let failures = 0; ; ) {
    try {
      await attempt(
        AbortSignal.timeout(Math.max(1, Math.ceil(Math.min(timings.attemptMilliseconds, end - performance.now())))),
      );
      return;
    } catch (error) {
      if (!(error instanceof FetchFailure)) throw error;
      failures++;
      const pause = Math.max(error.retryAfterMilliseconds ?? 0, timings.firstDelayMilliseconds * 2 ** (failures - 1));
      if (!error.passing || performance.now() + pause >= end) throw tried(error, failures);
      await sleep(pause);
    }
  }
}

function tried(error: FetchFailure, attempts: number): FetchFailure {
  const often = attempts === 1 ? '' : `, tried ${attempts} times`;
  const asked = error.retryAfterMilliseconds;
  const later = asked === undefined ? '' : `, and asks to wait ${Math.ceil(asked / 1000)} s`;
  return new FetchFailure(`${error.message}${later}${often}`, error.passing);
}
