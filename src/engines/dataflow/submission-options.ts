import type { WatchPatience } from './running-job.js';

/** How a job is handed in. The library's own types speak of it, so this file names nothing of generated code, whose types are not installed with the package. */
export interface SubmissionOptions {
  /** Joins this job, which may be over, and no other. */
  readonly attach?: string;
  /** Leaves the job to itself once it is created. */
  readonly detach?: boolean;
  /** `gs://bucket/object` that the job is written to, in place of running it. */
  readonly templateLocation?: string;
  readonly patience?: WatchPatience;
}
