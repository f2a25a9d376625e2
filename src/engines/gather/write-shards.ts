import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
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

/** A shard that waits for its turn, when its input is listed. */
export interface WaitingShard extends Omit<ShardTask, 'input'> {
  readonly plan: ShardPlan;
}

/**
 * The shards of all splits, those of the split with the largest first, so that no worker is left alone with one at the end.
 *
 * A split's shards stay in order, in which their inputs are listed quickest.
 *
 * @param place takes a file's path in the version: where it is written.
 */
export function waitingShards(
  job: BuildJob,
  plans: readonly SplitPlan[],
  place: (path: string) => string,
): WaitingShard[] {
  const largest = ({ shards }: SplitPlan) => shards.reduce((most, { inputBytes }) => Math.max(most, inputBytes), 0);
  const ordered = [...plans].sort((a, b) => largest(b) - largest(a));
  return ordered.flatMap((plan) => plan.shards.map((shard) => waitingShard(job, shard, place)));
}

/** Makes the directories that shards are written to. */
export function makeShardDirectories(shards: readonly WaitingShard[]): void {
  const directories = new Set(
    shards.flatMap(({ outputs, indexFile }) => [...Object.values(outputs), indexFile].map((file) => dirname(file))),
  );
  for (const directory of directories) {
    try {
      mkdirSync(directory, { recursive: true });
    } catch (cause) {
      throw storageError(cause, 'create', directory);
    }
  }
}

function waitingShard(job: BuildJob, plan: ShardPlan, place: (path: string) => string): WaitingShard {
  const { split, shard, shardCount, from, to, inputBytes, skip } = plan;
  const name = { dataset: job.builder.name, split, shard, shardCount };
  const outputs = Object.fromEntries(job.formats.map((format) => [format, place(shardFile(format, name))]));
  const indexFile = place(shardFile('index', name));
  const { bufferBytes } = job;
  return { plan, split, shard, shardCount, from, to, inputBytes, skip, outputs, indexFile, bufferBytes };
}

export function shardTask({ plan, ...task }: WaitingShard): ShardTask {
  return { ...task, input: plan.input };
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
