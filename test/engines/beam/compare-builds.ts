import assert from 'node:assert/strict';
import type { BuildJob, BuildOutput, Engine } from '../../../src/engines/index.js';
import { digests, type JobRun, type RunOptions, runJob } from '../run-job.js';

/** Runs a job in this thread and by another engine, told the same facts, and compares the bytes of every file and what both say of the build. */
export async function compareBuilds(
  directory: string,
  engine: Engine,
  options: RunOptions,
): Promise<{ readonly expected: JobRun; readonly run: JobRun }> {
  const job: Partial<BuildJob> = { formats: ['tfrecord', 'arrow'], maxShardBytes: 1 << 16, ...options.job };
  const expected = await runJob(directory, { ...options, job });
  const { facts } = expected.output;
  const run = await runJob(directory, { ...options, engine, job: { ...job, facts } });
  assert.deepEqual(digests(run), digests(expected));
  assert.deepEqual(comparable(run.output), comparable(expected.output));
  return { expected, run };
}

/** Paths, units and the engine's description differ. */
function comparable({ splits, units: _, engine: __, ...rest }: BuildOutput): unknown {
  const withoutPaths = splits.map((split) => ({
    ...split,
    shards: split.shards.map((shard) => ({ ...shard, files: shard.files.map(({ path: ___, ...file }) => file) })),
  }));
  return { ...rest, splits: withoutPaths };
}
