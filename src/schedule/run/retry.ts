import type { ErrorCode } from '../../core/errors/index.js';
import { type StepError, stepError } from '../step-error.js';
import type { RunClock } from './run-clock.js';

/** How often a build is begun, and how long it is waited in between. */
export interface RetryRules {
  /** Builds of one step that are begun at most. */
  readonly attempts: number;
  /** Before the second one; doubled before each further one. */
  readonly firstPauseSeconds: number;
  readonly longestPauseSeconds: number;
}

export const defaultRetryRules: RetryRules = { attempts: 3, firstPauseSeconds: 10, longestPauseSeconds: 300 };

/** Outside of the data set, and yet nothing that passes while somebody waits. */
const lastingCodes: readonly ErrorCode[] = [
  'STORAGE_DENIED',
  'WAREHOUSE_DENIED',
  'CREDENTIALS_MISSING',
  'BUCKET_UNKNOWN',
];
const lasting: ReadonlySet<string> = new Set(lastingCodes);

function mayRetry({ code, isTransient }: StepError, attempt: number, { attempts }: RetryRules): boolean {
  return isTransient && !lasting.has(code) && attempt < attempts;
}

/**
 * Exponential backoff with jitter: half of the pause is left to chance, so that steps that failed together don't come back together.
 *
 * @param attempt the one that failed, counted from 1
 * @param random from 0 to 1
 */
function pauseSeconds(attempt: number, random: number, rules: RetryRules): number {
  const pause = Math.min(rules.longestPauseSeconds, rules.firstPauseSeconds * 2 ** (attempt - 1));
  return pause * (0.5 + random / 2);
}

/** What retries need of a run. */
export interface Retrying {
  readonly retry: RetryRules;
  readonly clock: RunClock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/**
 * Does something again as long as a fault of a machine or a network is met, and attempts are left.
 *
 * @param onRetry told before a pause
 * @throws what the last attempt threw
 */
export async function retrying<T>(
  { retry, clock, random, signal }: Retrying,
  work: (attempt: number) => Promise<T>,
  onRetry: (attempt: number, error: StepError, pause: number) => void = () => undefined,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt);
    } catch (thrown) {
      const error = stepError(thrown);
      if (signal.aborted || !mayRetry(error, attempt, retry)) throw thrown;
      const pause = pauseSeconds(attempt, random(), retry);
      onRetry(attempt, error, pause);
      await clock.sleep(pause * 1000, signal);
      if (signal.aborted) throw thrown;
    }
  }
}
