import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  type AnyFeature,
  namesFiles,
  schemaToJson,
  toFeaturesJson,
  toHuggingFaceFeatures,
} from '../../src/features/index.js';
import type { Key } from '../../src/pipeline/index.js';
import {
  openRegistry,
  type PublishedSplit,
  publish,
  type Registry,
  type StagedVersion,
  shardFile,
  stageVersion,
  type VersionMetadata,
  writeMetadata,
} from '../../src/registry/index.js';
import {
  contentDigest,
  encodeShard,
  type OutputFormat,
  planShards,
  type ShardResult,
  SplitWriter,
} from '../../src/writers/index.js';

export type Examples = readonly (readonly [Key, unknown])[];

export interface TestVersion {
  readonly registry: string | Registry;
  /** Where a version for a remote registry is staged. */
  readonly workDirectory?: string;
  readonly name: string;
  readonly config?: string;
  readonly version?: string;
  readonly schema: AnyFeature;
  readonly splits: Readonly<Record<string, Iterable<readonly [Key, unknown]>>>;
  readonly formats?: readonly OutputFormat[];
  readonly numShards?: number;
  readonly metadata?: Partial<VersionMetadata>;
}

/** Publishes a version through the writers' door, in this thread, and returns its directory. */
export async function buildVersion(build: TestVersion): Promise<string> {
  const { name, config, version = '1.0.0' } = build;
  const registry = typeof build.registry === 'string' ? openRegistry(build.registry) : build.registry;
  const staged = await stageVersion(registry, { name, config, version }, { workDirectory: build.workDirectory });
  try {
    const splits: PublishedSplit[] = [];
    for (const [split, examples] of Object.entries(build.splits)) {
      splits.push(await buildSplit(build, staged, split, examples));
    }
    await writeMetadata(staged, { ...metadataOf(build.schema), splits, ...build.metadata });
    return await publish(staged, { defaultConfig: config });
  } finally {
    await staged.discard();
  }
}

async function buildSplit(
  { schema, formats = ['tfrecord', 'arrow'], numShards }: TestVersion,
  staged: StagedVersion,
  split: string,
  examples: Iterable<readonly [Key, unknown]>,
): Promise<PublishedSplit> {
  const writer = new SplitWriter({
    split,
    schema,
    file: join(staged.workDirectory, `${split}.rows`),
    sourceShard: 'examples',
    bufferBytes: 1 << 20,
  });
  for (const [key, example] of examples) writer.add(key, example);
  const plan = planShards(split, [writer.finish()], numShards === undefined ? {} : { numShards });
  const shards: ShardResult[] = [];
  for (const shard of plan.shards) {
    const name = { dataset: staged.name, split, shard: shard.shard, shardCount: shard.shardCount };
    const path = (format: OutputFormat | 'index') => join(staged.directory, shardFile(format, name));
    for (const format of [...formats, 'index'] as const) await mkdir(dirname(path(format)), { recursive: true });
    const outputs = Object.fromEntries(formats.map((format) => [format, path(format)]));
    shards.push(await encodeShard({ ...shard, outputs, indexFile: path('index') }, schema));
  }
  const digest = contentDigest(shards.flatMap((shard) => shard.bucketDigests));
  return { name: split, examples: plan.examples, exampleBytes: plan.exampleBytes, contentDigest: digest, shards };
}

function metadataOf(schema: AnyFeature): Omit<VersionMetadata, 'splits'> {
  return {
    info: { description: 'Made for a test.', tags: [] },
    featuresJson: toFeaturesJson(schema),
    namesFiles: Object.fromEntries(
      namesFiles(schema).map(({ fileName, names }) => [fileName, `${names.join('\n')}\n`]),
    ),
    huggingFaceFeatures: toHuggingFaceFeatures(schema),
    schema: schemaToJson(schema),
    releaseNotes: { '1.0.0': 'First release.' },
    fingerprintParts: { code: createHash('sha256').digest('hex') },
    sources: [],
    engine: { name: 'test' },
    sdkVersion: '0.0.0',
    counters: {},
    createdAt: new Date('2026-11-21T00:00:00Z'),
  };
}
