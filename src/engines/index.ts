export { JobDetached } from './beam/job/submitter.js';
export { createEngine, type EngineName, type EngineOptions } from './create-engine.js';
export { readDataflowJob } from './dataflow/dataflow-engine.js';
export type { SubmissionOptions as DataflowSubmission } from './dataflow/submission-options.js';
export * from './engine.js';
export { type JournalSummary, readJournalSummary } from './journal/journal-summary.js';
export { sourceStaging } from './task/prepared-job.js';
