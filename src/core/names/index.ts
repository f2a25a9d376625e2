export {
  type AliasName,
  type ConfigName,
  type DatasetName,
  isConfigName,
  isDatasetName,
  isSplitName,
  parseConfigName,
  parseDatasetName,
  parseSplitName,
  type SplitName,
  snakeCase,
} from './names.js';
export { formatReference, parseReference, type Reference } from './reference.js';
export { nearestHint, suggestNearest } from './suggest-nearest.js';
export {
  compareVersions,
  isVersion,
  isVersionPattern,
  matchesVersion,
  newestVersion,
  parseVersion,
  parseVersionPattern,
  type Version,
  type VersionPattern,
  versionNumbers,
} from './version.js';
