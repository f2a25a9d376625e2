import { isRelativePath } from '../storage/index.js';

/** The formats that records may be published in; all hold the same records in the same order. */
export const recordFormats = ['tfrecord', 'arrow', 'parquet'] as const;
export type RecordFormat = (typeof recordFormats)[number];

/** What a shard's file holds: records in one of the formats, or the key index over them. */
export type ShardFormat = RecordFormat | 'index';

export interface ShardName {
  readonly dataset: string;
  readonly split: string;
  readonly shard: number;
  readonly shardCount: number;
}

/** Names inside a version's directory; all paths here are relative to it, with `/`. */
export const versionFiles = {
  manifest: 'manifest.json',
  /** tfds' DatasetInfo as proto JSON. */
  datasetInfo: 'dataset_info.json',
  /** tfds' features. */
  features: 'features.json',
  license: 'LICENSE',
  /** Texts of the code and the queries that a version was made with. */
  provenance: 'provenance.json',
  /** What Hugging Face's `load_from_disk` opens. */
  arrow: 'arrow',
} as const;

/** Staged builds lie here: in the registry's own file system, so that a version appears by one rename, under a name that is no data set's. */
export const stagingDirectory = '.staging';

/** Who builds what: a row of generations for each version (`lease/`). */
export const leaseDirectory = '.leases';

/** What was done to the registry, one object each. */
export const auditDirectory = '.audit';

/** What became of builds, one object each (`reports/`). */
export const reportDirectory = '.builds';

/** The folder of the reports of a version's builds. */
export function reportPath(version: Parameters<typeof versionPath>[0]): string {
  return `${reportDirectory}/${versionPath(version)}`;
}

/** The folder of a version's lease. */
export function leasePath(version: Parameters<typeof versionPath>[0]): string {
  return `${leaseDirectory}/${versionPath(version)}`;
}

/** The folder of an alias: its newest generation says what it stands for. */
export function aliasPath(dataset: string, alias: string): string {
  return `${dataset}/.aliases/${alias}`;
}

/** Beside the versions of a data set or config, under a name that none of them can have: fingerprints that were found to give a version's content, a row of generations. */
export function attestationPath(version: Parameters<typeof versionPath>[0]): string {
  const config = version.config === undefined ? '' : `${version.config}/`;
  return `${version.name}/${config}.attested/${version.version}`;
}

/** The same of fingerprints that were found to give other content. */
export function refutationPath(version: Parameters<typeof versionPath>[0]): string {
  const config = version.config === undefined ? '' : `${version.config}/`;
  return `${version.name}/${config}.refuted/${version.version}`;
}

/** In a data set's folder: what queries gave, by content. */
export const extractFolder = '.extracts';

/** The path of an extract in its data set's folder, as manifests name it. */
export function extractFile(sha256: string, format: ExtractFormat): string {
  return `${extractFolder}/${sha256}.${format}`;
}

/** The formats of extracts, by which they are called. */
export const extractFormats = ['parquet', 'arrow'] as const;
export type ExtractFormat = (typeof extractFormats)[number];

/** The lease of a data set's extracts: who notes that it needs some, or removes those that nobody needs. */
export function extractLeasePath(dataset: string): string {
  return `${leaseDirectory}/${dataset}/${extractFolder}`;
}

/** Where stock tfds finds the name of the default config (dataset_builder.py, `load_default_config_name`). */
export function defaultConfigFile(dataset: string): string {
  return `${dataset}/.config/metadata.json`;
}

/**
 * `<name>/[<config>/]<version>`, as tfds looks it up.
 *
 * @example
 * ```ts
 * versionPath({ name: 'product_a', config: 'men', version: '1.2.0' }); // 'product_a/men/1.2.0'
 * ```
 */
export function versionPath(version: {
  readonly name: string;
  readonly config?: string | undefined;
  readonly version: string;
}): string {
  const config = version.config === undefined ? '' : `${version.config}/`;
  return `${version.name}/${config}${version.version}`;
}

/** The path of a shard's file inside the version's directory. */
export function shardFile(format: ShardFormat, name: ShardName): string {
  const numbers = `${digits(name.shard, name.shardCount)}-of-${digits(name.shardCount, name.shardCount)}`;
  switch (format) {
    case 'tfrecord':
      return `${name.dataset}-${name.split}.tfrecord-${numbers}`;
    case 'arrow':
      return `${versionFiles.arrow}/${name.split}/data-${numbers}.arrow`;
    case 'parquet':
      // `datasets` finds a folder's splits by such names.
      return `parquet/${name.split}-${numbers}.parquet`;
    case 'index':
      return `index/${name.split}-${numbers}.index`;
  }
}

/** The template that `shardFile('tfrecord')` fills, as tfds writes it (naming.py, DEFAULT_FILENAME_TEMPLATE). */
export const tfrecordTemplate = '{DATASET}-{SPLIT}.{FILEFORMAT}-{SHARD_X_OF_Y}';

/**
 * Fills a template of tfds: data that tfds prepared may be named in another way, also in a subdirectory.
 *
 * @returns undefined when the template holds a variable that we don't know, or leads out of the directory.
 */
export function fillTemplate(template: string, fileFormat: string, name: ShardName): string | undefined {
  const shard = digits(name.shard, name.shardCount);
  const count = digits(name.shardCount, name.shardCount);
  const values: Readonly<Record<string, string>> = {
    DATASET: name.dataset,
    SPLIT: name.split,
    FILEFORMAT: fileFormat,
    SHARD_INDEX: shard,
    NUM_SHARDS: count,
    SHARD_X_OF_Y: `${shard}-of-${count}`,
  };
  let known = true;
  const path = template.replace(/\{(\w*)\}/g, (_, variable: string) => {
    const value = Object.hasOwn(values, variable) ? values[variable] : undefined;
    if (value === undefined) known = false;
    return value ?? '';
  });
  return known && isRelativePath(path) ? path : undefined;
}

/** Five digits, more where the number of shards needs them (naming.py, `_num_digits_needed`). */
function digits(number: number, shardCount: number): string {
  return String(number).padStart(Math.max(5, String(shardCount).length), '0');
}
