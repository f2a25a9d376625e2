export { newJobFolder, sweepAbandonedJobs } from './abandoned-jobs.js';
export { type LeftShards, leaveShards, takeShards } from './finished-shards.js';
export { stagedInputs } from './input-names.js';
export { openWorkFiles, type WorkFilesOptions } from './open-work-files.js';
export {
  type Arrival,
  type Departure,
  relocateJob,
  relocateShards,
  restoreJob,
  restoreTask,
} from './relocate-job.js';
export { Relocation, type RootName } from './relocation.js';
export type { SubmitterInputs } from './stage-inputs.js';
export type { LocalTask, WorkerDirectories, WorkFiles } from './work-files.js';
export { newNonce, placeInAttempt } from './work-names.js';
