export { formatJson } from './format-json.js';
export {
  type RecordFormat,
  recordFormats,
  type ShardFormat,
  type ShardName,
  shardFile,
  versionFiles,
  versionPath,
} from './layout.js';
export { formatManifest, type Manifest, type ManifestFile, parseManifest, readManifest } from './manifest.js';
export { sealOf } from './manifest-seal.js';
export { currentProcess, isAlive, type ProcessIdentity } from './process-identity.js';
export { type PublishOptions, publish } from './publish.js';
export {
  type AliasLookup,
  type DatasetListing,
  openRegistry,
  Registry,
  type RegistryOptions,
  type ResolvedVersion,
} from './registry.js';
export { type StageOptions, stageVersion } from './stage-version.js';
export {
  listStagedBuilds,
  removeAbandonedBuilds,
  type StagedBuild,
  type StagedBuildsOptions,
} from './staged-builds.js';
export type { StagedVersion } from './staged-version.js';
export type { StagingOwner } from './staging-files.js';
export { type PreparedDatasetInfo, parseDatasetInfo } from './tfds-dataset-info.js';
export { isUnknownReference } from './unknown-reference.js';
export { readVersionInfo, type ShardFile, type ShardInfo, type SplitInfo, type VersionInfo } from './version-info.js';
export {
  contentDigestOf,
  fingerprintOf,
  type PublishedFile,
  type PublishedShard,
  type PublishedSplit,
  type VersionMetadata,
} from './version-metadata.js';
export { writeMetadata } from './write-metadata.js';
