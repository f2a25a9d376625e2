import assert from 'node:assert/strict';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openWorkFiles, type WorkFiles } from '../../../../src/engines/beam/files/index.js';
import { requireGcs } from '../../../gcs/index.js';
import { type PipelineName, pipelines } from '../../fixtures/pipelines.js';
import { digests, runJob } from '../../run-job.js';
import { temporaryDirectory } from '../../temporary-directory.js';
import { throughWorkFiles } from './through-work-files.js';

/** Fan-outs are dealt through memory, which machines have not in common; asynchronous bursts read nothing that others don't. */
const names = (Object.keys(pipelines) as PipelineName[]).filter(
  (name) => !['fannedOut', 'asynchronousBursts', 'unmatched', 'facts'].includes(name),
);

describe('a build whose tasks share nothing but a work location', () => {
  const directory = temporaryDirectory();

  describe('in a bucket', () => {
    let url = '';
    before(async function () {
      const gcs = await requireGcs(this);
      url = (await gcs.newBucket()).url;
    });

    for (const name of names) {
      it(`gives the same bytes as inline: ${name}`, async () => {
        const formats = ['tfrecord', 'arrow'] as const;
        const expected = digests(await runJob(directory(), { config: name, job: { formats } }));
        const workers = open(`${url}/${name}`, directory());
        const engine = throughWorkFiles({ workers });
        const run = await runJob(directory(), { config: name, engine, job: { formats } });
        assert.deepEqual(digests(run), expected);
        for (const worker of workers) await worker.close();
        assert.deepEqual(readdirSync(join(directory(), 'scratch')), []);
      });
    }
  });

  describe('in a bucket, each task run twice', () => {
    for (const name of ['sideInputs', 'joined'] as const) {
      it(`gives the same bytes as inline: ${name}`, async function () {
        const { url } = await (await requireGcs(this)).newBucket();
        const expected = digests(await runJob(directory(), { config: name }));
        const workers = open(url, directory());
        const run = await runJob(directory(), { config: name, engine: throughWorkFiles({ workers, twice: true }) });
        assert.deepEqual(digests(run), expected);
      });
    }
  });

  describe('in a shared directory', () => {
    for (const name of names) {
      it(`gives the same bytes as inline: ${name}`, async () => {
        const expected = digests(await runJob(directory(), { config: name }));
        const workers = open(join(directory(), 'shared'), directory());
        const run = await runJob(directory(), { config: name, engine: throughWorkFiles({ workers }) });
        assert.deepEqual(digests(run), expected);
      });
    }
  });
});

/** Two workers, with no file in common. */
function open(location: string, directory: string): readonly WorkFiles[] {
  const scratch = join(directory, 'scratch');
  mkdirSync(scratch, { recursive: true });
  return [openWorkFiles(location, { scratch }), openWorkFiles(location, { scratch })];
}
