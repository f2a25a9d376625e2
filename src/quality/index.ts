export { diffLines, featureLines, fieldOf, splitText } from './diff/describe-diff.js';
export { diffFeatures, type SchemaState } from './diff/diff-features.js';
export { type DiffOptions, diffVersions } from './diff/diff-versions.js';
export { type Bump, bumpBetween, bumpOfFeatures, isEnough, isUndecided, requiredBump } from './diff/required-bump.js';
export type {
  ChangedFeature,
  Comparison,
  DiffedVersion,
  ExampleDiff,
  FeatureDiff,
  FeatureState,
  KeyCounts,
  SplitDiff,
  VersionDiff,
} from './diff/version-diff.js';
export { checkBeforePublish } from './guards/check-before-publish.js';
export { areSameFindings, type Finding, type GuardName } from './guards/finding.js';
export { bumpTooSmall, indented, type PolicedVersion } from './police/police-bump.js';
