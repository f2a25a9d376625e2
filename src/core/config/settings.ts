import type { SnapshotKeep } from '../snapshots/index.js';
import type { BeamConfig } from './beam-settings.js';
import type { DataflowConfig } from './dataflow-settings.js';
import type { NotificationConfig } from './notification-settings.js';

/** Formats that a build can write; the writers' `OutputFormat` is this same union. */
export const outputFormats = ['tfrecord', 'arrow', 'parquet'] as const;
/** Formats of a build that names none: what stock tfds and Hugging Face `datasets` open without copying. */
export const defaultFormats: readonly ConfiguredFormat[] = ['tfrecord', 'arrow'];
export type ConfiguredFormat = (typeof outputFormats)[number];

/** Engines: on this machine `inline` in this thread (to debug) and `threads` in a pool of workers; `beam` on a runner of Apache Beam, `dataflow` on Google Cloud Dataflow. */
export const runnerNames = ['inline', 'threads', 'beam', 'dataflow'] as const;
export type RunnerName = (typeof runnerNames)[number];

/** Where SQL sources run: `duckdb` on this machine, over local files, or `bigquery`. */
export const warehouseNames = ['duckdb', 'bigquery'] as const;
export type WarehouseName = (typeof warehouseNames)[number];

/** How SQL runs on BigQuery. What it may cost is said in words, because a number is easily one zero too long. */
export interface BigQueryConfig {
  /** The project that runs the queries and pays for them. Default: that of the credentials. */
  readonly project?: string;
  /** Where jobs run: `EU`, `europe-west3`. Default: where `dataset` lies. */
  readonly location?: string;
  /** The BigQuery data set that results of queries are written to: `name`, or `project.name`. */
  readonly dataset?: string;
  /** Most bytes that one query may be billed for, in words: `'2 TiB'`. Default: `'100 GiB'`. */
  readonly maximumBytesBilled?: string;
  /** Hours after which the table with a result is deleted; a build that goes on later runs the query again. Default: 72. */
  readonly expirationHours?: number;
  /** Days after which a table is deleted that is kept so that a version can be built again (`retain: 'table-snapshot'`). Default: 365. */
  readonly snapshotDays?: number;
  /** Most seconds that one query may take. Default: 21,600, which is BigQuery's own limit. */
  readonly timeoutSeconds?: number;
  /** Most streams that a result is read in, each the work of one worker. Default: 64. */
  readonly readStreams?: number;
}

/** `BigQueryConfig` with its defaults, sizes in bytes. Plain data. */
export interface BigQuerySettings {
  readonly project: string | undefined;
  readonly location: string | undefined;
  readonly dataset: string | undefined;
  readonly maximumBytesBilled: number;
  readonly expirationHours: number;
  readonly snapshotDays: number;
  readonly timeoutSeconds: number;
  readonly readStreams: number;
}

export const defaultBigQuerySettings: BigQuerySettings = {
  project: undefined,
  location: undefined,
  dataset: undefined,
  maximumBytesBilled: 100 * 2 ** 30,
  expirationHours: 72,
  snapshotDays: 365,
  timeoutSeconds: 6 * 3600,
  readStreams: 64,
};

/**
 * What a team's `ailab-datasets.config.ts` (or .js, .mjs, .json) may say. Every field may be left out.
 *
 * The environment and the command line's flags speak of the same settings; each of them wins over the file.
 */
export interface DatasetsConfig {
  /** Folders that hold data sets, relative to the file: every folder below with a `builder.ts` is one. */
  readonly datasets?: readonly string[];
  /** npm packages that hold data sets, installed where the file lies: every folder below their `dist/datasets/` or `datasets/` is searched. */
  readonly packages?: readonly string[];
  /**
   * Where versions are published to and read from: a directory (relative to the file), `gs://bucket/path`, or the name of one of `registries`.
   * Default: `~/ailab-datasets`.
   */
  readonly registry?: string;
  /** Registries by name, each a directory or `gs://bucket/path`: `registry` and `--registry` may say the name. */
  readonly registries?: Readonly<Record<string, string>>;
  /** Formats that a build writes. Default: `tfrecord` and `arrow`. */
  readonly formats?: readonly ConfiguredFormat[];
  /** Engine of builds. Default: `threads`. */
  readonly runner?: RunnerName;
  /** Where SQL sources run. Default: `duckdb`. */
  readonly warehouse?: WarehouseName;
  /** How SQL runs on BigQuery. */
  readonly bigquery?: BigQueryConfig;
  /** How builds run on Google Cloud Dataflow. */
  readonly dataflow?: DataflowConfig;
  /** How builds run on a runner of Apache Beam. */
  readonly beam?: BeamConfig;
  /** Worker threads of a build. Default: one a processor that this process may use. */
  readonly workers?: number;
  /** Bytes of each worker's buffer, as a number or as text like `16MiB`: with `workers`, what bounds a build's memory. Default: `16MiB`. */
  readonly bufferBytes?: number | string;
  /** Largest shard file, as a number of bytes or as text like `256MiB`. Default: tfds' rule (64 MiB to 1 GiB). */
  readonly maxShardBytes?: number | string;
  /** Folder of files that people have to fetch by hand, relative to the file. */
  readonly manualDirectory?: string;
  /** Where files of a remote registry are kept on this machine, relative to the file. Default: `ailab-datasets` in `$XDG_CACHE_HOME` or `~/.cache`. */
  readonly cacheDirectory?: string;
  /** Most bytes that the cache keeps, as a number or as text like `200GiB`. Default: `50GiB`. */
  readonly cacheBytes?: number | string;
  /** Most bytes that the downloads of one build fetch, as a number or as text. Default: `200GiB`. */
  readonly maxDownloadBytes?: number | string;
  /** Most bytes that one downloaded archive may become, as a number or as text. Default: `500GiB`. */
  readonly maxExtractedBytes?: number | string;
  /** How many times its own size an archive may become, once that is more than 64 MiB. Default: 200. */
  readonly maxExtractionRatio?: number;
  /** Largest result of a query that is kept beside the version, unless its source says otherwise, as a number of bytes or as text. Default: `1GiB`. */
  readonly maxRetainedBytes?: number | string;
  /** Where builds for a remote registry are staged, relative to the file. Default: in `cacheDirectory`. */
  readonly workDirectory?: string;
  /** Which snapshots of data that grows `prune` keeps, where the builder doesn't say: `{ daily: 30, monthly: 12 }`. Default: all. */
  readonly keep?: SnapshotKeep;
  /** Whom to tell of builds that failed, of versions that were published, promoted or yanked. Default: nobody. */
  readonly notifications?: readonly NotificationConfig[];
}

/** The name of one setting. */
export type SettingName = keyof DatasetsConfig;

/**
 * Types a configuration file: returns what it is given.
 *
 * @example
 * ```ts
 * // ailab-datasets.config.ts
 * import { defineConfig } from 'ailab-datasets';
 *
 * export default defineConfig({ datasets: ['datasets'], registry: '/data/registry' });
 * ```
 */
export function defineConfig(config: DatasetsConfig): DatasetsConfig {
  return config;
}
