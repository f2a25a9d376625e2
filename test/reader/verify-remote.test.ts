import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyVersion } from '../../src/reader/index.js';
import { LocalStorage, type Storage } from '../../src/storage/index.js';
import { requireGcs } from '../gcs/index.js';
import { buildVersion } from './build-version.js';
import { flip } from './damage.js';
import { sampleExamples, sampleSchema } from './sample.js';

describe('verifying a version in a bucket', () => {
  let folder = '';
  let pristine = '';
  let storage: Storage;
  let url = '';
  before(async function () {
    const gcs = await requireGcs(this);
    const bucket = await gcs.newBucket();
    storage = bucket.storage;
    url = `${bucket.url}/sample/1.0.0`;
    folder = mkdtempSync(join(tmpdir(), 'ailab-verify-remote-'));
    const splits = { train: sampleExamples(0, 60), test: sampleExamples(60, 70) };
    pristine = await buildVersion({ registry: folder, name: 'sample', schema: sampleSchema, splits, numShards: 3 });
    for await (const { path } of new LocalStorage(pristine).walk('')) await restore(path);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const restore = (path: string) => storage.upload(join(pristine, path), `sample/1.0.0/${path}`);
  const expected = { name: 'sample', config: undefined, version: '1.0.0' };
  const workDirectory = () => join(folder, 'work');
  const problems = async () =>
    (await verifyVersion(url, { expected, workDirectory: workDirectory() })).problems.map(
      ({ file, message }) => `${file}: ${message}`,
    );

  it('reads all of it and leaves nothing on this machine', async () => {
    const report = await verifyVersion(url, { expected, workDirectory: workDirectory() });
    assert.deepEqual(report, { location: url, ...expected, examples: 70, hasManifest: true, problems: [] });
    assert.deepEqual(readdirSync(workDirectory()), []);
  });

  it('finds a bit that flipped in any kind of file, and says where it lies', async () => {
    const files = [
      'manifest.json',
      'sample-train.tfrecord-00001-of-00003',
      'arrow/train/data-00000-of-00003.arrow',
      'index/test-00002-of-00003.index',
      'features.json',
      'label.labels.txt',
    ];
    for (const path of files) {
      const copy = join(folder, 'damaged');
      writeFileSync(copy, readFileSync(join(pristine, path)));
      flip(copy, 7);
      await storage.upload(copy, `sample/1.0.0/${path}`);
      const found = await problems();
      assert.ok(
        found.some((problem) => problem.startsWith(`${path}: `)),
        `${path}: ${found}`,
      );
      assert.ok(!found.some((problem) => problem.includes(folder)), String(found));
      await restore(path);
    }
  });

  it('finds files that are missing, and those that nobody published', async () => {
    const path = 'arrow/test/data-00001-of-00003.arrow';
    await storage.delete(`sample/1.0.0/${path}`);
    await storage.write('sample/1.0.0/notes.txt', 'mine');
    const found = await problems();
    assert.ok(found.includes(`${path}: ${url}/${path} is missing`), String(found));
    assert.ok(found.includes('notes.txt: notes.txt is not in the manifest'), String(found));
    await restore(path);
    await storage.delete('sample/1.0.0/notes.txt');
  });

  it('calls a bucket that is gone no damage', async () => {
    await assert.rejects(verifyVersion('gs://there-is-no-such-bucket/sample/1.0.0', { expected }), {
      code: 'BUCKET_UNKNOWN',
    });
  });
});
