import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatasetsError } from '../core/errors/index.js';
import { formatReference } from '../core/names/index.js';
import { type AnyFeature, leavesOf, namesFiles, toFeaturesJson, toHuggingFaceFeatures } from '../features/index.js';
import type { FileDigest } from '../formats/index.js';
import type { VersionFiles, VersionReader } from '../reader/index.js';
import {
  type Manifest,
  openRegistry,
  type PublishedFile,
  type PublishedSplit,
  publish,
  type RecordFormat,
  type ShardFile,
  type ShardFormat,
  type ShardInfo,
  type SplitInfo,
  type StagedVersion,
  shardFile,
  stageVersion,
  type VersionMetadata,
  writeMetadata,
} from '../registry/index.js';
import { convertShard } from './convert-shard.js';
import { copyPublishedFile } from './copy-file.js';
import type { ExportOptions, ExportReport } from './export-options.js';

/** One export, with all that its steps share. */
interface RecordExport {
  readonly source: VersionFiles;
  readonly version: VersionReader<unknown>;
  readonly manifest: Manifest;
  readonly formats: readonly RecordFormat[];
  readonly staged: StagedVersion;
  readonly options: ExportOptions;
}

/**
 * Publishes a version to another registry, in the formats that are wanted: those that it has are copied, the others are made from its examples. Records, their order, shards and
 * content digest stay the same.
 *
 * @param source the version's files
 * @throws DatasetsError UNSUPPORTED where the export would not hold the same data; VERSION_EXISTS; DATA_CORRUPT when a file is not as it was
 *   published; STORAGE_FULL, STORAGE_FAILED, INTERRUPTED. Nothing is published then.
 */
export async function exportRecords(
  source: VersionFiles,
  version: VersionReader<unknown>,
  formats: readonly RecordFormat[],
  options: ExportOptions,
): Promise<ExportReport> {
  const { info } = version;
  const manifest = checkExport(version, formats);
  const registry = openRegistry(options.directory);
  const target = { name: info.name, config: info.config, version: info.version };
  const { overwrite, signal, workDirectory } = options;
  const staged = await stageVersion(registry, target, { overwrite, signal, workDirectory });
  try {
    const run: RecordExport = { source, version, manifest, formats, staged, options };
    const splits: PublishedSplit[] = [];
    for (const split of info.splits) splits.push(await exportSplit(split, run));
    const published = await writeMetadata(staged, metadataOf(manifest, version, splits));
    options.signal?.throwIfAborted();
    const directory = await publish(staged, { overwrite: options.overwrite === true });
    return {
      paths: [directory],
      examples: splits.reduce((sum, split) => sum + split.examples, 0),
      bytes: published.files.reduce((sum, file) => sum + file.bytes, 0),
    };
  } finally {
    await staged.discard();
  }
}

function checkExport({ info, schema }: VersionReader<unknown>, formats: readonly RecordFormat[]): Manifest {
  const reference = formatReference(info);
  const at = { dataset: info.name };
  if (info.manifest === undefined) {
    throw new DatasetsError(
      'UNSUPPORTED',
      `${reference} was prepared by tfds: without a manifest it can't be published to a registry`,
      {
        hint: 'Export it as text: --file-format jsonl.',
        at,
      },
    );
  }
  const double = leavesOf(schema).find(({ dtype }) => dtype === 'float64');
  const isExact = info.formats.some((format) => format !== 'tfrecord');
  if (double !== undefined && formats.some((format) => format !== 'tfrecord') && !isExact) {
    throw new DatasetsError(
      'UNSUPPORTED',
      `${reference} has neither Arrow nor Parquet shards, and TFRecord holds ${double.key} rounded to float32`,
      {
        hint: `Build it with both formats: ailab-datasets build ${reference} --file-format tfrecord,arrow`,
        at: { ...at, field: double.key },
      },
    );
  }
  return info.manifest;
}

async function exportSplit(split: SplitInfo, run: RecordExport): Promise<PublishedSplit> {
  const { onProgress } = run.options;
  const started = performance.now();
  let rows = 0;
  onProgress?.({ type: 'stage-start', stage: split.name, tasks: split.shards.length, rows: split.examples });
  const shards: PublishedSplit['shards'][number][] = [];
  for (const [shard, info] of split.shards.entries()) {
    const files: PublishedFile[] = [];
    for (const format of [...run.formats, 'index'] as const) {
      files.push(...(await exportShard({ split, shard, info, format }, run)));
    }
    rows += info.examples;
    onProgress?.({ type: 'task-end', stage: split.name, done: shard + 1, tasks: split.shards.length, rows });
    shards.push({
      shard,
      examples: info.examples,
      exampleBytes: exampleBytesOf(run.manifest, split.name, shard),
      files,
    });
  }
  onProgress?.({ type: 'stage-end', stage: split.name, rows, seconds: (performance.now() - started) / 1000 });
  const { examples, exampleBytes, contentDigest } = splitOf(run.manifest, split.name);
  return { name: split.name, examples, exampleBytes, contentDigest, shards };
}

