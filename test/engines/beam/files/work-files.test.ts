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

  it('gives the same bytes as inline in a bucket that fails now and then', async function () {
    const gcs = await requireGcs(this);
    const { url } = await gcs.newBucket();
    const expected = digests(await runJob(directory(), { config: 'groups' }));
    // Without those that take the driver a minute to notice; and bits of a range are guarded by TLS, which the emulator doesn't speak.
    const kinds = ['503', '429', 'reset', 'lost reply'] as const;
    const faults = await gcs.startFaults({ seed: 3, rate: 0.25, kinds, limit: 40 });
    process.env['STORAGE_EMULATOR_HOST'] = faults.url;
    try {
      const engine = throughWorkFiles({ workers: open(url, directory()) });
      assert.deepEqual(digests(await runJob(directory(), { config: 'groups', engine })), expected);
      assert.ok(faults.total > 5, `${faults.total} faults`);
    } finally {
      process.env['STORAGE_EMULATOR_HOST'] = gcs.endpoint;
      await faults.close();
    }
  });
});

/** Two workers, with no file in common. */
function open(location: string, directory: string): readonly WorkFiles[] {
  const scratch = join(directory, 'scratch');
  mkdirSync(scratch, { recursive: true });
  return [openWorkFiles(location, { scratch }), openWorkFiles(location, { scratch })];
}
