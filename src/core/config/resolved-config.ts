import type { SnapshotKeep } from '../snapshots/index.js';
import type { BeamSettings } from './beam-settings.js';
import type { DataflowConfig } from './dataflow-settings.js';
import type { NotificationConfig } from './notification-settings.js';
import type { ConfigOrigin } from './origin.js';
import type { BigQuerySettings, ConfiguredFormat, RunnerName, SettingName, WarehouseName } from './settings.js';

/** The configuration that counts, after file, environment and flags: every path is absolute, every size in bytes. */
export interface ResolvedConfig {
  /** The configuration file, if there is one. */
  readonly file: string | undefined;
  /** The configuration file's folder, else the working directory. */
  readonly projectDirectory: string;
  /** The team's own folders of data sets. They exist. */
  readonly datasets: readonly string[];
  /** Installed packages with their folders of data sets. */
  readonly packages: readonly { readonly name: string; readonly datasets: string }[];
  /** The registry: an absolute directory, which need not exist, or `gs://bucket/path` without a slash at its end. */
  readonly registry: string;
  /** What `registries` calls it; undefined where it was not named so. */
  readonly registryName: string | undefined;
  /** The registries that have a name, as `registry`. */
  readonly registries: Readonly<Record<string, string>>;
  readonly formats: readonly ConfiguredFormat[];
  readonly runner: RunnerName;
  readonly warehouse: WarehouseName;
  readonly bigquery: BigQuerySettings;
  /** Of file and flags, part by part. */
  readonly beam: BeamSettings;
  /** Of file and flags, part by part: what is left out, nobody has said. */
  readonly dataflow: DataflowConfig;
  readonly workers: number;
  readonly bufferBytes: number;
  /** undefined: tfds' rule. */
  readonly maxShardBytes: number | undefined;
  readonly manualDirectory: string | undefined;
  readonly cacheDirectory: string;
  readonly cacheBytes: number;
  readonly maxDownloadBytes: number;
  readonly maxExtractedBytes: number;
  readonly maxExtractionRatio: number;
  /** Largest result of a query that is kept unless its source says otherwise. */
  readonly maxRetainedBytes: number;
  /** undefined: in the cache's directory. */
  readonly workDirectory: string | undefined;
  /** Which snapshots are kept where the builder doesn't say; undefined: all. */
  readonly keep: SnapshotKeep | undefined;
  /** Whom to tell of what. Secrets are references. */
  readonly notifications: readonly NotificationConfig[];
  /** Where each setting's value comes from. */
  readonly origins: { readonly [S in SettingName]: ConfigOrigin };
}

/** Every folder that the configuration says to search for data sets: the team's own, then the packages'. */
export function datasetFolders(config: ResolvedConfig): readonly string[] {
  return [...config.datasets, ...config.packages.map((entry) => entry.datasets)];
}