interface ShardExport {
  readonly split: SplitInfo;
  readonly shard: number;
  readonly info: ShardInfo;
  readonly format: ShardFormat;
}

/** Copies a shard's file, or makes it. A version without a key index has none afterwards either. */
async function exportShard(
  { split, shard, info, format }: ShardExport,
  run: RecordExport,
): Promise<readonly PublishedFile[]> {
  const { staged, version, options } = run;
  const name = { dataset: version.info.name, split: split.name, shard, shardCount: split.shards.length };
  const path = join(staged.directory, shardFile(format, name));
  await mkdir(dirname(path), { recursive: true });
  const original: ShardFile | undefined = info.files[format];
  const { examples } = info;
  if (original !== undefined) {
    return [{ path, format, examples, ...(await copyOriginal(original, path, run)) }];
  }
  if (format === 'index') return [];
  const dataset = version.dataset(`${split.name}[${shard}shard:${shard + 1}shard]`);
  const converted = await convertShard(dataset, version.schema, format, path, () => options.signal?.throwIfAborted());
  return [{ path, format, ...converted }];
}

async function copyOriginal(original: ShardFile, to: string, { source, options }: RecordExport): Promise<FileDigest> {
  const file = await source.file(original.path);
  try {
    return await copyPublishedFile(file, to, original.sha256, options.signal);
  } finally {
    source.release(original.path);
  }
}

function splitOf(manifest: Manifest, name: string): Manifest['splits'][number] {
  const split = manifest.splits.find((candidate) => candidate.name === name);
  if (split !== undefined) return split;
  throw new DatasetsError('MANIFEST_INVALID', `the manifest of ${formatReference(manifest)} lacks the split ${name}`, {
    hint: 'Restore the version, or build it again.',
    at: { dataset: manifest.name, split: name },
  });
}

function exampleBytesOf(manifest: Manifest, split: string, shard: number): number {
  return splitOf(manifest, split).shards[shard]?.exampleBytes ?? 0;
}

/** The same version says the same of itself wherever it lies. */
function metadataOf(
  manifest: Manifest,
  { info, schema }: VersionReader<unknown>,
  splits: readonly PublishedSplit[],
): VersionMetadata {
  const names = namesFiles(schema).map((file) => [file.fileName, `${file.names.join('\n')}\n`] as const);
  return {
    info: manifest.info,
    featuresJson: toFeaturesJson(schema),
    namesFiles: Object.fromEntries(names),
    ...huggingFaceFeaturesOf(manifest, info.formats, schema),
    schema: manifest.schema,
    releaseNotes: manifest.releaseNotes,
    splits,
    fingerprintParts: manifest.fingerprint.parts,
    sources: manifest.sources,
    lineage: manifest.lineage,
    ...(manifest.external !== undefined && { external: manifest.external }),
    ...(manifest.accepted !== undefined && { accepted: manifest.accepted }),
    engine: manifest.engine,
    sdkVersion: manifest.sdkVersion,
    ...(manifest.git !== undefined && { git: manifest.git }),
    ...(manifest.snapshotTime !== undefined && { snapshotTime: manifest.snapshotTime }),
    ...(manifest.snapshot !== undefined && { snapshot: manifest.snapshot }),
    counters: manifest.counters,
    imageEncoders: manifest.imageEncoders,
    createdAt: new Date(manifest.createdAt),
  };
}

/** Arrow files that others wrote are copied: they have the features that their writer told. */
function huggingFaceFeaturesOf(
  { external }: Manifest,
  formats: readonly RecordFormat[],
  schema: AnyFeature,
): Pick<VersionMetadata, 'huggingFaceFeatures'> {
  if (external === undefined || !formats.includes('arrow'))
    return { huggingFaceFeatures: toHuggingFaceFeatures(schema) };
  return external.huggingFaceFeatures === undefined ? {} : { huggingFaceFeatures: external.huggingFaceFeatures };
}
