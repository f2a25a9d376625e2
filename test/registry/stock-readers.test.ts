import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openVersion } from '../../src/reader/index.js';
import { openRegistry } from '../../src/registry/index.js';
import { OracleError, plain, requireOracle } from '../oracle/index.js';
import { buildVersion, type TestVersion } from '../reader/build-version.js';
import { comparable, sampleExamples, sampleSchema } from '../reader/sample.js';

interface Opened {
  readonly name: string;
  readonly config: string | null;
  readonly version: string;
  readonly description: string;
  readonly citation: string;
  readonly homepage: string;
  readonly supervised_keys: readonly string[] | null;
  readonly release_notes: Readonly<Record<string, string>>;
  readonly splits: Readonly<Record<string, { readonly shard_lengths: readonly number[]; readonly num_bytes: number }>>;
}

describe('a published version', () => {
  let registry = '';
  beforeEach(() => {
    registry = mkdtempSync(join(tmpdir(), 'ailab-registry-'));
  });
  afterEach(() => rmSync(registry, { recursive: true, force: true }));

  const build = (more: Partial<TestVersion> = {}) =>
    buildVersion({
      registry,
      name: 'sample',
      schema: sampleSchema,
      splits: { train: sampleExamples(0, 30), test: sampleExamples(30, 37) },
      numShards: 3,
      ...more,
    });

  it('is opened by stock tfds, by directory and by name, with what it says of itself', async function () {
    const oracle = requireOracle(this);
    const info = {
      description: 'Cats and dogs.\nAnd eels.',
      homepage: 'https://example.org/é',
      citation: '@misc{x}',
      license: 'CC-BY-4.0',
      tags: [],
      supervisedKeys: ['name', 'label'] as [string, string],
    };
    const releaseNotes = { '1.1.0': 'Eels.', '1.0.0': 'First release.' };
    const directory = await build({ version: '1.1.0', metadata: { info, releaseNotes } });
    const opened = (await oracle.call('tfds.open', { directory })) as Opened;
    assert.equal(opened.name, 'sample');
    assert.equal(opened.config, null);
    assert.equal(opened.description, info.description);
    assert.equal(opened.citation, info.citation);
    assert.equal(opened.homepage, info.homepage);
    assert.deepEqual(opened.supervised_keys, ['name', 'label']);
    assert.deepEqual(opened.release_notes, releaseNotes);
    assert.deepEqual(opened.splits['train']?.shard_lengths, [10, 10, 10]);
    for (const name of ['sample', 'sample:1.1.0', 'sample:1.*.*']) {
      const byName = (await oracle.call('tfds.open', { name, data_dir: registry })) as Opened;
      assert.equal(byName.version, '1.1.0', name);
    }
  });

  it('has the values in stock tfds that it has here, in the same order', async function () {
    const oracle = requireOracle(this);
    const directory = await build();
    for (const split of ['train', 'test[2:]', 'train[:50%]+test']) {
      const theirs = ((await oracle.call('tfds.read', { directory, split })) as readonly unknown[]).map(plain);
      const ours = await (await openVersion(directory, { format: 'tfrecord' })).dataset(split).toArray();
      assert.deepEqual(theirs.map(comparable), ours.map(comparable));
    }
  });

  it('is opened by Hugging Face datasets as a DatasetDict, with the same values', async function () {
    const oracle = requireOracle(this);
    const directory = await build();
    const loaded = (await oracle.call('hf.load_from_disk', { directory: join(directory, 'arrow') })) as Record<
      string,
      { readonly rows: readonly unknown[]; readonly split: string; readonly features: string }
    >;
    assert.deepEqual(Object.keys(loaded), ['train', 'test']);
    assert.equal(loaded['train']?.split, 'train');
    assert.match(loaded['train']?.features ?? '', /ClassLabel\(names=\['cat', 'dog', 'eel'\]/);
    for (const split of ['train', 'test']) {
      const ours = await (await openVersion(directory)).dataset(split).toArray();
      assert.deepEqual(
        loaded[split]?.rows.map((row) => comparable(plain(row))),
        ours.map(comparable),
      );
    }
  });

  it('has its default config found by stock tfds, but never in front of a version without config', async function () {
    const oracle = requireOracle(this);
    const formats = ['tfrecord'] as const;
    await build({ config: 'men', formats });
    await build({ config: 'women', version: '1.2.0', formats });
    const open = (name: string) => oracle.call('tfds.open', { name, data_dir: registry }) as Promise<Opened>;
    // The config that was published last says what is the default one; builders pass their first.
    assert.equal((await open('sample')).config, 'women');
    assert.equal((await open('sample:1.*.*')).config, 'women');
    assert.equal((await open('sample/men')).version, '1.0.0');
    assert.equal((await open('sample/men:1.*.*')).config, 'men');
    await build({ version: '1.1.0', formats });
    const plainVersion = await open('sample');
    assert.deepEqual([plainVersion.config, plainVersion.version], [null, '1.1.0']);
    await build({ config: 'men', version: '1.3.0', formats });
    assert.equal((await open('sample')).version, '1.1.0');
    assert.equal((await open('sample/men')).version, '1.3.0');
    const [listing] = await openRegistry(registry).listDatasets();
    assert.deepEqual(listing?.versions, ['1.1.0']);
    assert.deepEqual(
      listing?.configs.map((config) => [config.name, ...config.versions]),
      [
        ['men', '1.3.0', '1.0.0'],
        ['women', '1.2.0'],
      ],
    );
  });

  it('in Arrow alone is not offered to tfds, which could not read it', async function () {
    const oracle = requireOracle(this);
    const directory = await build({ formats: ['arrow'] });
    await assert.rejects(oracle.call('tfds.open', { directory }), OracleError);
    const loaded = (await oracle.call('hf.load_from_disk', { directory: join(directory, 'arrow') })) as object;
    assert.deepEqual(Object.keys(loaded), ['train', 'test']);
  });

  it('with a split name that Hugging Face would not write is read by both', async function () {
    const oracle = requireOracle(this);
    const directory = await build({ splits: { 'train-2020': sampleExamples(0, 5) } });
    const loaded = (await oracle.call('hf.load_from_disk', { directory: join(directory, 'arrow') })) as object;
    assert.deepEqual(Object.keys(loaded), ['train-2020']);
    const read = (await oracle.call('tfds.read', { directory, split: 'train-2020' })) as readonly unknown[];
    assert.equal(read.length, 5);
  });
});
