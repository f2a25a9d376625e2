export * from './builder-class.js';
export * from './builder-reference.js';
export { codeFingerprint, moduleCodeDigest } from './code-fingerprint.js';
export { type CodeModule, type CodeParts, codeParts } from './code-parts.js';
export * from './dataset-builder.js';
export * from './definition.js';
export * from './discover.js';
export { type Duration, durationSeconds } from './duration.js';
export {
  type ChangeExpectation,
  type ChangeLimits,
  type Expectations,
  type GuardLimits,
  type JoinExpectations,
  type LimitsByConfig,
  limitsOfConfig,
  type Percentage,
  type SplitExpectations,
  type SplitLimits,
} from './expectations.js';
export { formatEpoch } from './format-epoch.js';
export * from './import-module.js';
export * from './load-builder.js';
export type { BuildDemands, Resources } from './resources.js';
export type { CheckedSchedule, Schedule } from './schedule.js';
export { nightlyAlias, type SnapshotDemands } from './snapshots.js';
