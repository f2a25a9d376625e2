import type { RepeatSettings } from '../../storage/index.js';

/** How a job is handed in. The library's own types speak of it, so this file names nothing of packages that are not installed with this one. */
export interface SubmissionOptions {
  /** Joins this job, which may be over, and no other. */
  readonly attach?: string;
  /** Leaves the job to itself once it is created. */
  readonly detach?: boolean;
  /** `gs://bucket/object` that the job is written to, in place of running it. */
  readonly templateLocation?: string;
  readonly patience?: WatchPatience;
}

/** How often and how long a job is asked about. In milliseconds. */
export interface WatchPatience {
  readonly requests: RepeatSettings;
  /** Before the second look; from look to look it grows by half. */
  readonly firstPause: number;
  readonly longestPause: number;
  /** How long Dataflow may be silent while the job, which needs nobody, goes on. */
  readonly silence: number;
  /** How long to wait for the reason of a failure: it comes some thirty seconds after the state (Python's dataflow_runner.py, poll_for_job_completion). */
  readonly reason: number;
  /** How long a cancellation may take to be heard. */
  readonly cancellation: number;
}
