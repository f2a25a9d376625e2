import assert from 'node:assert/strict';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AdoptOptions, type AdoptReport, adoptDirectory } from '../../src/adopt/index.js';
import { load, repairVersion } from '../../src/build/index.js';
import { pullVersion } from '../../src/cache/index.js';
import { describeDataset } from '../../src/catalog/index.js';
import { loadConfig } from '../../src/core/config/index.js';
import { exportVersion } from '../../src/export/index.js';
import { localVersionFiles, openVersion, verifyVersion } from '../../src/reader/index.js';
import { openRegistry, prune, readManifest, removeAbandonedBuilds } from '../../src/registry/index.js';
import { published } from '../../src/sources/index.js';
import { digestsBelow } from '../build/team-project.js';
import { requireGcs } from '../gcs/index.js';
import { type Oracle, plain, requireOracle } from '../oracle/index.js';
import { comparable, sampleExpression, tfdsInput } from '../reader/sample.js';
import { runToDeath } from '../run-to-death.js';
import { readAll } from '../sources/read-all.js';

/** Decoded values as Python shows them: bigints and floats alike, pixels and bytes as numbers. */
function shown(value: unknown): unknown {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== 'object' || value === null) return value;
  if ('encoded' in value) return { bytes: shown(value.encoded), path: null };
  if ('data' in value && 'shape' in value)
    return nested(Array.from(value.data as ArrayLike<unknown>), value.shape as number[]);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, shown(item)]));
}

function nested(data: readonly unknown[], [length = 0, ...inner]: readonly number[]): unknown {
  if (inner.length === 0) return data.map(shown);
  const size = data.length / length;
  return Array.from({ length }, (_, i) => nested(data.slice(i * size, (i + 1) * size), inner));
}

