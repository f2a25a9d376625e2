export {
  type AliasName,
  type ConfigName,
  type DatasetName,
  isConfigName,
  isDatasetName,
  isSplitName,
  parseAliasName,
  parseConfigName,
  parseDatasetName,
  parseSplitName,
  type SplitName,
  snakeCase,
} from './names.js';
export { nearestHint } from './nearest-hint.js';
export { type BumpLevel, nextVersion } from './next-version.js';
export { formatReference, parseReference, type Reference } from './reference.js';

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
