import type { Pipeline } from '../../../src/engines/beam/protos/pipeline/v1/beam_runner_api_pb.js';
import type { FakeJob } from './fake-job.js';

/** What becomes of a job that was created: drives its states until it is over. */
export type Service = (job: FakeJob, pipeline: Pipeline) => Promise<void>;

export const doneAtOnce: Service = async (job) => {
  job.become('PENDING');
  job.become('RUNNING');
  job.become('DONE');
};

/** Runs until somebody cancels it. */
export const untilCancelled: Service = async (job) => {
  job.become('PENDING');
  job.become('RUNNING');
  if (!job.cancelled.aborted) {
    await new Promise((resolve) => job.cancelled.addEventListener('abort', resolve, { once: true }));
  }
  job.become('CANCELLED');
};