describe('taking in a directory that something else wrote', () => {
  let oracle: Oracle;
  let root = '';
  let registry = '';

  before(function () {
    oracle = requireOracle(this);
  });
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'ailab-adopt-'));
    registry = join(root, 'registry');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const adopt = (folder: string, reference: string, options: Partial<AdoptOptions> = {}): Promise<AdoptReport> =>
    adoptDirectory(join(root, folder), reference, { registry, ...options });

  /** Every file of a version is as its manifest says, and every record as its index says. */
  async function assertWhole(directory: string): Promise<void> {
    assert.deepEqual((await verifyVersion(directory)).problems, []);
  }

  async function prepareWithTfds(): Promise<string> {
    const pairs = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, i) => [`k${from + i}`, tfdsInput(from + i)]);
    const call = { directory: join(root, 'tfds'), name: 'prepared', expression: sampleExpression, num_shards: 3 };
    const examples = { train: pairs(0, 40), test: pairs(40, 47) };
    const directory = await oracle.call('tfds.build', { ...call, examples, supervised_keys: ['name', 'label'] });
    return String(directory).slice(root.length + 1);
  }

  it('keeps the records of stock tfds byte for byte, and stock tfds reads the same', async () => {
    const folder = await prepareWithTfds();
    const before = await digestsBelow(join(root, folder));
    const report = await adopt(folder, 'product_c:1.2.0', { about: { owner: 'ads@lab' } });
    assert.deepEqual([report.status, report.writer, report.leftOut], ['published', 'tfds', []]);
    assert.deepEqual(await digestsBelow(join(root, folder)), before);
    for (const split of ['train', 'test']) {
      const read = async (directory: string) => plain(await oracle.call('tfds.read', { directory, split }));
      const theirs = await read(join(root, folder));
      assert.deepEqual(await read(report.directory), theirs);
      const config = await loadConfig({ cwd: root, env: {}, flags: { registry } });
      const ours = await (await load('product_c', { split, config, build: 'never' })).toArray();
      assert.deepEqual(ours.map(comparable), (theirs as readonly unknown[]).map(comparable));
    }
    const bytesOf = (digests: Readonly<Record<string, string>>) =>
      Object.entries(digests)
        .filter(([path]) => path.includes('.tfrecord-'))
        .map(([, digest]) => digest);
    assert.deepEqual(bytesOf(await digestsBelow(report.directory)).sort(), bytesOf(before).sort());
    await assertWhole(report.directory);
    const card = await describeDataset('product_c', await loadConfig({ cwd: root, env: {}, flags: { registry } }));
    assert.deepEqual([card.external, card.owner, card.supervisedKeys], ['tfds', 'ads@lab', ['name', 'label']]);
  });

  it('is a version like any other: not changed, exported, pulled, repaired from a copy, pruned', async () => {
    const folder = await prepareWithTfds();
    const first = await adopt(folder, 'product_c:1.0.0');
    assert.equal((await adopt(folder, 'product_c:1.0.0')).status, 'exists');
    cpSync(join(root, folder), join(root, 'other'), { recursive: true });
    const spark = join(root, 'spark');
    await oracle.call('adopt.write_spark', { directory: spark, files: [3] });
    await assert.rejects(adopt('spark', 'product_c:1.0.0'), { code: 'VERSION_EXISTS' });
    const config = await loadConfig({ cwd: root, env: {}, flags: { registry } });
    const copies = join(root, 'copies');
    await exportVersion(localVersionFiles(first.directory), { directory: copies, formats: ['tfrecord', 'arrow'] });
    const copy = join(copies, 'product_c/1.0.0');
    await assertWhole(copy);
    const digest = async (directory: string) => (await openVersion(directory)).info.manifest?.contentDigest;
    assert.equal(await digest(copy), first.contentDigest);
    const loaded = (await oracle.call('hf.load_from_disk', { directory: join(copy, 'arrow') })) as Record<
      string,
      unknown
    >;
    assert.deepEqual(Object.keys(loaded).sort(), ['test', 'train']);
    const pulled = await pullVersion('product_c:1.0.0', { registry, directory: join(root, 'pulled') });
    await assertWhole(pulled.directory);
    const [shard = ''] = readdirSync(first.directory).filter((name) => name.includes('train.tfrecord'));
    writeFileSync(join(first.directory, shard), 'damaged');
    const rebuilt = await repairVersion('product_c:1.0.0', config);
    assert.match(rebuilt.files[0]?.refusals.join() ?? '', /no builder can make it again/);
    assert.equal((await repairVersion('product_c:1.0.0', config, { from: copies })).files[0]?.path, shard);
    await assertWhole(first.directory);
    await adopt('spark', 'product_c:2.0.0');
    const { versions } = await prune(openRegistry(registry), { keepLast: 1, remove: true });
    assert.deepEqual(
      versions.map(({ version, outcome }) => [version.version, outcome]),
      [
        ['2.0.0', undefined],
        ['1.0.0', 'removed'],
      ],
    );
  });

  it('opens what Hugging Face datasets saved for it as before, images, class labels and nulls with it', async () => {
    const directory = join(root, 'saved');
    await oracle.call('adopt.write_hugging_face', { directory, counts: { train: 23, test: 6 } });
    const before = await digestsBelow(directory);
    const report = await adopt('saved', 'pictures:1.0.0');
    assert.equal(report.writer, 'hugging-face');
    assert.deepEqual(await digestsBelow(directory), before);
    let copies = 0;
    const read = async (from: string) => {
      // datasets leaves caches beside what it casts.
      const directory = join(root, `copy-${copies++}`);
      cpSync(from, directory, { recursive: true });
      return (await oracle.call('hf.load_from_disk', { directory, decode: false })) as Loaded;
    };
    const theirs = await read(directory);
    const again = await read(join(report.directory, 'arrow'));
    const version = await openVersion(report.directory);
    for (const split of ['train', 'test']) {
      assert.deepEqual(again[split]?.rows, theirs[split]?.rows);
      assert.deepEqual(again[split]?.features, theirs[split]?.features);
      const ours = await version.dataset(split).toArray();
      assert.deepEqual(ours.map(shown), plain(theirs[split]?.rows.map((row) => shownPython(row))));
    }
    await assertWhole(report.directory);
    const exported = join(root, 'exported');
    await exportVersion(localVersionFiles(report.directory), { directory: exported, formats: ['arrow', 'tfrecord'] });
    const copy = join(exported, 'pictures/1.0.0');
    await assertWhole(copy);
    assert.deepEqual((await read(join(copy, 'arrow')))['train']?.rows, theirs['train']?.rows);
    const names = (await oracle.call('tfds.read', { directory: copy, split: 'train' })) as readonly unknown[];
    assert.equal(names.length, 23);
  });

  interface Loaded {
    readonly [split: string]: { readonly rows: readonly unknown[]; readonly features: string };
  }

  /** Python's values after `plain`: images as they are stored have a path, which is never there. */
  function shownPython(row: unknown): unknown {
    return shown(plain(row));
  }

  it('takes Parquet of Spark as it is, and Hugging Face and pyarrow read the same', async () => {
    const spark = join(root, 'spark');
    await oracle.call('adopt.write_spark', { directory: spark, files: [20, 0, 11] });
    const dry = await adopt('spark', 'sessions:1.0.0', { dryRun: true });
    assert.deepEqual([dry.status, readdirSync(root)], ['dry-run', ['spark']]);
    const report = await adopt('spark', 'sessions:1.0.0');
    assert.deepEqual(
      report.splits.map(({ name, examples, shards }) => [name, examples, shards]),
      [['train', 31, 2]],
    );
    assert.deepEqual(report.leftOut.length, 2);
    const parts = readdirSync(spark)
      .filter((name) => name.endsWith('.parquet'))
      .sort();
    const theirs = plain(
      await oracle.call('adopt.read_parquet_rows', { files: parts.map((name) => join(spark, name)) }),
    );
    const files = readdirSync(join(report.directory, 'parquet')).sort();
    const parquet = files.map((name) => join(report.directory, 'parquet', name));
    assert.deepEqual(plain(await oracle.call('adopt.read_parquet_rows', { files: parquet })), theirs);
    const loaded = (await oracle.call('hf.load_parquet', { directory: join(report.directory, 'parquet') })) as Loaded;
    assert.deepEqual(plain(loaded['train']?.rows), theirs);
    const ours = await (await openVersion(report.directory)).dataset('train').toArray();
    assert.deepEqual(ours.map(shown), (theirs as readonly unknown[]).map(shown));
    await assertWhole(report.directory);
    const from = { registry, registries: {}, cacheDirectory: join(root, 'cache'), cacheBytes: 1 << 30 };
    const source = published('sessions:1.0.0', { split: 'train' });
    const read = await readAll(source, { baseDirectory: root, published: { from, versions: {} } });
    assert.deepEqual(read.elements.map(shown), ours.map(shown));
  });

  it('finds the features of TFRecord files in all of their records, and stock tfds reads by them', async () => {
    const files = { 'train-a.tfrecord': [0, 30], 'train-b.tfrecord': [30, 5], 'val.tfrecord': [35, 4] };
    await oracle.call('adopt.write_examples', { directory: join(root, 'examples'), files });
    const report = await adopt('examples', 'records:1.0.0');
    assert.deepEqual(
      report.splits.map(({ name, examples }) => [name, examples]),
      [
        ['train', 35],
        ['val', 4],
      ],
    );
    const read = (await oracle.call('tfds.read', {
      directory: report.directory,
      split: 'train',
    })) as readonly unknown[];
    const ours = await (await openVersion<SurveyedRow>(report.directory)).dataset('train').toArray();
    const theirs = read.map((row) => plain(row) as PythonRow);
    assert.deepEqual(
      ours.map(({ id }) => id),
      theirs.map(({ id }) => BigInt(id as number)),
    );
    assert.deepEqual(
      ours.map(({ pair }) => [...pair.data]),
      theirs.map(({ pair }) => pair),
    );
    for (const [index, row] of ours.entries()) {
      assert.equal(row.name, index % 4 === 0 ? null : 'é');
      assert.deepEqual([row.words.length, [...row.raw], row['image/height']], [index % 3, [255, index], BigInt(index)]);
    }
    await assertWhole(report.directory);
  });

  interface SurveyedRow {
    readonly id: bigint;
    readonly pair: { readonly data: Float32Array };
    readonly words: readonly string[];
    readonly raw: Uint8Array;
    readonly name: string | null;
    readonly 'image/height': bigint;
  }
  interface PythonRow {
    readonly [field: string]: unknown;
  }

  it('takes Arrow files of a notebook, with the splits that patterns name', async () => {
    for (const [index, day] of ['2026-11-20', '2026-11-21'].entries()) {
      const file = join(root, 'days', `day=${day}`, 'rows.arrow');
      await oracle.call('adopt.write_arrow_file', { file, first: index * 10, count: 10 });
    }
    assert.deepEqual(
      (await adopt('days', 'days:1.0.0', { dryRun: true })).splits.map(({ name }) => name),
      ['train'],
    );
    const splits = { train: ['*20/*.arrow'], test: ['*21/*.arrow'] };
    const report = await adopt('days', 'days/all:1.0.0', { splits });
    const loaded = (await oracle.call('hf.load_from_disk', { directory: join(report.directory, 'arrow') })) as Loaded;
    const ids = (split: string) =>
      (plain(loaded[split]?.rows) as readonly { id: number }[]).map(({ id }) => Number(id));
    assert.deepEqual([ids('train')[0], ids('test')[0], ids('test').length], [0, 10, 10]);
    await assertWhole(report.directory);
    await assert.rejects(adopt('days', 'days:1.0.0', { splits: { train: ['*22/*'] } }), { code: 'USAGE' });
  });

  it('refuses what no feature is, and what is damaged, and leaves nothing', async () => {
    const file = join(root, 'times', 'train.arrow');
    await oracle.call('adopt.write_arrow_file', { file, first: 0, count: 5, extra: 'timestamp' });
    await assert.rejects(adopt('times', 'times:1.0.0'), { code: 'UNSUPPORTED', message: /column 'seen' has the type/ });
    const folder = await prepareWithTfds();
    const [shard = ''] = readdirSync(join(root, folder)).filter((name) => name.includes('test.tfrecord'));
    truncateSync(join(root, folder, shard), 20);
    await assert.rejects(adopt(folder, 'torn:1.0.0'), { code: 'SOURCE_MALFORMED', message: new RegExp(shard) });
    mkdirSync(join(root, 'mixed'));
    for (const name of ['a.parquet', 'b.arrow']) writeFileSync(join(root, 'mixed', name), '');
    await assert.rejects(adopt('mixed', 'mixed:1.0.0'), { code: 'UNSUPPORTED', message: /a\.parquet \(parquet\)/ });
    await assert.rejects(adopt('nothing', 'none:1.0.0'), { code: 'SOURCE_NOT_FOUND' });
    await assert.rejects(adopt('mixed', 'mixed:1.*.*'), { code: 'USAGE' });
    await oracle.call('adopt.write_spark', { directory: join(root, 'spark'), files: [3] });
    const signal = AbortSignal.abort();
    await assert.rejects(adopt('spark', 'stopped:1.0.0', { signal }));
    assert.deepEqual(await openRegistry(registry).listDatasets(), []);
    const staged = readdirSync(join(registry, '.staging'), { recursive: true });
    assert.deepEqual(staged, []);
  });

  it('names in its lineage the versions that it was made from, which prune keeps', async () => {
    await oracle.call('adopt.write_spark', { directory: join(root, 'spark'), files: [5] });
    for (const version of ['1.0.0', '1.1.0']) await adopt('spark', `logs:${version}`);
    const { directory } = await adopt('spark', 'sessions:1.0.0', { madeFrom: ['logs:1.0.*'] });
    const { storage } = openRegistry(registry);
    const logs = await readManifest(storage, 'logs/1.0.0');
    assert.deepEqual((await readManifest(openRegistry(directory).storage, ''))?.lineage, [
      { name: 'logs', version: '1.0.0', contentDigest: logs?.contentDigest, reference: 'logs:1.0.*' },
    ]);
    const { versions } = await prune(openRegistry(registry), { keepLast: 1, remove: true });
    assert.ok(versions.every(({ keptBecause }) => keptBecause.length > 0));
    for (const [from, code] of [
      ['none:1.0.0', 'DATASET_UNKNOWN'],
      ['logs:2.0.0', 'VERSION_UNKNOWN'],
      ['others:1.0.0', 'USAGE'],
    ] as const) {
      if (code === 'USAGE') await adopt('spark', 'others:1.0.0');
      await assert.rejects(adopt('spark', 'others:1.1.0', { madeFrom: [from] }), { code });
    }
  });

  it('killed at any moment leaves nothing or the whole version, and goes well when it is run again', async function () {
    this.timeout(300_000);
    const spark = join(root, 'spark');
    await oracle.call('adopt.write_spark', { directory: spark, files: [20, 11] });
    const undisturbed = await digestsBelow((await adopt('spark', 'sessions:1.0.0')).directory);
    const script = join(import.meta.dirname, 'adopt-process.js');
    let killed = 0;
    let ended = 0;
    for (let change = 1; ; change++) {
      const target = join(root, `killed-${change}`);
      if ((await runToDeath([script, spark, target, String(change)])) === null) break;
      killed++;
      const one = openRegistry(target);
      const seen = await one.listDatasets();
      if (seen.length > 0) {
        assert.deepEqual(seen, [{ name: 'sessions', versions: ['1.0.0'], configs: [] }]);
        await assertWhole(join(target, 'sessions/1.0.0'));
      }
      const again = await adopt('spark', 'sessions:1.0.0', { registry: target });
      // A publication that had begun is ended first, and found.
      if (seen.length > 0) assert.equal(again.status, 'exists');
      if (again.status === 'exists') ended++;
      assert.deepEqual(await digestsBelow(again.directory), undisturbed);
      await removeAbandonedBuilds(one);
      assert.deepEqual(readdirSync(join(target, '.staging')), [], `change ${change} left something`);
    }
    assert.ok(
      killed > 15 && ended > 0 && ended < killed,
      `${killed} moments were tried, ${ended} after the publication began`,
    );
  });

  it('publishes to a bucket the same as to a directory', async function () {
    const gcs = await requireGcs(this);
    const { url } = await gcs.newBucket();
    const folder = await prepareWithTfds();
    const local = await adopt(folder, 'product_c:1.0.0');
    const remote = await adopt(folder, 'product_c:1.0.0', { registry: url, workDirectory: join(root, 'work') });
    assert.equal(remote.contentDigest, local.contentDigest);
    assert.equal((await adopt(folder, 'product_c:1.0.0', { registry: url })).status, 'exists');
    const pulled = await pullVersion('product_c:1.0.0', { registry: url, directory: join(root, 'pulled') });
    assert.deepEqual(await digestsBelow(pulled.directory), await digestsBelow(local.directory));
    const manifest = await readManifest(openRegistry(url).storage, 'product_c/1.0.0');
    assert.deepEqual(manifest?.external, { writer: 'tfds' });
    assert.ok(!readFileSync(join(local.directory, 'manifest.json'), 'utf8').includes(root));
    const read = async (directory: string) => plain(await oracle.call('tfds.read', { directory, split: 'train' }));
    assert.deepEqual(await read(pulled.directory), await read(join(root, folder)));
  });
});
