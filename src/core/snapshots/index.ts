export { dueSnapshots } from './due-snapshots.js';
export { type ConfigGroup, groupConfigs } from './group-configs.js';
export { isCoarseEnough, type KeepPeriod, keepPeriods, type SnapshotKeep } from './keep.js';
export { type SnapshotPeriod, snapshotPeriods, startOfPeriod } from './period.js';
export {
  newestSnapshot,
  parseSnapshot,
  readSnapshot,
  type Snapshot,
  snapshotAt,
  snapshotsBetween,
} from './snapshot.js';
export { type ConfigParts, snapshotConfig, splitSnapshotConfig } from './snapshot-config.js';
