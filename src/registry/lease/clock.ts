import { setTimeout as sleep } from 'node:timers/promises';

/** Time as leases need it: none of it is ever compared between two processes. */
export interface Clock {
  /** Milliseconds since some moment; never goes back. */
  now(): number;
  /**
   * Ends early, without an error, when the signal aborts.
   *
   * @param keepsAlive whether the process may not end while it sleeps.
   */
  sleep(
    milliseconds: number,
    options: { readonly signal?: AbortSignal | undefined; readonly keepsAlive: boolean },
  ): Promise<void>;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: async (milliseconds, { signal, keepsAlive }) => {
    try {
      await sleep(milliseconds, undefined, { ref: keepsAlive, ...(signal !== undefined && { signal }) });
    } catch (error) {
      if (signal?.aborted !== true) throw error;
    }
  },
};
