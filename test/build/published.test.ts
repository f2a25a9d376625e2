import assert from 'node:assert/strict';
import { join } from 'node:path';
import { build, load, repairVersion } from '../../src/build/index.js';
import { DatasetsError } from '../../src/core/errors/index.js';
import { type Manifest, openRegistry, prune, readManifest } from '../../src/registry/index.js';
import { openStorage } from '../../src/storage/index.js';
import { requireGcs } from '../gcs/index.js';
import { plain, requireOracle } from '../oracle/index.js';
import { digestsBelow, TeamProject } from './team-project.js';

/** One feature of each kind that a decoded example holds as something else than a plain value, and some that it doesn't. */
const schema = `features({
  id: scalar('int64'),
  name: text(),
  label: classLabel({ names: ['cat', 'dog'] }),
  half: tensor({ dtype: 'float16', shape: [null, 2] }),
  words: tensor({ dtype: 'string', shape: [2] }),
  digit: lib.image({ shape: [4, 4, 1], encoding: 'png' }),
  heat: lib.image({ shape: [null, null, 1], dtype: 'float32' }),
  clip: lib.video({ shape: [null, 2, 2, 3] }),
  sound: lib.audio({ fileFormat: 'wav' }),
  box: lib.boundingBox(),
  note: lib.optional(text()),
  boxes: lib.sequence(features({ at: lib.boundingBox(), photo: lib.image({ shape: [2, 2, 3] }) })),
  greetings: lib.translationVariableLanguages({ languages: ['de', 'fr'] }),
  exact: scalar('float64'),
})`;

const animals = `
  static override readonly versions = { '2.0.0': 'Nothing new.', '1.0.0': 'First release.' };
  static override readonly supportedVersions = ['1.0.0'];
  override info() { return { description: 'Animals.', features: ${schema} }; }
  override splits(p: any) {
    const animal = (id: number) => ({
      id, name: this.version + ' animal ' + id, label: id % 2, half: { data: new Float32Array([id / 4, -0.5, 1, 2]), shape: [2, 2] }, words: ['a', String(id)],
      digit: new Uint8Array(16).fill(id % 256), heat: { data: new Float32Array([id, 0.1, -0, 3]), shape: [2, 2, 1] },
      clip: { data: new Uint8Array(24).fill(id % 256), shape: [2, 2, 2, 3] }, sound: new Uint8Array([82, 73, 70, id % 256]), box: [0, 0.25, 0.5, 0.75],
      note: id % 3 === 0 ? null : 'seen', boxes: Array.from({ length: id % 3 }, () => ({ at: [0, 0, 1, 1], photo: new Uint8Array(12).fill(7) })),
      greetings: { de: ['hallo', 'moin'], fr: 'salut ' + id }, exact: id / 3,
    });
    return {
      train: p.generate(function* () { for (let id = 0; id < 500; id++) yield [BigInt(id), animal(id)]; }),
      test: p.generate(function* () { for (let id = 500; id < 520; id++) yield [BigInt(id), animal(id)]; }),
    };
  }`;

/** Reads animals, sends them through a shuffle, and stores them as they are. */
const copies = (source: string, more = '') => `
  static override readonly versions = { '1.0.0': 'First release.' };
  override info() { return { description: 'The same animals.', features: ${schema} }; }
  override splits(p: any) {
    const all = p.read(${source}).reshuffle().keyBy((animal: any) => animal.id);
    return { train: all${more} };
  }`;

const slow = `.mapValues((animal: any) => {
  if (process.env.AILAB_TEST_FAULT !== undefined && animal.id === 300n)
    throw new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) });
  return animal;
})`;

