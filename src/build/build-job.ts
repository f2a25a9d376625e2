import type { BuildJob } from '../engines/index.js';
import type { StagedVersion } from '../registry/index.js';
import type { PublishedRegistries } from '../sources/index.js';
import { isGcsStorage } from '../storage/index.js';
import { encodeValue } from '../values/index.js';
import type { BuildOptions } from './build-options.js';
import { downloadsOf } from './fetch-downloads.js';
import { badRowDirectory } from './stage-target.js';
import { type BuildTarget, timeOfTarget } from './target.js';

export function jobOf(staged: StagedVersion, target: BuildTarget, options: BuildOptions, createdAt: Date): BuildJob {
  const { config, numShards, maxExamplesPerSplit } = options;
  return {
    id: staged.buildId,
    builder: target.builder,
    facts: {
      snapshotTime: timeOfTarget(target, options.snapshotTime ?? createdAt).toISOString(),
      once: encodedSeeds(options.seeds ?? {}),
      ...(options.upstream !== undefined && { published: options.upstream.versions }),
    },
    workDirectory: staged.workDirectory,
    outputDirectory: staged.directory,
    leavesShards: isGcsStorage(staged.registry.storage),
    formats: config.formats,
    bufferBytes: config.bufferBytes,
    warehouse: config.warehouse,
    bigquery: config.bigquery,
    registries: publishedRegistries(options),
    badRowDirectory: badRowDirectory(target, config),
    ...(numShards !== undefined && { numShards }),
    ...(config.maxShardBytes !== undefined && { maxShardBytes: config.maxShardBytes }),
    ...(maxExamplesPerSplit !== undefined && { maxExamplesPerSplit }),
    retain: { directory: staged.retainedDirectory, mostBytes: config.maxRetainedBytes },
    downloads: downloadsOf(config),
    ...(options.localSourcesOnly === true && { localSourcesOnly: true }),
  };
}

function encodedSeeds(seeds: Readonly<Record<string, number>>): BuildJob['facts']['once'] {
  const encoded = Object.entries(seeds).map(([name, seed]) => [
    name,
    Buffer.from(encodeValue(seed)).toString('base64'),
  ]);
  return Object.fromEntries(encoded);
}

function publishedRegistries({ config, upstream }: BuildOptions): PublishedRegistries {
  const { registries, cacheDirectory, cacheBytes } = config;
  return { registry: upstream?.registry ?? config.registry, registries, cacheDirectory, cacheBytes };
}
