import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { internalError } from '../../core/errors/index.js';
import { shardFile } from '../../registry/index.js';
import { storageError } from '../../storage/index.js';
import {
  contentDigest,
  planShards,
  type RunSummary,
  type ShardPlan,
  type ShardResult,
  type ShardTask,
  type SplitPlan,
} from '../../writers/index.js';
import type { BuildJob, SplitOutput } from '../engine.js';

/** Cuts every split into shards. */
export function planSplits(job: BuildJob, splits: readonly string[], runs: readonly RunSummary[]): SplitPlan[] {
  const { numShards, maxShardBytes, bufferBytes } = job;
  const options = {
    bufferBytes,
    ...(numShards === undefined ? {} : { numShards }),
    ...(maxShardBytes === undefined ? {} : { maxShardBytes }),
  };
  return splits.map((split) => planShards(split, runs, options));
}

/** The shards of all splits as tasks, the largest first, so that no worker is left alone with one at the end. Makes their directories. */
export function shardTasks(job: BuildJob, plans: readonly SplitPlan[]): ShardTask[] {
  const tasks = plans.flatMap((plan) => plan.shards.map((shard) => shardTask(job, shard)));
  const directories = new Set(
    tasks.flatMap(({ outputs, indexFile }) => [...Object.values(outputs), indexFile].map((file) => dirname(file))),
  );
  for (const directory of directories) {
    try {
      mkdirSync(directory, { recursive: true });
    } catch (cause) {
      throw storageError(cause, 'create', directory);
    }
  }
  return tasks.sort((a, b) => b.inputBytes - a.inputBytes);
}

function shardTask(job: BuildJob, plan: ShardPlan): ShardTask {
  const name = { dataset: job.builder.name, split: plan.split, shard: plan.shard, shardCount: plan.shardCount };
  const outputs = Object.fromEntries(
    job.formats.map((format) => [format, join(job.outputDirectory, shardFile(format, name))]),
  );
  return {
    ...plan,
    outputs,
    indexFile: join(job.outputDirectory, shardFile('index', name)),
    bufferBytes: job.bufferBytes,
  };
}

/** What was written of each split, in order. */
export function splitOutputs(plans: readonly SplitPlan[], results: readonly ShardResult[]): SplitOutput[] {
  return plans.map((plan) => {
    const shards = results.filter((result) => result.split === plan.split).sort((a, b) => a.shard - b.shard);
    if (shards.length !== plan.shards.length)
      throw internalError(`split ${plan.split} has ${shards.length} of ${plan.shards.length} shards`);
    return {
      name: plan.split,
      examples: plan.examples,
      exampleBytes: plan.exampleBytes,
      shards,
      contentDigest: contentDigest(shards.flatMap((shard) => shard.bucketDigests)),
    };
  });
}