describe('a data set that is made from a published version', () => {
  let project: TeamProject;

  beforeEach(async () => {
    project = await TeamProject.create();
    await project.addDataset('animals', animals);
    await project.addDataset('copies', copies("lib.published('animals:*.*.*', { split: 'train' })", slow));
  });
  afterEach(() => project.remove());

  const manifestIn = async (directory: string): Promise<Manifest> => {
    const manifest = await readManifest(openStorage(directory), '');
    return manifest ?? assert.fail(`${directory} has no manifest`);
  };

  it('has every value as it was, with each number of workers, and says what it was made from', async () => {
    const upstream = await build('animals:1.0.0', { config: await project.config({ registry: 'a' }), numShards: 3 });
    const animals = await manifestIn(upstream.directory);
    const inline = await build('copies', { config: await project.config({ registry: 'a', runner: 'inline' }) });
    const registries = { a: 'a' };
    const bytes = await digestsBelow(inline.directory);
    for (const workers of [1, 2]) {
      const upstreamElsewhere = { registry: join(project.directory, 'a'), versions: {} };
      const config = await project.config({ registry: `./b${workers}`, registries, workers });
      const again = await build('copies', { config, upstream: upstreamElsewhere });
      assert.deepEqual(await digestsBelow(again.directory), bytes);
    }
    const manifest = await manifestIn(inline.directory);
    // The same keys with the same values have the same digest, whoever computed them.
    const [train] = animals.splits;
    assert.equal(train?.name, 'train');
    assert.deepEqual(
      manifest.splits.map(({ name, examples, contentDigest }) => ({ name, examples, contentDigest })),
      [{ name: 'train', examples: 500, contentDigest: train?.contentDigest }],
    );
    const { contentDigest } = animals;
    assert.deepEqual(manifest.lineage, [
      { name: 'animals', version: '1.0.0', reference: 'animals:*.*.*', split: 'train', contentDigest },
    ]);
    assert.deepEqual(manifest.sources, [{ uri: 'animals:1.0.0', digest: contentDigest }]);
  });

  it('is for stock tfds what the version is that it was made from', async function () {
    const oracle = requireOracle(this);
    const config = await project.config({ runner: 'inline' });
    const upstream = await build('animals:1.0.0', { config });
    const { directory } = await build('copies', { config });
    // tfds takes another package to decode audio files.
    const read = async (from: string) =>
      plain(await oracle.call('tfds.read', { directory: from, split: 'train', skip_decoding: ['sound'] }));
    assert.deepEqual(await read(directory), await read(upstream.directory));
  });

  it('reads some fields of a part of it, by a registry that has a name', async () => {
    await build('animals:1.0.0', { config: await project.config({ registry: 'shared', runner: 'inline' }) });
    await project.addDataset(
      'names',
      `
  static override readonly versions = { '1.0.0': 'First release.' };
  override info() { return { description: 'Names.', features: features({ id: scalar('int64'), name: text(), fields: text() }) }; }
  override splits(p: any) {
    const read = lib.published('animals', { split: ['train[:10%]', { split: 'test', from: -5 }], registry: 'team', fields: ['id', 'name'] });
    return { train: p.read(read).keyBy((row: any) => row.id).mapValues((row: any) => ({ ...row, fields: Object.keys(row).join() })) };
  }`,
    );
    const shared = join(project.directory, 'shared');
    const config = await project.config({
      registries: { team: shared, own: './registry' },
      registry: 'own',
      runner: 'inline',
    });
    const { directory } = await build('names', { config });
    const inPart = await load('animals', { split: 'train[:10%]+test[-5:]', registry: shared, build: 'never' });
    const expected = (await inPart.toArray()).map(({ id, name }) => ({ id, name, fields: 'id,name' }));
    const found = await (await load('names', { config, build: 'never' })).toArray();
    const byId = (a: { id?: unknown }, b: { id?: unknown }) => Number(a.id) - Number(b.id);
    assert.deepEqual([...found].sort(byId), expected.sort(byId));
    const { lineage } = await manifestIn(directory);
    assert.deepEqual(
      lineage.map(({ registry, split, version }) => ({ registry, split, version })),
      [{ registry: 'team', split: 'train[:10%]+test[-5:]', version: '1.0.0' }],
    );
  });

  it('goes on with the version that it had begun with, though there is a newer one', async () => {
    const config = await project.config({ runner: 'inline' });
    await build('animals:1.0.0', { config });
    process.env.AILAB_TEST_FAULT = 'yes';
    try {
      await assert.rejects(build('copies', { config }), { code: 'USER_CODE' });
    } finally {
      delete process.env.AILAB_TEST_FAULT;
    }
    await build('animals:2.0.0', { config });
    const resumed = await build('copies', { config });
    assert.ok(resumed.units.reused > 0, 'nothing of the first attempt was used');
    const { lineage } = await manifestIn(resumed.directory);
    assert.deepEqual(
      lineage.map(({ version }) => version),
      ['1.0.0'],
    );
  });

  it('keeps the version that it was made from when old ones are pruned, and is rebuilt from it', async () => {
    const config = await project.config({ runner: 'inline' });
    await build('animals:1.0.0', { config });
    const { directory } = await build('copies', { config });
    await build('animals:2.0.0', { config });
    const report = await prune(openRegistry(config.registry), { keepLast: 1, remove: true });
    const old = report.versions.find(({ version }) => version.name === 'animals' && version.version === '1.0.0');
    assert.deepEqual(old?.keptBecause, ['copies:1.0.0 was made from it']);
    const before = await digestsBelow(directory);
    const [shard = ''] = Object.keys(before).filter((path) => path.endsWith('.arrow'));
    await project.addFile(join('registry/copies/1.0.0', shard), 'damaged');
    const { files } = await repairVersion('copies:1.0.0', config);
    assert.deepEqual(
      files.map(({ path, from }) => [path, from]),
      [[shard, 'the rebuilt version']],
    );
    assert.deepEqual(await digestsBelow(directory), before);
  });

  it('is read from a bucket through the cache of the machine, and not built by load alone', async function () {
    const gcs = await requireGcs(this);
    const { url } = await gcs.newBucket();
    const remote = await project.config({
      registry: url,
      cacheDirectory: 'cache',
      workDirectory: 'work',
      runner: 'inline',
    });
    await build('animals:1.0.0', { config: remote, numShards: 2 });
    const source = `lib.published('animals:1.0.0', { split: 'train', registry: 'prod' })`;
    await project.addDataset('remote', copies(source));
    const config = await project.config({
      registries: { prod: url, own: './registry' },
      registry: 'own',
      cacheDirectory: 'cache',
    });
    await assert.rejects(load('remote', { config }), { code: 'BUILD_REFUSED' });
    const { directory } = await build('remote', { config });
    const { lineage, splits } = await manifestIn(directory);
    assert.deepEqual(
      lineage.map(({ registry, name }) => [registry, name]),
      [['prod', 'animals']],
    );
    const upstream = await readManifest(openRegistry(url).storage, 'animals/1.0.0');
    assert.equal(splits[0]?.contentDigest, upstream?.splits[0]?.contentDigest);
  });

  it('is refused where the other is not published, was removed, or has no such part', async () => {
    const config = await project.config({ runner: 'inline' });
    const hintOf = async (name: string) => {
      const error = await build(name, { config }).then(
        () => assert.fail('it was built'),
        (error: unknown) => error,
      );
      assert.ok(error instanceof DatasetsError);
      return `${error.code}: ${error.message} | ${error.hint}`;
    };
    assert.match(
      await hintOf('copies'),
      /^DATASET_UNKNOWN: animals:\*\.\*\.\*, which this data set is made from, is not published.* \| Build it first: ailab-datasets build animals:\*\.\*\.\*/,
    );
    await build('animals:1.0.0', { config });
    await project.addDataset('split', copies("lib.published('animals:*.*.*', { split: 'trian' })"));
    assert.match(await hintOf('split'), /^SPLIT_UNKNOWN: .*trian.* \| Did you mean train\?/);
    await project.addDataset('field', copies("lib.published('animals:*.*.*', { fields: ['nmae'] })"));
    assert.match(await hintOf('field'), /^USAGE: there is no field "nmae" \| Did you mean name\?/);
    await project.addDataset('place', copies("lib.published('animals', { registry: 'prdo' })"));
    assert.match(await hintOf('place'), /^CONFIG_INVALID: "prdo" is no name of a registry/);
    await project.addDataset('removed', copies("lib.published('animals:1.0.0')"));
    await build('animals:2.0.0', { config });
    await prune(openRegistry(config.registry), { keepLast: 1, remove: true, reason: 'has a mistake' });
    assert.match(await hintOf('removed'), /^VERSION_REMOVED: .*has a mistake/);
  });

  it('is refused where it would be made from itself, also by way of another', async () => {
    const config = await project.config({ runner: 'inline' });
    const source = "this.version === '3.0.0' ? lib.published('mirror') : lib.published('loop:1.0.0')";
    await project.addDataset(
      'loop',
      `
  static override readonly versions = { '3.0.0': 'By way of another.', '2.0.0': 'From itself.', '1.0.0': 'First release.' };
  static override readonly supportedVersions = ['2.0.0', '1.0.0'];
  override info() { return { description: 'A loop.', features: features({ id: scalar('int64') }) }; }
  override splits(p: any) {
    const rows = this.version === '1.0.0' ? p.create([{ id: 1 }]) : p.read(${source});
    return { train: rows.keyBy((row: any) => row.id) };
  }`,
    );
    await project.addDataset(
      'mirror',
      `
  static override readonly versions = { '1.0.0': 'First release.' };
  override info() { return { description: 'A mirror.', features: features({ id: scalar('int64') }) }; }
  override splits(p: any) { return { train: p.read(lib.published('loop')).keyBy((row: any) => row.id) }; }`,
    );
    await build('loop:1.0.0', { config });
    await build('mirror', { config });
    await assert.rejects(build('loop:2.0.0', { config }), {
      code: 'PIPELINE_INVALID',
      message: 'loop is made from itself: loop reads loop:1.0.0',
    });
    await assert.rejects(build('loop:3.0.0', { config }), {
      code: 'PIPELINE_INVALID',
      message: 'loop is made from itself: loop reads mirror:1.0.0 reads loop:1.0.0',
    });
  });
});
