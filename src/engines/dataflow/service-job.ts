import type { protos } from '@google-cloud/dataflow';
import type { JobCounter, JobMessage, JobState, MessageImportance } from '../beam/job/submitter.js';
import { textsOf } from './struct.js';

/** A job as Dataflow tells of it. */
export interface ServiceJob {
  readonly id: string;
  readonly name: string;
  /** Undefined in the first moments, and for states that this release doesn't know. */
  readonly state: JobState | undefined;
  /** Of whoever created it; `''` where the service doesn't say it. */
  readonly clientRequestId: string;
  /** Pipeline options that are texts. There only when the whole job was asked for. */
  readonly options: Readonly<Record<string, string>>;
}

/** As jobs.proto explains them. A job that is cleaned up after or pauses is not over yet. */
const states: Readonly<Record<string, JobState>> = {
  JOB_STATE_STOPPED: 'stopped',
  JOB_STATE_QUEUED: 'stopped',
  JOB_STATE_PENDING: 'starting',
  JOB_STATE_RUNNING: 'running',
  JOB_STATE_RESOURCE_CLEANING_UP: 'running',
  JOB_STATE_PAUSING: 'running',
  JOB_STATE_PAUSED: 'running',
  JOB_STATE_DRAINING: 'draining',
  JOB_STATE_CANCELLING: 'cancelling',
  JOB_STATE_DONE: 'done',
  JOB_STATE_FAILED: 'failed',
  JOB_STATE_CANCELLED: 'cancelled',
  JOB_STATE_UPDATED: 'updated',
  JOB_STATE_DRAINED: 'drained',
};

export function serviceJob(job: protos.google.dataflow.v1beta3.IJob): ServiceJob {
  return {
    id: job.id ?? '',
    name: job.name ?? '',
    state: states[String(job.currentState)],
    clientRequestId: job.clientRequestId ?? '',
    options: textsOf(job.environment?.sdkPipelineOptions, ['options']),
  };
}

const importances: Readonly<Record<string, MessageImportance>> = {
  JOB_MESSAGE_DEBUG: 'debug',
  JOB_MESSAGE_DETAILED: 'detailed',
  JOB_MESSAGE_BASIC: 'basic',
  JOB_MESSAGE_WARNING: 'warning',
  JOB_MESSAGE_ERROR: 'error',
};

export function jobMessage({
  messageImportance,
  messageText,
  time,
}: protos.google.dataflow.v1beta3.IJobMessage): JobMessage {
  return {
    importance: importances[String(messageImportance)] ?? 'basic',
    text: messageText ?? '',
    time: time === null || time === undefined ? undefined : dateOf(time),
  };
}

function dateOf({ seconds, nanos }: protos.google.protobuf.ITimestamp): Date {
  return new Date(Number(seconds ?? 0) * 1000 + (nanos ?? 0) / 1e6);
}

/**
 * What DoFns counted. Dataflow tells of each counter twice: what finished bundles have counted, and with `tentative` what those that still run have counted as well. It names steps by
 * the ids of the pipeline's transforms (Python's dataflow_metrics.py).
 */
export function jobCounters(updates: readonly protos.google.dataflow.v1beta3.IMetricUpdate[]): readonly JobCounter[] {
  const counters = new Map<string, JobCounter>();
  for (const { name, scalar } of updates) {
    const { step, namespace, tentative } = name?.context ?? {};
    const amount = scalar?.numberValue;
    if (name?.origin !== 'user' || step === undefined || typeof amount !== 'number') continue;
    const key = JSON.stringify([step, namespace, name.name]);
    const before = counters.get(key) ?? {
      transform: step,
      namespace: namespace ?? '',
      name: name.name ?? '',
      attempted: 0n,
      committed: undefined,
    };
    // A counter beyond 2^53 is none of ours: rows.
    const count = BigInt(Math.trunc(amount));
    const attempted = count > before.attempted ? count : before.attempted;
    counters.set(key, { ...before, attempted, ...(tentative !== 'true' && { committed: count }) });
  }
  return [...counters.values()];
}
