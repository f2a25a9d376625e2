import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfigName, parseReference, parseVersion } from '../../src/core/names/index.js';
import { openRegistry } from '../../src/registry/index.js';

describe('a reference finds', () => {
  let directory = '';
  let registry = openRegistry('');
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ailab-registry-'));
    registry = openRegistry(directory);
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const put = (path: string, ...files: readonly string[]) => {
    mkdirSync(join(directory, path), { recursive: true });
    for (const file of files) writeFileSync(join(directory, path, file), '{}');
  };
  const found = async (reference: string) => {
    const { name, config, version, location: at } = await registry.resolve(parseReference(reference));
    assert.equal(at, join(directory, name, config ?? '', version));
    return config === undefined ? version : `${config}:${version}`;
  };

  it('the newest version by number, or the newest that matches', async () => {
    for (const version of ['1.2.0', '1.10.0', '2.0.0']) put(`product_a/${version}`, 'manifest.json');
    assert.equal(await found('product_a'), '2.0.0');
    assert.equal(await found('product_a:1.*.*'), '1.10.0');
    assert.equal(await found('product_a:1.2.0'), '1.2.0');
  });

  it('never a torn directory, even where it is the newest', async () => {
    put('product_a/1.0.0', 'manifest.json');
    put('product_a/2.0.0', 'product_a-train.tfrecord-00000-of-00001');
    put('product_a/3.0.0', 'dataset_info.json');
    put('product_a/4.0.0');
    put('torn/1.0.0', 'features.json');
    put('.staging/product_b-1.0.0-abc/version', 'manifest.json');
    assert.equal(await found('product_a'), '1.0.0');
    assert.deepEqual(await registry.listDatasets(), [{ name: 'product_a', versions: ['1.0.0'], configs: [] }]);
    await assert.rejects(registry.resolve(parseReference('product_a:2.0.0')), { code: 'VERSION_UNKNOWN' });
    await assert.rejects(registry.resolve(parseReference('torn')), { code: 'DATASET_UNKNOWN' });
  });

  it('a directory that tfds prepared', async () => {
    put('mnist/3.0.1', 'dataset_info.json', 'features.json');
    assert.equal(await found('mnist'), '3.0.1');
  });

  it('a config by its name, and without one the plain versions, the default config or the only one', async () => {
    put('product_a/all/1.0.0', 'manifest.json');
    assert.equal(await found('product_a'), 'all:1.0.0');
    put('product_a/men/1.2.0', 'manifest.json');
    assert.equal(await found('product_a/men'), 'men:1.2.0');
    await assert.rejects(registry.resolve(parseReference('product_a:1.*.*')), {
      code: 'CONFIG_UNKNOWN',
      message: /several configs/,
      hint: /product_a\/all:1\.\*\.\*, product_a\/men:1\.\*\.\*/,
    });
    mkdirSync(join(directory, 'product_a/.config'));
    writeFileSync(join(directory, 'product_a/.config/metadata.json'), '{"default_config_name": "men"}');
    assert.equal(await found('product_a'), 'men:1.2.0');
    put('product_a/1.0.0', 'manifest.json');
    assert.equal(await found('product_a'), '1.0.0');
    assert.deepEqual(await registry.listDatasets(), [
      {
        name: 'product_a',
        versions: ['1.0.0'],
        configs: [
          { name: 'all', versions: ['1.0.0'] },
          { name: 'men', versions: ['1.2.0'] },
        ],
      },
    ]);
  });

  it('nothing, and then says what there is and what was probably meant', async () => {
    const failing = (reference: string, expected: object) =>
      assert.rejects(registry.resolve(parseReference(reference)), expected);
    await failing('mnist', { code: 'DATASET_UNKNOWN', hint: /empty/ });
    put('product_a/men/1.0.0', 'manifest.json');
    put('product_a/men/1.2.0', 'manifest.json');
    put('mnist/1.0.0', 'manifest.json');
    await failing('mnsit', { code: 'DATASET_UNKNOWN', message: /mnsit/, hint: /Did you mean mnist\?/ });
    await failing('product_a/man', { code: 'CONFIG_UNKNOWN', message: /man/, hint: /Did you mean men\?/ });
    await failing('mnist/plain', { code: 'CONFIG_UNKNOWN', hint: /no configs/ });
    await failing('product_a/men:1.3.0', { code: 'VERSION_UNKNOWN', message: /1\.3\.0/, hint: /1\.2\.0, 1\.0\.0/ });
    await failing('product_a:9.*.*', { code: 'VERSION_UNKNOWN', hint: /1\.2\.0, 1\.0\.0/ });
    await failing('mnist@prod', { code: 'VERSION_UNKNOWN', message: /alias prod/ });
    assert.equal(await registry.find(parseReference('mnist:2.0.0')), undefined);
    await assert.rejects(openRegistry(join(directory, 'nowhere')).resolve(parseReference('mnist')), {
      code: 'DATASET_UNKNOWN',
    });
  });

  it('what an alias stands for, and the alias `default` where no version is named', async () => {
    for (const version of ['1.0.0', '2.0.0']) put(`product_a/men/${version}`, 'manifest.json');
    const target = { config: parseConfigName('men'), version: parseVersion('1.0.0') };
    registry = openRegistry(directory, {
      aliases: async (_, alias) => (alias === 'default' || alias === 'prod' ? target : undefined),
    });
    assert.equal(await found('product_a@prod'), 'men:1.0.0');
    assert.equal(await found('product_a'), 'men:1.0.0');
    assert.equal(await found('product_a/men'), 'men:2.0.0');
    assert.equal(await found('product_a:2.0.0'), 'men:2.0.0');
  });
});
