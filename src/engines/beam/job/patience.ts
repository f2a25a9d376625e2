/** How long a job service is waited for, in milliseconds. */
export interface Patience {
  /** Until it answers a call. */
  readonly answer: number;
  /** While a job runs: how long it may be silent to calls before it counts as gone. */
  readonly silence: number;
  /** Between two questions for the job's metrics. */
  readonly poll: number;
  /** Until a cancelled job is over. */
  readonly cancel: number;
  /** Until the runner starts another worker in place of one that died. */
  readonly replacement: number;
}

/** A cluster that is busy with a large job answers late; who waits at a terminal wants to know that nobody is there. */
export const patient: Patience = {
  answer: 60_000,
  silence: 30_000,
  poll: 1000,
  cancel: 10_000,
  replacement: 5000,
};
