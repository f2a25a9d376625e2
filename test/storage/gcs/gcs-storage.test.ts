import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from 'mocha';
import { GcsStorage, openStorage } from '../../../src/storage/index.js';
import { type FaultPlan, impatient, requireGcs } from '../../gcs/index.js';
import { capture } from '../../oracle/index.js';
import { checksum, describeStorage, noise, partBytes, text } from '../storage-contract.js';

const settings = { ...impatient, partBytes };

describeStorage('the storage in a bucket', async (context) => (await requireGcs(context)).newBucket(settings));

describe('a registry in a bucket', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'ailab-gcs-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('is opened by its URL, and keeps to its prefix', async function () {
    const gcs = await requireGcs(this);
    const { name, url, storage } = await gcs.newBucket();
    await storage.write('a/x', 'inside');
    await new GcsStorage(`gs://${name}`, settings).write('registry-of-others/x', 'outside');
    const opened = openStorage(`${url}/`);
    assert.equal(opened.location, url);
    assert.deepEqual(await opened.list(''), [{ name: 'a', kind: 'directory' }]);
    await opened.deleteAll('');
    assert.equal(text(await openStorage(`gs://${name}`).read('registry-of-others/x')), 'outside');
  });

  it('refuses what is no URL of a place in a bucket', () => {
    for (const url of [
      'gs://',
      'gs:///x',
      'gs://Bucket',
      'gs://b',
      'gs://bucket/a//b',
      'gs://bucket/../x',
      'gs://bucket/.',
    ]) {
      assert.throws(() => openStorage(url), { code: 'NAME_INVALID', hint: /gs:\/\/bucket/ }, url);
    }
    assert.throws(() => openStorage('s3://bucket/x'), { code: 'UNSUPPORTED', message: /s3/ });
  });

  it('lists thousands of objects, page by page', async function () {
    const gcs = await requireGcs(this);
    const { name: bucket, storage } = await gcs.newBucket();
    const names = Array.from({ length: 2100 }, (_, index) => `${index}`.padStart(4, '0'));
    const objects = `${gcs.bareEndpoint}/upload/storage/v1/b/${bucket}/o?uploadType=media&name=registry/many/`;
    for (let from = 0; from < names.length; from += 50) {
      const batch = names.slice(from, from + 50);
      await Promise.all(batch.map((name) => fetch(`${objects}${name}`, { method: 'POST', body: name })));
    }
    await storage.write('other', '');
    assert.deepEqual(
      (await storage.list('many')).map(({ name }) => name),
      names,
    );
    const walked = [];
    for await (const { path } of storage.walk('many')) walked.push(path);
    assert.deepEqual(
      walked,
      names.map((name) => `many/${name}`),
    );
    assert.deepEqual(
      (await storage.list('')).map(({ name, kind }) => `${name} ${kind}`),
      ['many directory', 'other object'],
    );
  });

  it('leaves out what other programs put there under names that are no paths', async function () {
    const gcs = await requireGcs(this);
    const { name, storage } = await gcs.newBucket();
    await storage.write('a/x', '1');
    for (const object of ['registry/', 'registry/a/', 'registry/a//b', 'registry/../c']) {
      const url = `${gcs.endpoint}/upload/storage/v1/b/${name}/o?uploadType=media&name=${encodeURIComponent(object)}`;
      assert.equal((await fetch(url, { method: 'POST', body: 'x' })).status, 200);
    }
    assert.deepEqual(await storage.list(''), [{ name: 'a', kind: 'directory' }]);
    assert.deepEqual(await storage.list('a'), [{ name: 'x', kind: 'object' }]);
    const walked = [];
    for await (const { path } of storage.walk('')) walked.push(path);
    assert.deepEqual(walked, ['a/x']);
  });

  it('knows that it created an object although the reply was lost', async function () {
    for (const kind of ['lost reply', 'truncated body'] as const) {
      const { storage, clean } = await faulty(this, { kinds: [kind], calls: ['insert', 'rewrite'], limit: 2 });
      assert.equal(await storage.createIfAbsent('lease', 'mine'), true);
      assert.equal(await storage.copyIfAbsent('lease', 'copy'), true);
      assert.equal(await storage.createIfAbsent('lease', 'again'), false);
      assert.equal(text(await clean.read('lease')), 'mine');
    }
  });

  it('takes an object for that of another who was faster, also when its own reply was lost', async function () {
    const { storage, clean, proxy } = await faulty(this, { kinds: ['503'], calls: ['insert'], limit: 1 });
    await clean.createIfAbsent('lease', 'theirs');
    assert.equal(await storage.createIfAbsent('lease', 'theirs'), false);
    assert.equal(proxy.total, 1);
  });

  it('notices a bit that changes on the way, up or down, and sends or fetches again', async function () {
    for (const bytes of [100, 3 * partBytes]) {
      const content = noise(bytes);
      const file = join(folder, 'sent');
      writeFileSync(file, content);
      for (const options of [{}, { crc32c: checksum(content) }]) {
        const { storage, clean, proxy } = await faulty(this, {
          kinds: ['flipped bit'],
          limit: 1,
          calls: ['insert', 'upload part'],
        });
        await storage.upload(file, 'x', options);
        assert.equal(proxy.total, 1);
        assert.equal((await clean.stat('x'))?.crc32c, checksum(content));
      }
      const down = await faulty(this, { kinds: ['flipped bit'], limit: 2, calls: ['download'] });
      await down.clean.upload(file, 'x');
      const fetched = join(folder, 'fetched');
      assert.equal((await down.storage.download('x', fetched)).crc32c, checksum(content));
      assert.ok(readFileSync(fetched).equals(content));
      assert.equal(down.proxy.total, 2);
    }
  });

  it('gives up where bits keep changing, and leaves nothing', async function () {
    const { storage, clean } = await faulty(this, { kinds: ['flipped bit'] });
    const corrupt = { code: 'DATA_CORRUPT', message: /crc32c/i };
    const target = join(folder, 'target');
    mkdirSync(target);
    for (const bytes of [100, 3 * partBytes]) {
      const file = join(folder, 'sent');
      writeFileSync(file, noise(bytes));
      await assert.rejects(storage.upload(file, 'x'), corrupt);
      assert.equal(await clean.stat('x'), undefined);
      await clean.upload(file, 'there');
      await assert.rejects(storage.download('there', join(target, 'x')), corrupt);
      assert.deepEqual(readdirSync(target), []);
    }
    await assert.rejects(storage.read('there'), corrupt);
    await assert.rejects(storage.createIfAbsent('created', 'abc'), corrupt);
    assert.equal(await clean.stat('created'), undefined);
  });

  it('goes on with an upload and a download where they stopped', async function () {
    const content = noise(6 * partBytes);
    const file = join(folder, 'sent');
    writeFileSync(file, content);
    for (const kind of ['reset', '503', 'lost reply', 'stall', 'truncated body'] as const) {
      const { storage, proxy } = await faulty(this, {
        kinds: [kind],
        limit: 3,
        calls: ['upload part', 'download'],
        rate: 0.4,
      });
      await storage.upload(file, 'x');
      const fetched = join(folder, 'fetched');
      await storage.download('x', fetched);
      assert.ok(readFileSync(fetched).equals(content), kind);
      assert.ok(proxy.requests < 6 + 2 + 3 * 3, `${kind}: ${proxy.requests} requests`);
    }
  });

  it('streams objects of any size in flat memory', async function () {
    const gcs = await requireGcs(this);
    const { url } = await gcs.newBucket();
    const grown = await capture(process.execPath, [join(import.meta.dirname, 'stream-large.js'), url, folder, '256']);
    assert.equal(grown.exitCode, 0, grown.stderr);
    const { mebibytes } = JSON.parse(grown.stdout) as { readonly mebibytes: number };
    assert.ok(mebibytes < 128, `256 MiB took ${mebibytes} MiB of memory`);
  });

  async function faulty(context: Context, plan: Omit<FaultPlan, 'seed' | 'rate'> & { readonly rate?: number }) {
    const gcs = await requireGcs(context);
    const { url, storage: clean } = await gcs.newBucket(settings);
    const proxy = await gcs.startFaults({ seed: 1, rate: 1, ...plan });
    return { clean, proxy, storage: new GcsStorage(url, { ...settings, endpoint: proxy.url }) };
  }
});
