import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { copyPublishedFile } from '../export/index.js';
import { type PublishedShard, type PublishedSplit, type StagedVersion, shardFile } from '../registry/index.js';
import type { LocalStorage } from '../storage/index.js';
import { asInputError } from './adopt-errors.js';
import type { AdoptOptions } from './adopt-options.js';
import type { AdoptionPlan, PlannedShard, PlannedSplit } from './adoption-plan.js';
import { indexShard } from './index-shard.js';
import { SplitRecords } from './split-records.js';

/** Where records come from and go to. */
export interface RecordCopy {
  readonly directory: LocalStorage;
  readonly plan: AdoptionPlan;
  readonly staged: StagedVersion;
  readonly options: AdoptOptions;
}

/**
 * Copies the shards of a split, byte for byte, and reads each copy once by the features: so what is published has been read.
 *
 * @throws DatasetsError SOURCE_MALFORMED; STORAGE_FULL, STORAGE_FAILED; INTERRUPTED.
 */
export async function stageSplit(split: PlannedSplit, copy: RecordCopy): Promise<PublishedSplit> {
  const { onProgress } = copy.options;
  const started = performance.now();
  const examples = split.shards.reduce((sum, shard) => sum + shard.examples, 0);
  const tasks = split.shards.length;
  onProgress?.({ type: 'stage-start', stage: split.name, tasks, rows: examples });
  const records = new SplitRecords();
  const shards: PublishedShard[] = [];
  let rows = 0;
  for (const [number, shard] of split.shards.entries()) {
    shards.push(await stageShard(split, shard, number, records, copy));
    rows += shard.examples;
    onProgress?.({ type: 'task-end', stage: split.name, done: number + 1, tasks, rows });
  }
  onProgress?.({ type: 'stage-end', stage: split.name, rows, seconds: (performance.now() - started) / 1000 });
  const exampleBytes = shards.reduce((sum, shard) => sum + shard.exampleBytes, 0);
  return { name: split.name, examples, exampleBytes, contentDigest: records.finish(), shards };
}

async function stageShard(
  split: PlannedSplit,
  { path, examples, from, to }: PlannedShard,
  shard: number,
  records: SplitRecords,
  { directory, plan, staged, options }: RecordCopy,
): Promise<PublishedShard> {
  const { format, schema } = plan;
  const { signal } = options;
  const shardCount = split.shards.length;
  const name = { dataset: staged.name, split: split.name, shard, shardCount };
  const file = join(staged.directory, shardFile(format, name));
  const indexFile = join(staged.directory, shardFile('index', name));
  for (const made of [file, indexFile]) await mkdir(dirname(made), { recursive: true });
  const original = `${directory.location}/${path}`;
  // An empty shard of tfds is an empty file: there is no byte to begin with.
  const range = to > from ? { from, to } : undefined;
  const digest = await copyPublishedFile(await directory.readable(path), file, undefined, signal, range);
  try {
    const task = { format, schema, file, name: original, examples, shard, shardCount, indexFile, signal };
    const { exampleBytes, index } = await indexShard(task, records);
    const files = [
      { path: file, format, examples, ...digest },
      { path: indexFile, format: 'index' as const, examples, ...index },
    ];
    return { shard, examples, exampleBytes, files };
  } catch (error) {
    throw asInputError(error, original);
  }
}
