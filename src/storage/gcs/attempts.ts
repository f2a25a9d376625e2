import { setTimeout as sleep } from 'node:timers/promises';
import type { GcsSettings } from './gcs-settings.js';
import { isAboutConnection, isPassing, isUncertain, RequestFailure } from './request-failure.js';

/** How often and when to repeat. */
export type RepeatSettings = Pick<
  GcsSettings,
  'maxAttempts' | 'maxConnectionAttempts' | 'firstDelayMilliseconds' | 'maxDelayMilliseconds'
>;

/** What an attempt can know and say. */
export interface Attempt {
  /** Whether an earlier attempt may have done its work although it seemed to fail: its reply may have been lost. */
  readonly uncertain: boolean;
  /** Tells that a part is done for good, so that failures count anew. */
  progress(): void;
}

/**
 * Repeats an operation until it succeeds, fails for good, or has failed too often in a row.
 *
 * The client's own repetition is switched off in its favour: that one covers neither a body that stops halfway nor a wrong
 * checksum, drops the precondition of a copy in several requests, and two of them multiply.
 *
 * @throws RequestFailure; anything else that the operation throws passes through at once.
 */
export async function repeat<T>(settings: RepeatSettings, operation: (attempt: Attempt) => Promise<T>): Promise<T> {
  let failures = 0;
  let uncertain = false;
  for (;;) {
    try {
      return await operation({
        uncertain,
        progress: () => {
          failures = 0;
        },
      });
    } catch (error) {
      if (!(error instanceof RequestFailure)) throw error;
      failures++;
      const allowed = isAboutConnection(error.reason) ? settings.maxConnectionAttempts : settings.maxAttempts;
      if (!isPassing(error) || failures >= allowed) throw error;
      uncertain ||= isUncertain(error);
      await sleep(delayMilliseconds(settings, failures));
    }
  }
}

/** Shortened by chance, so that many who failed at once don't return at once. */
function delayMilliseconds(settings: RepeatSettings, failures: number): number {
  const full = Math.min(settings.maxDelayMilliseconds, settings.firstDelayMilliseconds * 2 ** (failures - 1));
  return full * (0.5 + Math.random() / 2);
}
