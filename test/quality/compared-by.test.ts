import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adoptDirectory } from '../../src/adopt/index.js';
import { stagedFiles } from '../../src/build/police/staged-files.js';
import { locateVersion } from '../../src/cache/index.js';
import { loadConfig } from '../../src/core/config/index.js';
import { stringifyJson } from '../../src/core/json/index.js';
import { parseReference } from '../../src/core/names/index.js';
import { features, scalar, text } from '../../src/features/index.js';
import { diffVersions, isUndecided, requiredBump } from '../../src/quality/index.js';
import { openRegistry } from '../../src/registry/index.js';
import { requireGcs } from '../gcs/index.js';
import { buildVersion, type Examples } from '../reader/build-version.js';

const schema = features({ id: scalar('int64'), weight: scalar('float64') });
const wider = features({ id: scalar('int64'), weight: scalar('float64'), extra: scalar('int64') });
const rows = (weight: (id: number) => number, extra?: bigint): Examples =>
  Array.from({ length: 20 }, (_, id) => [
    id,
    { id: BigInt(id), weight: weight(id), ...(extra !== undefined && { extra }) },
  ]);

describe('versions are compared', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ailab-compared-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const registry = () => join(folder, 'registry');

  it('without float64, and saying so, where a feature came and only TFRecord is there, which holds it rounded', async () => {
    const common = { registry: registry(), name: 'sample', formats: ['tfrecord'] } as const;
    const before = await buildVersion({ ...common, schema, splits: { train: rows((id) => id / 3) } });
    const train = rows((id) => id / 7, 1n);
    const after = await buildVersion({ ...common, version: '1.1.0', schema: wider, splits: { train } });
    const diff = await diffVersions(before, after);
    assert.deepEqual(diff.notes, ['not compared, since TFRecord holds float64 rounded to float32: weight']);
    assert.deepEqual(diff.splits[0]?.keys, { same: 20, added: 0, removed: 0, changed: 0 });
    // In Arrow it is exact, so that it is seen.
    const exact = { ...common, name: 'exact', formats: ['arrow'] } as const;
    const old = await buildVersion({ ...exact, schema, splits: { train: rows((id) => id / 3) } });
    const now = await buildVersion({ ...exact, version: '1.1.0', schema: wider, splits: { train } });
    const found = await diffVersions(old, now);
    assert.deepEqual([found.notes, found.splits[0]?.keys?.changed], [[], 19]);
  });

  it('by numbers alone where one was taken in from outside, and nobody can tell when these are equal', async () => {
    const common = { registry: registry(), name: 'sample', schema, formats: ['arrow'] } as const;
    const built = await buildVersion({ ...common, splits: { train: rows((id) => id) } });
    const outside = join(folder, 'outside');
    cpSync(join(built, 'arrow'), outside, { recursive: true });
    const { directory } = await adoptDirectory(outside, 'sample:1.1.0', { registry: registry() });
    const diff = await diffVersions(built, directory);
    assert.equal(diff.comparedBy, 'counts');
    assert.deepEqual([diff.splits[0]?.content, diff.splits[0]?.keys, isUndecided(diff)], ['unknown', undefined, true]);
    assert.match(diff.notes.join(), /sample:1\.1\.0 has no keys: it was taken in from outside/);
    const fewer = await buildVersion({ ...common, version: '1.2.0', splits: { train: rows((id) => id).slice(1) } });
    assert.equal(requiredBump(await diffVersions(directory, fewer)), 'major');
  });

  it('in a bucket by fetching the index of shards that differ, and nothing of their examples', async function () {
    const gcs = await requireGcs(this);
    const { url, storage } = await gcs.newBucket();
    const common = { registry: openRegistry(storage), workDirectory: folder, name: 'sample', schema } as const;
    const test = rows((id) => id);
    await buildVersion({ ...common, splits: { train: rows((id) => id), test } });
    await buildVersion({ ...common, version: '2.0.0', splits: { train: rows((id) => id % 19), test } });
    const config = await loadConfig({ cwd: folder, env: {}, flags: { registry: url, cacheDirectory: 'cache' } });
    const located = async (reference: string) =>
      (await locateVersion(openRegistry(url), parseReference(reference), config)).files;
    const diff = await diffVersions(await located('sample:1.0.0'), await located('sample:2.0.0'), { examples: 0 });
    assert.deepEqual(
      diff.splits.map(({ split, keys }) => [split, keys?.changed]),
      [
        ['train', 1],
        ['test', 0],
      ],
    );
    const fetched = readdirSync(join(folder, 'cache', 'versions'), { recursive: true, encoding: 'utf8' });
    const data = fetched.filter((path) => /\.(index|arrow)$|tfrecord/.test(path)).map((path) => path.split('/').at(-1));
    assert.deepEqual(data, ['train-00000-of-00001.index', 'train-00000-of-00001.index']);
  });

  it('before they are published, also where workers left their files in a bucket, and nothing of that stays here', async function () {
    const gcs = await requireGcs(this);
    const { url, storage } = await gcs.newBucket();
    const common = { registry: registry(), name: 'sample', formats: ['arrow'] } as const;
    const before = await buildVersion({ ...common, schema, splits: { train: rows((id) => id) }, numShards: 2 });
    const train = rows((id) => id % 19, 1n);
    const directory = await buildVersion({ ...common, version: '1.1.0', schema: wider, splits: { train } });
    const urls = new Map<string, string>();
    for (const path of ['arrow/train/data-00000-of-00001.arrow', 'index/train-00000-of-00001.index']) {
      await storage.upload(join(directory, path), `attempts/1/${path}`);
      rmSync(join(directory, path));
      urls.set(path, `${url}/attempts/1/${path}`);
    }
    const workDirectory = join(folder, 'work');
    const staged = stagedFiles({ directory, workDirectory }, { urls, release: async () => undefined });
    const diff = await diffVersions(before, staged.files);
    await staged.close();
    assert.deepEqual(diff.splits[0]?.keys, { same: 19, added: 0, removed: 0, changed: 1 });
    assert.deepEqual(
      diff.splits[0]?.examples.map(({ fields }) => fields),
      [['weight']],
    );
    assert.deepEqual(existsSync(workDirectory) ? readdirSync(workDirectory) : [], []);
  });

  it('with evidence of a bounded size: long values are shown by their beginning and digest', async () => {
    const long = features({ id: scalar('int64'), body: text() });
    const common = { registry: registry(), name: 'sample', schema: long } as const;
    const examples = (end: string): Examples => [[1, { id: 1n, body: `${'a'.repeat(100_000)}${end}` }]];
    const before = await buildVersion({ ...common, splits: { train: examples('x') } });
    const after = await buildVersion({ ...common, version: '2.0.0', splits: { train: examples('y') } });
    const [example] = (await diffVersions(before, after)).splits[0]?.examples ?? [];
    assert.deepEqual(example?.fields, ['body']);
    for (const side of [example?.before, example?.after]) {
      assert.match(
        stringifyJson(side),
        /^\{"id":1,"body":"\\"a{63}… \(100003 characters of JSON, sha256:[0-9a-f]{12}…\)"\}$/,
      );
    }
    assert.notDeepEqual(example?.before, example?.after);
  });
});
