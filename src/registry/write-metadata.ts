import { createHash } from 'node:crypto';
import { relative, sep } from 'node:path';
import { Crc32c } from '../core/checksum/index.js';
import { DatasetsError } from '../core/errors/index.js';
import { isRelativePath } from '../storage/index.js';
import { formatJson } from './format-json.js';
import { currentFormatVersion } from './format-version.js';
import { huggingFaceFiles } from './hugging-face.js';
import { versionFiles } from './layout.js';
import { formatManifest, type Manifest, type ManifestContent, type ManifestFile, parseManifest } from './manifest.js';
import { formatProvenance } from './provenance-file.js';
import type { StagedVersion } from './staging/staged-version.js';
import { stagingFiles } from './staging/staging-files.js';
import { formatDatasetInfo } from './tfds-dataset-info.js';
import { contentDigestOf, fingerprintOf, type VersionMetadata } from './version-metadata.js';

/**
 * Writes every file of a staged version that is no shard: what tfds reads, what Hugging Face reads, and the manifest last.
 *
 * tfds' files are there only with TFRecord shards and Hugging Face's only with Arrow shards: otherwise a stock reader would open the
 * version and then miss its data. Nothing is synced to the disk: `publish` does.
 *
 * @returns the manifest.
 * @throws DatasetsError STORAGE_FULL, STORAGE_FAILED; MANIFEST_INVALID when the metadata itself is wrong.
 */
export async function writeMetadata(staged: StagedVersion, metadata: VersionMetadata): Promise<Manifest> {
  const shardFiles = metadata.splits.flatMap((split) => shardFilesOf(staged, split));
  const formats = new Set(shardFiles.map((file) => file.format));
  const contents = metadataContents(staged, metadata, formats);
  const metadataFiles: ManifestFile[] = [];
  for (const [path, content] of contents) {
    const bytes = Buffer.from(content);
    await staged.files.write(staged.path(`${stagingFiles.version}/${path}`), bytes, { sync: false });
    metadataFiles.push({
      path,
      format: 'metadata',
      bytes: bytes.length,
      crc32c: new Crc32c().update(bytes).digestBase64(),
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
  }
  if (staged.resumed) await removeStrangers(staged, new Set([...shardFiles, ...metadataFiles].map(({ path }) => path)));
  const files = [...shardFiles, ...metadataFiles].sort((a, b) => (a.path < b.path ? -1 : 1));
  return writeManifest(staged, manifestOf(staged, metadata, files));
}

/** What an earlier build of the same identity wrote and this one did not, with other formats for instance. */
async function removeStrangers(staged: StagedVersion, known: ReadonlySet<string>): Promise<void> {
  const root = staged.path(stagingFiles.version);
  for await (const { path } of staged.files.walk(root)) {
    if (!known.has(path.slice(root.length + 1))) await staged.files.delete(path);
  }
}

/** Writes a manifest after reading it back, so that none is ever published that can't be read. */
export async function writeManifest(staged: StagedVersion, manifest: ManifestContent): Promise<Manifest> {
  const text = formatManifest(manifest);
  const checked = await parseManifest(Buffer.from(text), `${staged.directory}/${versionFiles.manifest}`);
  await staged.files.write(staged.path(`${stagingFiles.version}/${versionFiles.manifest}`), text, { sync: false });
  return checked;
}

function metadataContents(
  staged: StagedVersion,
  metadata: VersionMetadata,
  formats: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const { name, config, version } = staged;
  const { description, configDescription, homepage, citation, license, supervisedKeys } = metadata.info;
  const about = { name, config, version, description, homepage, citation, license };
  const contents = new Map<string, string>();
  if (formats.has('tfrecord')) {
    const splits = metadata.splits.map((split) => ({
      name: split.name,
      exampleBytes: split.exampleBytes,
      shardLengths: split.shards.map((shard) => shard.examples),
    }));
    const { releaseNotes } = metadata;
    const pair = supervisedKeys && ([supervisedKeys[0], supervisedKeys[1]] as const);
    const info = { ...about, configDescription, supervisedKeys: pair, releaseNotes, splits };
    contents.set(versionFiles.datasetInfo, formatDatasetInfo(info));
    contents.set(versionFiles.features, formatJson(metadata.featuresJson));
    for (const [file, content] of Object.entries(metadata.namesFiles)) contents.set(file, content);
  }
  if (formats.has('arrow')) {
    const splits = metadata.splits.map((split) => ({ ...split, shardCount: split.shards.length }));
    const files = huggingFaceFiles({ ...about, features: metadata.huggingFaceFeatures, splits });
    for (const [file, content] of files) contents.set(file, content);
  }
  if (license !== undefined) contents.set(versionFiles.license, license);
  const { fingerprintTexts } = metadata;
  if (fingerprintTexts !== undefined) contents.set(versionFiles.provenance, formatProvenance(fingerprintTexts));
  return contents;
}

function shardFilesOf(staged: StagedVersion, split: VersionMetadata['splits'][number]): readonly ManifestFile[] {
  return split.shards.flatMap((shard) =>
    shard.files.map((file) => ({
      path: pathInside(staged.directory, file.path),
      format: file.format,
      bytes: file.bytes,
      crc32c: file.crc32c,
      sha256: file.sha256,
      split: split.name,
      shard: shard.shard,
      examples: file.examples,
    })),
  );
}

function pathInside(directory: string, file: string): string {
  const path = relative(directory, file).split(sep).join('/');
  if (isRelativePath(path)) return path;
  throw new DatasetsError('INTERNAL', `a shard was written to ${file}, outside the staged directory ${directory}`, {
    hint: 'Report this with the command that you ran.',
    at: { file },
  });
}

function manifestOf(staged: StagedVersion, metadata: VersionMetadata, files: readonly ManifestFile[]): ManifestContent {
  return {
    formatVersion: currentFormatVersion,
    name: staged.name,
    config: staged.config,
    version: staged.version,
    createdAt: metadata.createdAt.toISOString(),
    contentDigest: contentDigestOf(metadata.splits),
    splits: metadata.splits.map((split) => ({
      name: split.name,
      examples: split.examples,
      exampleBytes: split.exampleBytes,
      contentDigest: split.contentDigest,
      shards: split.shards.map(({ examples, exampleBytes }) => ({ examples, exampleBytes })),
    })),
    files,
    schema: metadata.schema,
    info: metadata.info,
    releaseNotes: metadata.releaseNotes,
    fingerprint: { digest: fingerprintOf(metadata.fingerprintParts), parts: metadata.fingerprintParts },
    sources: metadata.sources,
    rebuildable: metadata.rebuildable,
    external: metadata.external,
    accepted: metadata.accepted,
    lineage: metadata.lineage ?? [],
    engine: metadata.engine,
    sdkVersion: metadata.sdkVersion,
    git: metadata.git,
    snapshotTime: metadata.snapshotTime,
    snapshot: metadata.snapshot,
    counters: metadata.counters,
    imageEncoders: metadata.imageEncoders ?? {},
  };
}
