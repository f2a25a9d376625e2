import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { locateVersion } from '../../src/cache/index.js';
import { parseReference } from '../../src/core/names/index.js';
import { openVersion } from '../../src/reader/index.js';
import { openRegistry } from '../../src/registry/index.js';
import { buildVersion } from '../reader/build-version.js';
import { cutOff, flip } from '../reader/damage.js';
import { sampleExamples, sampleSchema } from '../reader/sample.js';
import { RemoteDirectory } from './remote-directory.js';

const shard = (number: number) => `sample/1.0.0/arrow/train/data-0000${number}-of-00004.arrow`;

describe('reading a remote registry through the cache', () => {
  let folder = '';
  let published = '';
  let cacheDirectory = '';
  let remote: RemoteDirectory;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ailab-cache-'));
    published = join(folder, 'published');
    const splits = { train: sampleExamples(0, 80), test: sampleExamples(80, 100) };
    await buildVersion({ registry: published, name: 'sample', schema: sampleSchema, splits, numShards: 4 });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(() => {
    cacheDirectory = mkdtempSync(join(folder, 'cache-'));
    remote = new RemoteDirectory(published);
  });

  const warnings: string[] = [];
  const locate = (reference: string, cacheBytes = 1 << 30) =>
    locateVersion(openRegistry(remote), parseReference(reference), {
      cacheDirectory,
      cacheBytes,
      onWarning: (message) => warnings.push(message),
    });
  const open = async (reference: string, cacheBytes?: number) =>
    openVersion((await locate(reference, cacheBytes)).files);
  const local = async () => openVersion(join(published, 'sample/1.0.0'));

  it('gives the examples of the registry', async () => {
    const version = await open('sample:1.0.0');
    assert.deepEqual(await version.dataset().toArray(), await (await local()).dataset().toArray());
  });

  it('fetches the manifest, and then only the shards that a split expression touches', async () => {
    const version = await open('sample:1.0.0');
    assert.deepEqual(remote.requests, ['read sample/1.0.0/manifest.json', 'list sample/.yanked/1.0.0']);
    await version.dataset('train[1shard:3shard]').toArray();
    assert.deepEqual([...remote.downloads].sort(), [shard(1), shard(2)]);
    assert.deepEqual(
      await version.dataset('train[:5]').toArray(),
      await (await local()).dataset('train[:5]').toArray(),
    );
    assert.deepEqual([...remote.downloads].sort(), [shard(0), shard(1), shard(2)]);
  });

  it('fetches one shard for one example, in the format that is read', async () => {
    const version = await open('sample:1.0.0');
    assert.deepEqual(await version.dataset('train').at(30), await (await local()).dataset('train').at(30));
    assert.deepEqual(remote.downloads, [shard(1)]);
  });

  it('reads TFRecord slices through the index, and fetches that too', async () => {
    const { files } = await locate('sample:1.0.0');
    const version = await openVersion(files, { format: 'tfrecord' });
    await version.dataset('train[25:30]').toArray();
    assert.deepEqual([...remote.downloads].sort(), [
      'sample/1.0.0/index/train-00001-of-00004.index',
      'sample/1.0.0/sample-train.tfrecord-00001-of-00004',
    ]);
  });

  it('fetches the next shards while one is read', async () => {
    const version = await open('sample:1.0.0');
    const examples = version.dataset('train')[Symbol.asyncIterator]();
    await examples.next();
    for (let waited = 0; remote.downloads.length < 4 && waited < 100; waited++)
      await new Promise((done) => setTimeout(done, 20));
    assert.deepEqual([...remote.downloads].sort(), [shard(0), shard(1), shard(2), shard(3)]);
    await examples.return?.();
  });

  it('asks for nothing that it has: a single version opens and is read without a request', async () => {
    await (await open('sample:1.0.0')).dataset().toArray();
    remote.requests.length = 0;
    remote.isCut = true;
    const version = await open('sample:1.0.0');
    assert.equal((await version.dataset().toArray()).length, 100);
    assert.deepEqual(remote.requests, []);
  });

  it('lays copies out as the registry does, byte for byte', async () => {
    const { files, directory } = await locate('sample');
    const file = await files.file('arrow/test/data-00000-of-00004.arrow');
    assert.equal(file, join(directory, 'arrow/test/data-00000-of-00004.arrow'));
    assert.ok(directory.endsWith('/sample/1.0.0'));
    assert.deepEqual(
      readFileSync(file),
      readFileSync(join(published, 'sample/1.0.0/arrow/test/data-00000-of-00004.arrow')),
    );
    assert.deepEqual(
      readFileSync(join(directory, 'manifest.json')),
      readFileSync(join(published, 'sample/1.0.0/manifest.json')),
    );
  });

  describe('without a network', () => {
    it('takes a name for what it meant last, and says so', async () => {
      await (await open('sample')).dataset('test').toArray();
      await open('sample:1.*.*');
      remote.isCut = true;
      for (const reference of ['sample', 'sample:1.*.*']) {
        warnings.length = 0;
        const version = await open(reference);
        assert.equal((await version.dataset('test').toArray()).length, 20);
        assert.match(warnings.join('\n'), /gs:\/\/bucket\/registry can't be reached .* is taken for sample:1\.0\.0/);
      }
    });

    it('says what is not there: a reference, or a shard', async () => {
      remote.isCut = true;
      await assert.rejects(open('sample:1.0.0'), {
        code: 'STORAGE_UNREACHABLE',
        message: /sample:1\.0\.0 is not in the cache, and gs:\/\/bucket\/registry can't be reached/,
        hint: /ailab-datasets cache/,
      });
      remote.isCut = false;
      const version = await open('sample:1.0.0');
      remote.isCut = true;
      await assert.rejects(version.dataset('train').toArray(), {
        code: 'STORAGE_UNREACHABLE',
        message: /arrow\/train\/data-00000-of-00004\.arrow of sample:1\.0\.0 is not in the cache/,
      });
    });

    it('does not blame the network for a disk of its own that can not be written', async () => {
      writeFileSync(join(cacheDirectory, 'file'), '');
      cacheDirectory = join(cacheDirectory, 'file');
      await assert.rejects(open('sample'), { code: 'STORAGE_FAILED', message: /^could not write .*file\/processes/ });
    });

    it('does not take "there is none" for "can not be reached"', async () => {
      await open('sample');
      await assert.rejects(open('sample:2.0.0'), { code: 'VERSION_UNKNOWN' });
      await assert.rejects(open('simple'), { code: 'DATASET_UNKNOWN' });
    });
  });

  describe('a damaged copy', () => {
    const copyOf = async (path: string) => join((await locate('sample:1.0.0')).directory, path);
    const path = 'arrow/train/data-00002-of-00004.arrow';

    it('of another size is fetched again', async () => {
      await (await open('sample:1.0.0')).dataset('train').toArray();
      cutOff(await copyOf(path), 7);
      remote.requests.length = 0;
      assert.equal((await (await open('sample:1.0.0')).dataset('train').toArray()).length, 80);
      assert.deepEqual(remote.downloads, [shard(2)]);
    });

    it('with a flipped bit is fetched again where the whole content is verified', async () => {
      await (await open('sample:1.0.0')).dataset('train').toArray();
      flip(await copyOf(path), statSync(await copyOf(path)).size - 200);
      remote.requests.length = 0;
      const { files } = await locate('sample:1.0.0');
      const version = await openVersion(files, { verify: 'full' });
      assert.deepEqual(await version.dataset('train').toArray(), await (await local()).dataset('train').toArray());
      assert.deepEqual(remote.downloads, [shard(2)]);
    });

    it('of the manifest is fetched again', async () => {
      await open('sample:1.0.0');
      flip(await copyOf('manifest.json'), 1000);
      remote.requests.length = 0;
      await open('sample:1.0.0');
      assert.deepEqual(remote.requests, ['read sample/1.0.0/manifest.json']);
    });
  });

  it('takes nothing into the cache that is not what was published', async () => {
    const damaged = mkdtempSync(join(folder, 'damaged-'));
    cpSync(published, damaged, { recursive: true });
    flip(join(damaged, shard(0)), 500);
    remote = new RemoteDirectory(damaged);
    const version = await open('sample:1.0.0');
    await assert.rejects(version.dataset('train').toArray(), {
      code: 'DATA_CORRUPT',
      message: /gs:\/\/bucket\/registry\/sample.*CRC-32C/,
    });
    assert.ok(!existsSync(join((await locate('sample:1.0.0')).directory, 'arrow/train/data-00000-of-00004.arrow')));
  });

  it('reads what tfds prepared: no manifest, no index', async () => {
    const prepared = mkdtempSync(join(folder, 'prepared-'));
    cpSync(published, prepared, { recursive: true });
    for (const name of ['manifest.json', 'index', 'arrow'])
      rmSync(join(prepared, 'sample/1.0.0', name), { recursive: true });
    remote = new RemoteDirectory(prepared);
    const expected = await (await openVersion(join(prepared, 'sample/1.0.0'))).dataset('train[10:60]').toArray();
    assert.deepEqual(await (await open('sample:1.0.0')).dataset('train[10:60]').toArray(), expected);
    remote.isCut = true;
    assert.deepEqual(await (await open('sample:1.0.0')).dataset('train[10:60]').toArray(), expected);
  });

  describe('its limit', () => {
    const bytesOf = (number: number) => statSync(join(published, shard(number))).size;
    const isCached = (directory: string, number: number) =>
      existsSync(join(directory, `arrow/train/data-0000${number}-of-00004.arrow`));

    it('drops what was used longest ago', async () => {
      const limit = bytesOf(0) * 3.5 + statSync(join(published, 'sample/1.0.0/manifest.json')).size;
      const { directory } = await locate('sample:1.0.0', limit);
      const read = async (number: number) =>
        (await open('sample:1.0.0', limit)).dataset(`train[${number}shard:${number + 1}shard]`).toArray();
      for (const number of [0, 1, 2]) await read(number);
      // The first one is used once more; the times of the others lie clearly before.
      for (const number of [1, 2]) {
        const past = new Date(Date.now() - 60_000 + number);
        utimesSync(join(directory, `arrow/train/data-0000${number}-of-00004.arrow`), past, past);
      }
      await read(0);
      await read(3);
      assert.deepEqual(
        [0, 1, 2, 3].map((number) => isCached(directory, number)),
        [true, false, true, true],
      );
    });

    it('drops nothing that is being read, and reads data of many times its size', async () => {
      const limit = bytesOf(0) * 1.5;
      const version = await open('sample:1.0.0', limit);
      for (let pass = 0; pass < 2; pass++) {
        assert.deepEqual(await version.dataset().toArray(), await (await local()).dataset().toArray());
      }
      const { files, directory } = await locate('sample:1.0.0', limit);
      await files.file('arrow/train/data-00000-of-00004.arrow');
      await version.dataset('train[1shard:]').toArray();
      assert.ok(isCached(directory, 0), 'a file in use was dropped');
      files.release('arrow/train/data-00000-of-00004.arrow');
      await version.dataset('train[1shard:]').toArray();
      assert.ok(!isCached(directory, 0), 'a file that is no longer used was kept');
    });
  });
});
