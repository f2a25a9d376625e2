import type { JobMessage as ProtoMessage } from '../protos/job_management/v1/beam_job_api_pb.js';
import {
  JobMessage_MessageImportance as Importance,
  JobState_Enum,
} from '../protos/job_management/v1/beam_job_api_pb.js';
import type { JobMessage, JobState, MessageImportance } from './submitter.js';

const states: Readonly<Record<JobState_Enum, JobState>> = {
  [JobState_Enum.UNSPECIFIED]: 'stopped',
  [JobState_Enum.STOPPED]: 'stopped',
  [JobState_Enum.RUNNING]: 'running',
  [JobState_Enum.DONE]: 'done',
  [JobState_Enum.FAILED]: 'failed',
  [JobState_Enum.CANCELLED]: 'cancelled',
  [JobState_Enum.UPDATED]: 'updated',
  [JobState_Enum.DRAINING]: 'draining',
  [JobState_Enum.DRAINED]: 'drained',
  [JobState_Enum.STARTING]: 'starting',
  [JobState_Enum.CANCELLING]: 'cancelling',
  [JobState_Enum.UPDATING]: 'updating',
};

const importances: Readonly<Record<Importance, MessageImportance>> = {
  [Importance.MESSAGE_IMPORTANCE_UNSPECIFIED]: 'basic',
  [Importance.JOB_MESSAGE_DEBUG]: 'debug',
  [Importance.JOB_MESSAGE_DETAILED]: 'detailed',
  [Importance.JOB_MESSAGE_BASIC]: 'basic',
  [Importance.JOB_MESSAGE_WARNING]: 'warning',
  [Importance.JOB_MESSAGE_ERROR]: 'error',
};

/** A state in our words. One that a newer service knows counts as running: it is none that ends a job here. */
export function stateOf(state: JobState_Enum): JobState {
  return states[state] ?? 'running';
}

export function messageOf({ importance, messageText, time }: ProtoMessage): JobMessage {
  const date = new Date(time);
  return {
    importance: importances[importance] ?? 'basic',
    text: messageText,
    // Prism says none, and Python's has no time zone and a point behind its seconds, which is no date.
    time: Number.isNaN(date.getTime()) ? undefined : date,
  };
}
