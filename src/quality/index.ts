export { diffFeatures, sameFeatures } from './diff/diff-features.js';
export { type DiffOptions, diffVersions } from './diff/diff-versions.js';
export { type Bump, isUndecided, requiredBump } from './diff/required-bump.js';
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
