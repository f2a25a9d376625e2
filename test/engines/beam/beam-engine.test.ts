import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BeamEngine } from '../../../src/engines/beam/beam-engine.js';
import type { BuildOutput } from '../../../src/engines/index.js';
import { repositoryRoot } from '../../oracle/index.js';
import { type PipelineName, pipelines } from '../fixtures/pipelines.js';
import { digests, leftFiles, runJob } from '../run-job.js';
import { temporaryDirectory } from '../temporary-directory.js';
import { InProcessSubmitter } from './in-process-submitter.js';

const failing: readonly PipelineName[] = ['unmatched'];
const names = (Object.keys(pipelines) as PipelineName[]).filter((name) => !failing.includes(name));

describe('a build by Beam', () => {
  const directory = temporaryDirectory();
  const open = (seed: number, lostAttempts = 0) => {
    const submitter = new InProcessSubmitter({ seed, lostAttempts, scratchDirectory: directory() });
    const workLocation = join(directory(), 'work-location');
    const engine = new BeamEngine({ name: 'beam', submitter, workLocation, projectRoot: repositoryRoot });
    return { engine, submitter, workLocation };
  };

  for (const config of names) {
    it(`gives the bytes of a build in this thread: ${config}`, async () => {
      const expected = await runJob(directory(), { config });
      const { engine, workLocation } = open(names.indexOf(config), 1);
      const { facts } = expected.output;
      const run = await runJob(directory(), { config, engine, job: { facts } });
      assert.deepEqual(digests(run), digests(expected));
      assert.deepEqual(comparable(run.output), comparable(expected.output));
      assert.deepEqual(readdirSync(workLocation), [], 'the work location is left empty');
      assert.deepEqual(leftFiles(directory()), []);
    });
  }
});

/** What both engines say of a build; paths, units and the engine's description differ. */
function comparable({ splits, units: _, engine: __, ...rest }: BuildOutput): unknown {
  const files = splits.map((split) => ({
    ...split,
    shards: split.shards.map((shard) => ({ ...shard, files: shard.files.map(({ path: ___, ...file }) => file) })),
  }));
  return { ...rest, splits: files };
}
