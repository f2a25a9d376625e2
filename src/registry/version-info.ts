import { DatasetsError } from '../core/errors/index.js';
import type { Json } from '../core/json/index.js';
import type { Storage } from '../storage/index.js';
import { fillTemplate, type RecordFormat, recordFormats, type ShardFormat, versionFiles } from './layout.js';
import { type Manifest, readManifest } from './manifest.js';
import { type PreparedDatasetInfo, type PreparedSplit, parseDatasetInfo } from './tfds-dataset-info.js';

/** A file of a shard. Size and digests are known where there is a manifest. */
export interface ShardFile {
  /** Inside the version's directory, with `/`. */
  readonly path: string;
  readonly bytes: number | undefined;
  readonly crc32c: string | undefined;
  readonly sha256: string | undefined;
}

export interface ShardInfo {
  readonly examples: number;
  readonly files: { readonly [Format in ShardFormat]?: ShardFile };
}

export interface SplitInfo {
  readonly name: string;
  readonly examples: number;
  /** Sum of the tf.Examples' sizes. */
  readonly exampleBytes: number;
  readonly shards: readonly ShardInfo[];
}

/** What a version says of itself, whether this SDK published it or tfds prepared it. */
export interface VersionInfo {
  readonly name: string;
  readonly config: string | undefined;
  readonly version: string;
  readonly description: string;
  readonly configDescription: string | undefined;
  readonly homepage: string | undefined;
  readonly citation: string | undefined;
  readonly license: string | undefined;
  readonly owner: string | undefined;
  readonly tags: readonly string[];
  readonly supervisedKeys: readonly [string, string] | undefined;
  readonly releaseNotes: Readonly<Record<string, string>>;
  readonly splits: readonly SplitInfo[];
  /** Formats in which every shard is there. */
  readonly formats: readonly RecordFormat[];
  /** Our schema; undefined for a directory that tfds prepared, whose features.json says it. */
  readonly schema: Json | undefined;
  readonly manifest: Manifest | undefined;
}

/**
 * Reads what a version says of itself.
 *
 * @param path the version's directory in the storage, `''` where the storage is that directory.
 * @throws DatasetsError VERSION_UNKNOWN when it holds no version; MANIFEST_INVALID, FORMAT_TOO_NEW; UNSUPPORTED for a format of tfds that
 * is read by nothing here.
 */
export async function readVersionInfo(storage: Storage, path = ''): Promise<VersionInfo> {
  const manifest = await readManifest(storage, path);
  if (manifest !== undefined) return versionInfoOf(manifest);
  const file = path === '' ? versionFiles.datasetInfo : `${path}/${versionFiles.datasetInfo}`;
  const bytes = await storage.read(file);
  if (bytes === undefined) throw noVersion(path === '' ? storage.location : `${storage.location}/${path}`);
  const name = `${storage.location}/${file}`;
  return fromPrepared(parseDatasetInfo(bytes, name), name);
}

/** What a manifest says of its version. */
export function versionInfoOf(manifest: Manifest): VersionInfo {
  const { info } = manifest;
  const files = filesByShard(manifest);
  const splits = manifest.splits.map((split) => ({
    name: split.name,
    examples: split.examples,
    exampleBytes: split.exampleBytes,
    shards: split.shards.map((shard, number) => ({
      examples: shard.examples,
      files: files.get(`${split.name} ${number}`) ?? {},
    })),
  }));
  return {
    name: manifest.name,
    config: manifest.config,
    version: manifest.version,
    description: info.description,
    configDescription: info.configDescription,
    homepage: info.homepage,
    citation: info.citation,
    license: info.license,
    owner: info.owner,
    tags: info.tags,
    supervisedKeys: info.supervisedKeys && [info.supervisedKeys[0], info.supervisedKeys[1]],
    releaseNotes: manifest.releaseNotes,
    splits,
    formats: recordFormats.filter((format) =>
      splits.every((split) => split.shards.every((shard) => shard.files[format] !== undefined)),
    ),
    schema: manifest.schema,
    manifest,
  };
}

/** The files of each shard, by split and number. */
function filesByShard(manifest: Manifest): ReadonlyMap<string, ShardInfo['files']> {
  const shards = new Map<string, { [Format in ShardFormat]?: ShardFile }>();
  for (const { path, format, bytes, crc32c, sha256, split, shard } of manifest.files) {
    if (format === 'metadata' || split === undefined || shard === undefined) continue;
    const files = shards.get(`${split} ${shard}`) ?? {};
    files[format] = { path, bytes, crc32c, sha256 };
    shards.set(`${split} ${shard}`, files);
  }
  return shards;
}

function fromPrepared(info: PreparedDatasetInfo, file: string): VersionInfo {
  if (info.fileFormat !== 'tfrecord') {
    throw new DatasetsError('UNSUPPORTED', `${file}: data in the format ${info.fileFormat} can't be read`, {
      hint: "Prepare it as TFRecord: tfds build --file_format=tfrecord, or builder.download_and_prepare(file_format='tfrecord').",
      at: { dataset: info.name, file },
    });
  }
  return {
    ...info,
    owner: undefined,
    tags: [],
    splits: info.splits.map((split) => preparedSplit(info, split, file)),
    formats: ['tfrecord'],
    schema: undefined,
    manifest: undefined,
  };
}

function preparedSplit(info: PreparedDatasetInfo, split: PreparedSplit, file: string): SplitInfo {
  const shardCount = split.shardLengths.length;
  return {
    name: split.name,
    examples: split.shardLengths.reduce((sum, length) => sum + length, 0),
    exampleBytes: split.exampleBytes,
    shards: split.shardLengths.map((examples, shard) => {
      const name = { dataset: info.name, split: split.name, shard, shardCount };
      const path = fillTemplate(split.filepathTemplate, info.fileFormat, name);
      if (path === undefined) throw badTemplate(split, file);
      return { examples, files: { tfrecord: { path, bytes: undefined, crc32c: undefined, sha256: undefined } } };
    }),
  };
}

function badTemplate(split: PreparedSplit, file: string): DatasetsError {
  return new DatasetsError(
    'MANIFEST_INVALID',
    `${file}: the shards of ${split.name} are named ${JSON.stringify(split.filepathTemplate)}, which names no file`,
    {
      hint: 'Known are {DATASET}, {SPLIT}, {FILEFORMAT}, {SHARD_INDEX}, {NUM_SHARDS} and {SHARD_X_OF_Y}.',
      at: { file },
    },
  );
}

function noVersion(directory: string): DatasetsError {
  return new DatasetsError('VERSION_UNKNOWN', `${directory} holds no version of a data set`, {
    hint: `A version's directory has a ${versionFiles.manifest}, or a ${versionFiles.datasetInfo} written by tfds.`,
    at: { file: directory },
  });
}
