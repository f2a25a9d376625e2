export { createEngine, type EngineName, type EngineOptions } from './create-engine.js';
export * from './engine.js';
export { type JournalSummary, readJournalSummary } from './journal/journal-summary.js';
export { sourceStaging } from './task/prepared-job.js';
