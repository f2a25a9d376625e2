export { type AdoptedSplit, type AdoptOptions, type AdoptReport, adoptDirectory } from './adopt/index.js';
export {
  type BuildEvent,
  type BuildOptions,
  type BuildPolicy,
  type BuildResult,
  build,
  type FetchDownloadsOptions,
  type FetchedDownloads,
  type FetchedFile,
  fetchDownloads,
  type LoadableClass,
  type LoadOptions,
  load,
  type RepairedFile,
  type RepairOptions,
  type RepairReport,
  repairVersion,
} from './build/index.js';
export * from './builder/index.js';
export { type PullOptions, type PullReport, pullVersion } from './cache/index.js';
export {
  type DatasetCard,
  type DatasetEntry,
  describeDataset,
  findVersion,
  listDatasets,
  type SnippetTarget,
  trainerSnippet,
  versionForSnippet,
} from './catalog/index.js';
export { type DatasetsConfig, defineConfig, loadConfig, type ResolvedConfig } from './core/config/index.js';
export { DatasetsError, type ErrorCode, type ErrorLocation } from './core/errors/index.js';
export type { Json, JsonObject } from './core/json/index.js';
export type { ArchiveFormat, DownloadRequest } from './downloads/index.js';
export { type ExportFormat, type ExportOptions, type ExportReport, exportVersion } from './export/index.js';
export * from './features/index.js';
export type { Collection, Combiner, Counter, Key, Keyed, Pipeline, Resource, SideInput } from './pipeline/index.js';
export {
  type AliasMove,
  type AliasOptions,
  aliases,
  aliasHistory,
  type ChangedYank,
  type CopyReport,
  type ListedAlias,
  type PromotedAlias,
  type PromoteOptions,
  type Promotion,
  promote,
  type Rollback,
  type RollbackOptions,
  rollback,
  type UnyankOptions,
  unyank,
  yank,
} from './promotion/index.js';
export {
  Columns,
  type ColumnsOptions,
  Dataset,
  evenSplits,
  type FileVerification,
  openVersion,
  type ReadFormat,
  type SplitSelector,
  type VersionReader,
  verifyVersion,
} from './reader/index.js';
export { openRegistry, type PruneOptions, type PruneReport, prune } from './registry/index.js';
export * from './sources/index.js';
