import { DatasetsError } from '../../../core/errors/index.js';
import type { Json } from '../../../core/json/index.js';

/** A job that was handed in before, and what was staged for it. */
export interface FoundJob {
  readonly job: RunningJob;
  readonly staged: StagedJob;
}

/** Where the `BeamJob` of a job lies: all that it takes to collect what the job has made. */
export interface StagedJob {
  readonly workLocation: string;
  /** In the work location. */
  readonly name: string;
  /** sha256 of its bytes, lower-case hex. */
  readonly digest: string;
}

/** The part of an `Environment` of the pipeline proto that says where workers run; capabilities and resources are the translator's. */
export interface WorkerEnvironment {
  /** `beam:env:docker:v1` and its kin. */
  readonly urn: string;
  readonly payload: Uint8Array;
}

export interface SubmitOptions {
  /** Lower-case letters, digits and hyphens, beginning with a letter, as Dataflow wants it; need not be unique. */
  readonly name: string;
  /** Pipeline options by Beam's names: `{ parallelism: 4 }`; how a service wants them wrapped is the submitter's business. */
  readonly pipelineOptions?: Readonly<Record<string, Json>>;
  /** For services that keep jobs: whoever finds the job later is told. */
  readonly staged?: StagedJob;
  /** Ends the handing in. What the service has taken by then is cancelled. */
  readonly signal?: AbortSignal;
}

/** A job that the service has taken. */
export interface RunningJob {
  /** As the service names it. */
  readonly id: string;
  /** Where people can look at it. */
  readonly url?: string;
  /**
   * Tells what the job does until it is over.
   *
   * @returns the state that it ended in. FAILED is not thrown: whoever submitted the job knows best where its error lies.
   * @throws DatasetsError WORKER_DIED where workers of this process died, and the service may never notice; JOB_SERVICE_UNREACHABLE where the service went away. Rejects with the
   * signal's reason when that is aborted; the job goes on until `cancel()`. JobDetached at once where nobody is to wait: the job goes on, and needs its work location.
   */
  watch(watcher: JobWatcher): Promise<FinalJobState>;
  /** Why the job failed, where the service's messages say it better than the last of them. */
  failure?(): DatasetsError;
  /** For services that keep jobs: what to throw in place of a fault outside of code and data when the job is done, whose work location stays to be come back to. */
  leave?(cause: DatasetsError): JobDetached;
  /** Asks the service to stop the job, and waits a few seconds until it has. Does nothing where the job is over. */
  cancel(): Promise<void>;
}

export interface Detached {
  /** Undefined where the job was only staged. */
  readonly jobId?: string;
  /** Where people can look at it. */
  readonly url?: string;
  readonly hint: string;
  /** Why nobody waits any more, where that was not asked for. */
  readonly cause?: unknown;
}

/** Nobody waits for the job: it goes on, and needs its work location; or it was only staged, to be run some other time. */
export class JobDetached extends DatasetsError {
  readonly jobId: string | undefined;
  readonly url: string | undefined;

  constructor(message: string, { jobId, url, hint, cause }: Detached) {
    super(cause instanceof DatasetsError ? cause.code : 'INTERRUPTED', message, { hint, cause });
    this.jobId = jobId;
    this.url = url;
  }
}

export interface JobWatcher {
  readonly signal: AbortSignal;
  /** Of every importance, in the order in which they were written. */
  onMessage?(message: JobMessage): void;
  /** At each change. */
  onState?(state: JobState): void;
  /** Now and then while the job runs, and once when it is over, if the service knows any. */
  onMetrics?(counters: readonly JobCounter[]): void;
}

export const runningStates = ['stopped', 'starting', 'running', 'updating', 'draining', 'cancelling'] as const;
/** After these nothing comes. */
export const finalStates = ['done', 'failed', 'cancelled', 'drained', 'updated'] as const;

export type FinalJobState = (typeof finalStates)[number];
/** `stopped`: taken, and not started yet. */
export type JobState = (typeof runningStates)[number] | FinalJobState;

export function isFinal(state: JobState): state is FinalJobState {
  return finalStates.some((final) => final === state);
}

/** From least to most. */
export const messageImportances = ['debug', 'detailed', 'basic', 'warning', 'error'] as const;
export type MessageImportance = (typeof messageImportances)[number];

export interface JobMessage {
  readonly importance: MessageImportance;
  /** May have several lines: a stack of a worker. */
  readonly text: string;
  /** Undefined where the service does not say it. */
  readonly time: Date | undefined;
}

/** A counter that DoFns count (`beam:metric:user:sum_int64:v1`), as far as the service has heard of it. */
export interface JobCounter {
  /** Id of the PTransform in the pipeline. */
  readonly transform: string;
  readonly namespace: string;
  readonly name: string;
  /** With what bundles have counted that are not finished, where the service says it: it may fall when one is tried again. */
  readonly attempted: bigint;
  /** Of finished bundles alone. Undefined where the service does not tell them apart. */
  readonly committed: bigint | undefined;
}
