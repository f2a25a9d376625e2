import type { Pipeline } from '../protos/pipeline/v1/beam_runner_api_pb.js';
import type { FoundJob, RunningJob, SubmitOptions, WorkerEnvironment } from './submitter.js';

/** A service that runs Beam pipelines: a Beam job service (Prism, Flink, Spark, Python's), or Dataflow. */
export interface JobSubmitter {
  /** What runs the jobs, for messages and for the manifest: `beam at localhost:8073`, `dataflow in europe-west3`. */
  readonly description: string;
  /**
   * Where the workers of the next job run: what the pipeline's environment says. May start what has to be there for it, so it is asked once a job, before the
   * pipeline is made.
   */
  openEnvironment(): Promise<WorkerEnvironment>;
  /**
   * Hands the pipeline in and starts the job.
   *
   * @throws DatasetsError JOB_SERVICE_UNREACHABLE, JOB_REFUSED, PEER_MISSING
   */
  submit(pipeline: Pipeline, options: SubmitOptions): Promise<RunningJob>;
  /**
   * The job that builds the same already: of a submitter that died, of one that did not wait, or one that is to be attached to, which may be over. It is watched and collected in
   * place of a second one, and asked for before anything is prepared. Services that keep no jobs leave it out.
   */
  findRunning?(): Promise<FoundJob | undefined>;
  /** Ends what `openEnvironment` started, worker processes among it. A job that still runs is not cancelled. */
  close(): Promise<void>;
}
