import { setTimeout as sleep } from 'node:timers/promises';

/** Time as a run needs it; tests bring their own. */
export interface RunClock {
  /** For the report. */
  now(): Date;
  /** Ends early, without an error, when the signal aborts. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export const systemRunClock: RunClock = {
  now: () => new Date(),
  sleep: async (milliseconds, signal) => {
    try {
      await sleep(milliseconds, undefined, { signal });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  },
};
