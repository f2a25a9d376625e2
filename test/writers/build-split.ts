import { join } from 'node:path';
import type { AnyFeature } from '../../src/features/index.js';
import type { Key } from '../../src/pipeline/index.js';
import {
  contentDigest,
  encodeShard,
  type OutputFormat,
  planShards,
  type ShardPlanOptions,
  type ShardResult,
  SplitWriter,
} from '../../src/writers/index.js';

export interface SplitBuild extends ShardPlanOptions {
  /** Of an empty folder. */
  readonly folder: string;
  readonly split: string;
  readonly schema: AnyFeature;
  /** How many source shards the examples are dealt to. */
  readonly runs?: number;
  readonly formats?: readonly OutputFormat[];
  readonly privateKeys?: boolean;
}

export interface BuiltSplit {
  readonly shards: readonly ShardResult[];
  readonly contentDigest: string;
}

/** Both phases of writing a split, in this thread. */
export async function buildSplit(
  build: SplitBuild,
  examples: readonly (readonly [Key, unknown])[],
): Promise<BuiltSplit> {
  const {
    folder,
    split,
    schema,
    runs = 1,
    formats = ['tfrecord'],
    bufferBytes = 16 << 20,
    privateKeys = false,
  } = build;
  const writers = Array.from({ length: runs }, (_, run) => {
    const file = join(folder, `${split}-${run}.rows`);
    return new SplitWriter({ split, schema, file, sourceShard: `source ${run}`, bufferBytes, privateKeys });
  });
  for (const [i, [key, example]] of examples.entries()) writers[i % runs]?.add(key, example);
  const { shards } = planShards(
    split,
    writers.map((writer) => writer.finish()),
    build,
  );
  const results: ShardResult[] = [];
  for (const plan of shards) {
    const name = (format: string): string => join(folder, `${split}.${format}-${plan.shard}-of-${plan.shardCount}`);
    const outputs = Object.fromEntries(formats.map((format) => [format, name(format)]));
    results.push(await encodeShard({ ...plan, outputs, indexFile: name('index'), bufferBytes, privateKeys }, schema));
  }
  return { shards: results, contentDigest: contentDigest(results.flatMap(({ bucketDigests }) => bucketDigests)) };
}

/** Paths of one format's files, in the order of the shards. */
export function filesOf(shards: readonly ShardResult[], format: string): string[] {
  return shards.flatMap(({ files }) => files.filter((file) => file.format === format).map(({ path }) => path));
}
