export { type AttachOptions, attach } from './attach.js';
export { build } from './build.js';
export { comparedDirectory, comparedLease } from './build-beside.js';
export type { BuildEvent, BuildOptions, BuildResult, BuiltSplit, IfExists } from './build-options.js';
export { compareWithBuild, type PublishedComparison } from './compare-with-build.js';
export {
  downloadsOf,
  type FetchDownloadsOptions,
  type FetchedDownloads,
  type FetchedFile,
  fetchDownloads,
} from './fetch-downloads.js';
export { configuredDatasets, findDefinition } from './find-dataset.js';
export { type BuildPolicy, type LoadableClass, type LoadOptions, load } from './load.js';
export type { RepairedFile } from './repair/repair-files.js';
export { type RepairOptions, type RepairReport, repairVersion } from './repair/repair-version.js';
export { outcomeOf, type ReportedError, reportedError } from './report/reported-error.js';
export type { BuildComparison, DifferingFile, FirstDifference } from './reproduce/compare-builds.js';
export type { LikelyCause } from './reproduce/likely-causes.js';
export { type ReproduceOptions, type ReproduceReport, reproduce } from './reproduce/reproduce.js';
export { type DueSnapshotsOptions, dueSnapshotsOf } from './snapshots/due-builds.js';
export { snapshotRules } from './snapshots/keep-rules.js';
export type { MovedAlias } from './snapshots/move-nightly.js';
export { type BackfillOptions, type BackfillPlan, planBackfill } from './snapshots/plan-backfill.js';
export { stagingDirectory } from './stage-target.js';
export { type BuildTarget, findTarget, nameOfTarget, timeOfTarget } from './target.js';
export { descriptionOfConfig } from './version-metadata.js';
export { explainTarget, type WhyOptions, type WhyReport, why } from './why.js';
