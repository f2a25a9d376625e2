export { cachedCopy } from './cached-copy.js';
export { type FetchOptions, fetchFiles, fetchVersion } from './fetch-version.js';
export {
  type CachedVersionSummary,
  type CacheSummary,
  type ClearedCache,
  clearCache,
  inspectCache,
} from './inspect-cache.js';
export { findLocated, type LocatedVersion, type LocateOptions, locateVersion } from './locate-version.js';
export { onceOnThisHost } from './once-on-this-host.js';
export { type PulledAmounts, pullFiles } from './pull/pull-files.js';
export { type PullOptions, type PullReport, pullVersion, wasPulled } from './pull/pull-version.js';
export { reportYank, type YankReaction } from './report-yank.js';
export { isUnreachable } from './unreachable.js';
export type { CacheSettings } from './version-cache.js';
