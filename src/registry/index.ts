export { type AdvanceAliasOptions, advanceAlias } from './aliases/advance-alias.js';
export type { AliasGeneration, AliasTarget } from './aliases/alias-generation.js';
export { type MoveAliasOptions, moveAlias } from './aliases/move-alias.js';
export { aliasHistory, listAliases, readAlias } from './aliases/read-alias.js';
export { type AliasRollback, rollbackAlias, type SkippedTarget } from './aliases/rollback-alias.js';
export { type Attestation, attestFingerprint, readAttestations } from './attestations/attest.js';
export { type Refutation, readRefutation, refuteFingerprint } from './attestations/refute.js';
export { type AuditDraft, type AuditEntry, type AuditSubject, defaultActor, readAudit, writeAudit } from './audit.js';
export { readDefaultConfig } from './default-config.js';
export { digestObject } from './extracts/digest-object.js';
export { keepExtracts, type NewExtract } from './extracts/keep-extracts.js';
export { extractFilesOf, type ManifestExtract, type ManifestExtractFile } from './extracts/manifest-extracts.js';
export type { UnusedExtract } from './extracts/sweep-extracts.js';
export { formatJson } from './format-json.js';
export {
  leasePath,
  type RecordFormat,
  recordFormats,
  type ShardFormat,
  type ShardName,
  shardFile,
  versionFiles,
  versionPath,
} from './layout.js';
export { acquireLease, takeFreeLease } from './lease/acquire-lease.js';
export type { Clock } from './lease/clock.js';
export type { Lease } from './lease/lease.js';
export { type LeaseHolder, type LeaseOptions, type LeaseTimings, leaseTimings } from './lease/lease-options.js';
export { formatManifest, type Manifest, type ManifestFile, parseManifest, readManifest } from './manifest.js';
export { sealOf, selfDigestOf } from './manifest-seal.js';
export { currentProcess, isAlive, type Life, lifeOf, type ProcessIdentity } from './process-identity.js';
export { type ProvenanceTexts, readProvenance } from './provenance-file.js';
export { type PublishOptions, publish } from './publish/publish.js';
export {
  type AliasLookup,
  type DatasetListing,
  openRegistry,
  Registry,
  type RegistryOptions,
  type ResolvedVersion,
} from './registry.js';
export {
  type BuildReport,
  type BuildReportDraft,
  type BuildReportQuery,
  lastOutcome,
  readBuildReport,
  readBuildReports,
  writeBuildReport,
} from './reports/build-reports.js';
export { lastAttested } from './reports/last-attested.js';
export { lastBuildFailed } from './reports/last-build.js';
export type { BuildOutcomeName } from './reports/report-name.js';
export { type SweepReportsOptions, sweepReports } from './reports/sweep-reports.js';
export { type PrunedVersion, type PruneOptions, type PruneReport, prune } from './retention/prune.js';
export { listTombstones, readTombstone, type Tombstone } from './retention/tombstone.js';
export { listSnapshots, type StoredSnapshot } from './snapshots/list-snapshots.js';
export {
  acceptStaged,
  type KeptFinding,
  type Refusal,
  readRefusals,
  writeRefusal,
} from './staging/refusal.js';
export {
  type RemoveBuildsOptions,
  type RemovedBuild,
  removeAbandonedBuilds,
  removeBuild,
} from './staging/remove-builds.js';
export { type StageOptions, stageVersion } from './staging/stage-version.js';
export { listStagedBuilds, type StagedBuild, type StagedBuildsOptions } from './staging/staged-builds.js';
export type { StagedTarget } from './staging/staged-target.js';
export type { StagedVersion } from './staging/staged-version.js';
export { type PreparedDatasetInfo, parseDatasetInfo } from './tfds-dataset-info.js';
export { isUnknownReference } from './unknown-reference.js';
export {
  readVersionInfo,
  type ShardFile,
  type ShardInfo,
  type SplitInfo,
  type VersionInfo,
  versionInfoOf,
} from './version-info.js';
export {
  contentDigestOf,
  fingerprintOf,
  type PublishedFile,
  type PublishedShard,
  type PublishedSplit,
  type VersionMetadata,
} from './version-metadata.js';
export type { VersionName } from './version-name.js';
export { writeMetadata } from './write-metadata.js';
export { setYanked, type YankOptions, type YankOutcome } from './yanks/set-yank.js';
export { readYank, readYanks, versionYanked, type Yank, yankText } from './yanks/yank.js';
