import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { datasetFolders, defineConfig, loadConfig, withRegistry } from '../../../src/core/config/index.js';
import { DatasetsError } from '../../../src/core/errors/index.js';

const packageRoot = fileURLToPath(new URL('../../../../', import.meta.url));

describe('loadConfig', () => {
  let project: string;
  const env = { HOME: '/home/ada' };

  beforeEach(async () => {
    project = await realpath(await mkdtemp(join(tmpdir(), 'ailab-config-')));
    await mkdir(join(project, 'datasets'));
  });
  afterEach(() => rm(project, { recursive: true, force: true }));

  const write = async (name: string, text: string): Promise<string> => {
    const file = join(project, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    return file;
  };
  const load = (flags = {}, extraEnv = {}, cwd = project) => loadConfig({ cwd, env: { ...env, ...extraEnv }, flags });
  const refuses = async (run: Promise<unknown>, code: string, ...parts: readonly RegExp[]): Promise<void> => {
    await assert.rejects(run, (error: unknown) => {
      assert.ok(error instanceof DatasetsError, String(error));
      assert.equal(error.code, code);
      for (const part of parts) assert.match(`${error.message}\nhint: ${error.hint}`, part);
      return true;
    });
  };

  it('gives defaults where nothing is configured', async () => {
    const config = await load();
    assert.equal(config.registry, '/home/ada/ailab-datasets');
    assert.deepEqual(config.formats, ['tfrecord', 'arrow']);
    assert.equal(config.runner, 'threads');
    assert.equal(config.warehouse, 'duckdb');
    assert.equal(config.workers, availableParallelism());
    assert.equal(config.bufferBytes, 16 * 2 ** 20);
    assert.equal(config.projectDirectory, project);
    assert.deepEqual(datasetFolders(config), []);
    assert.deepEqual(config.origins.registry, { kind: 'default' });
  });

  it('finds the file of the project from a folder deep inside it, with paths relative to the file', async () => {
    const file = await write('ailab-datasets.config.json', '{"datasets": ["datasets"], "registry": "../registry"}');
    const config = await load({}, {}, join(project, 'datasets'));
    assert.equal(config.file, file);
    assert.equal(config.projectDirectory, project);
    assert.deepEqual(config.datasets, [join(project, 'datasets')]);
    assert.equal(config.registry, join(dirname(project), 'registry'));
    assert.deepEqual(config.origins.registry, { kind: 'file', file });
  });

  it('lets a flag win over one part of what the file says of Dataflow, and leaves the others', async () => {
    await write(
      'ailab-datasets.config.json',
      '{"dataflow": {"project": "ours", "region": "europe-west4", "maxWorkers": 50}}',
    );
    const { dataflow } = await load({ dataflow: { region: 'us-central1' } });
    assert.deepEqual(dataflow, { project: 'ours', region: 'us-central1', maxWorkers: 50 });
  });

  it('lets the environment win over the file and flags over both', async () => {
    await write('ailab-datasets.config.json', '{"registry": "a", "workers": 1, "runner": "inline"}');
    const config = await load({ registry: 'c' }, { AILAB_DATASETS_REGISTRY: 'b', AILAB_DATASETS_WORKERS: '7' });
    assert.equal(config.registry, join(project, 'c'));
    assert.equal(config.workers, 7);
    assert.equal(config.runner, 'inline');
    assert.deepEqual(
      [config.origins.registry.kind, config.origins.workers.kind, config.origins.runner.kind],
      ['flag', 'environment', 'file'],
    );
  });

  it('takes a registry by its name, from wherever the name comes', async () => {
    const file = await write(
      'ailab-datasets.config.json',
      '{"registry": "dev", "registries": {"dev": "../registry", "prod": "gs://our-data/registry/"}}',
    );
    const dev = await load({}, {}, join(project, 'datasets'));
    assert.deepEqual([dev.registry, dev.registryName], [join(dirname(project), 'registry'), 'dev']);
    assert.deepEqual(dev.origins.registry, { kind: 'file', file });
    const prod = await load({ registry: 'prod' });
    assert.deepEqual([prod.registry, prod.registryName], ['gs://our-data/registry', 'prod']);
    assert.deepEqual(prod.registries, { dev: join(dirname(project), 'registry'), prod: 'gs://our-data/registry' });
    assert.deepEqual(prod.origins.registry, { kind: 'flag' });
    const named = await load({}, { AILAB_DATASETS_REGISTRY: 'prod' });
    assert.deepEqual([named.registry, named.origins.registry.kind], ['gs://our-data/registry', 'environment']);
    assert.equal(withRegistry(dev, 'prod').registry, 'gs://our-data/registry');
    assert.deepEqual(withRegistry(dev, 'prod').origins.registry, { kind: 'flag' });
  });

  it('takes a place beside names: a URL, a path with a slash, or one that begins with a dot', async () => {
    await write('ailab-datasets.config.json', '{"registries": {"dev": "/dev-registry"}}');
    const places = ['gs://other/x', './dev', 'a/dev', '.dev', '~/dev', '/dev'];
    const found = await Promise.all(places.map(async (registry) => (await load({ registry })).registry));
    assert.deepEqual(found, [
      'gs://other/x',
      join(project, 'dev'),
      join(project, 'a/dev'),
      join(project, '.dev'),
      '/home/ada/dev',
      '/dev',
    ]);
    assert.equal((await load({ registry: 'gs://other/x' })).registryName, undefined);
  });

  it('puts the cache where programs of this user keep theirs', async () => {
    const config = await load();
    assert.equal(config.cacheDirectory, '/home/ada/.cache/ailab-datasets');
    assert.equal(config.cacheBytes, 50 * 2 ** 30);
    assert.equal(config.workDirectory, undefined);
    const moved = await load({}, { XDG_CACHE_HOME: '/scratch/cache' });
    assert.equal(moved.cacheDirectory, '/scratch/cache/ailab-datasets');
    assert.equal((await load({}, { XDG_CACHE_HOME: 'scratch' })).cacheDirectory, '/home/ada/.cache/ailab-datasets');
  });

  it('takes cache and work directory from the environment before the file', async () => {
    await write(
      'ailab-datasets.config.json',
      '{"cacheDirectory": "cache", "cacheBytes": "1GiB", "workDirectory": "~/w"}',
    );
    const fromFile = await load();
    assert.deepEqual(
      [fromFile.cacheDirectory, fromFile.cacheBytes, fromFile.workDirectory],
      [join(project, 'cache'), 2 ** 30, '/home/ada/w'],
    );
    const fromVariables = await load(
      {},
      {
        AILAB_DATASETS_CACHE_DIR: '/nvme/cache',
        AILAB_DATASETS_CACHE_SIZE: '2TiB',
        AILAB_DATASETS_WORK_DIR: '/nvme/work',
      },
    );
    assert.deepEqual(
      [fromVariables.cacheDirectory, fromVariables.cacheBytes, fromVariables.workDirectory],
      ['/nvme/cache', 2 * 2 ** 40, '/nvme/work'],
    );
  });

  for (const [name, text] of [
    ['ailab-datasets.config.ts', "const size: string = '32MiB';\nexport default { bufferBytes: size } as const;\n"],
    ['ailab-datasets.config.mts', "const size: string = '32MiB';\nexport default { bufferBytes: size };\n"],
    ['ailab-datasets.config.mjs', "export default { bufferBytes: '32MiB' };\n"],
    ['ailab-datasets.config.js', "module.exports = { bufferBytes: '32MiB' };\n"],
    ['ailab-datasets.config.json', '{"bufferBytes": "32MiB"}'],
  ] as const) {
    it(`reads ${name} in a project of CommonJS modules, without a build step`, async () => {
      await write('package.json', '{}');
      await write(name, text);
      assert.equal((await load()).bufferBytes, 32 * 2 ** 20);
    });
  }

  it('reads TypeScript that imports the package and a neighbour, in a project of ES modules', async () => {
    await write('package.json', '{"type": "module"}');
    await mkdir(join(project, 'node_modules'));
    await symlink(packageRoot, join(project, 'node_modules', 'ailab-datasets'), 'dir');
    await write('place.ts', "export const place: string = '/data/registry';\n");
    await write(
      'ailab-datasets.config.ts',
      "import { defineConfig } from 'ailab-datasets';\nimport { place } from './place.js';\nexport default defineConfig({ registry: place });\n",
    );
    assert.equal((await load()).registry, '/data/registry');
  });

  it('finds the data sets of installed packages, wherever their package.json says that they export', async () => {
    await write('node_modules/team-data/package.json', '{"exports": {}}');
    await mkdir(join(project, 'node_modules/team-data/dist/datasets'), { recursive: true });
    await write('ailab-datasets.config.json', '{"packages": ["team-data"], "datasets": ["datasets"]}');
    assert.deepEqual(datasetFolders(await load()), [
      join(project, 'datasets'),
      join(project, 'node_modules/team-data/dist/datasets'),
    ]);
  });

  it('takes ~ for the home directory', async () => {
    await write('ailab-datasets.config.json', '{"registry": "~/registry"}');
    assert.equal((await load()).registry, '/home/ada/registry');
  });

  it('takes the file that the environment names', async () => {
    const file = await write('other/settings.json', '{"workers": 3}');
    const config = await load({}, { AILAB_DATASETS_CONFIG: 'other/settings.json' });
    assert.equal(config.workers, 3);
    assert.equal(config.file, file);
  });

  it('returns what defineConfig is given', () => {
    const config = { workers: 2 };
    assert.equal(defineConfig(config), config);
  });

  describe('refuses', () => {
    it('a misspelt setting, naming the file and the nearest one', async () => {
      await write('ailab-datasets.config.json', '{"registy": "x"}');
      await refuses(
        load(),
        'CONFIG_INVALID',
        /ailab-datasets\.config\.json has no setting "registy"/,
        /Did you mean registry\?/,
      );
    });

    it('a wrong value in the file, naming its path and echoing it', async () => {
      await write('ailab-datasets.config.json', '{"datasets": ["datasets", 7]}');
      await refuses(load(), 'CONFIG_INVALID', /datasets\[1\] in .*config\.json must be a string, but is 7/);
    });

    it('an unknown runner, listing those that there are', async () => {
      await write('ailab-datasets.config.json', '{"runner": "spark"}');
      await refuses(
        load(),
        'CONFIG_INVALID',
        /runner in .* must be "inline" or "threads" or .*"beam".*, but is "spark"/,
      );
    });

    it('a bad value in the environment, naming the variable', async () => {
      await refuses(
        load({}, { AILAB_DATASETS_WORKERS: 'many' }),
        'CONFIG_INVALID',
        /AILAB_DATASETS_WORKERS must be a number, but is "many"/,
      );
      await refuses(
        load({}, { AILAB_DATASETS_FORMATS: 'arrow,csv' }),
        'CONFIG_INVALID',
        /AILAB_DATASETS_FORMATS, part 2, must be "tfrecord" or "arrow" or "parquet", but is "csv"/,
      );
    });

    it('a bad flag as a mistake in usage, naming the flag', async () => {
      await refuses(load({ workers: 0 }), 'USAGE', /--workers must be at least 1, but is 0/);
      await refuses(
        load({ maxShardBytes: 'big' }),
        'USAGE',
        /--max-shard-size must be a size like 16MiB.* but is "big"/,
      );
    });

    it('a buffer so small that no row would fit', async () => {
      await refuses(
        load({ bufferBytes: 100 }),
        'USAGE',
        /--buffer must be a size like 16MiB, from 65536 to 1073741824 bytes, but is 100/,
      );
    });

    it('a registry that is neither a directory nor a well-formed gs:// URL', async () => {
      await refuses(
        load({ registry: 's3://bucket/x' }),
        'USAGE',
        /--registry must be a directory or gs:\/\/bucket\/path, but is "s3:/,
      );
      await refuses(load({ registry: 'gs://bucket//x' }), 'USAGE', /--registry must have no empty part .*gs:/);
      await refuses(
        load({}, { AILAB_DATASETS_REGISTRY: 'gs://Bucket/x' }),
        'CONFIG_INVALID',
        /AILAB_DATASETS_REGISTRY must name a bucket of 3 to 63 lower-case letters/,
      );
    });

    it('a name that no registry has, with the nearest one', async () => {
      await write(
        'ailab-datasets.config.json',
        '{"registry": "staging", "registries": {"dev": "/dev-registry", "prod": "gs://our-data/registry"}}',
      );
      await refuses(load({ registry: 'prdo' }), 'USAGE', /--registry is "prdo", which is no/, /Did you mean prod\?/);
      await refuses(load(), 'CONFIG_INVALID', /registry in .*config\.json is "staging"/, /registries are: dev, prod/);
      await refuses(load({ registry: 'toString' }), 'USAGE', /no registry's name/);
    });

    it('a name of a registry that could be taken for a path, and a bad place of a good name', async () => {
      const file = await write('ailab-datasets.config.json', '{"registries": {"a/b": "/x"}}');
      await refuses(load(), 'CONFIG_INVALID', /registries\.a\/b in .* has a name that must begin with a letter/);
      await writeFile(file, '{"registries": {"prod": "gs://data/../x"}}');
      await refuses(load(), 'CONFIG_INVALID', /registries\.prod in .*config\.json must have no part \. or \.\./);
    });

    it('what Dataflow would not take, as the flag or the part that says it', async () => {
      const refused = (dataflow: object, ...parts: RegExp[]) => refuses(load({ dataflow }), 'USAGE', ...parts);
      await refused({ region: 'mars' }, /^--region must be a region like europe-west4, but is "mars"/);
      await refused({ temp: '/tmp' }, /^--temp must be gs:\/\/bucket\/prefix/);
      await refused({ labels: { Team: 'x' } }, /^--label has a name that must be a label/);
      await refused({ maxWorkers: 0 }, /^--max-workers must be at least 1/);
      await refused({ experiments: ['disable_runner_v2'] }, /^--experiment must not switch off the portable runner/);
      await write('ailab-datasets.config.json', '{"dataflow": {"regin": "europe-west4"}}');
      await refuses(
        load(),
        'CONFIG_INVALID',
        /dataflow in .*config\.json has no setting "regin"/,
        /Did you mean region/,
      );
    });

    it('a URL where only a directory will do', async () => {
      await refuses(load({ cacheDirectory: 'gs://bucket/cache' }), 'USAGE', /cacheDirectory must be a local path/);
    });

    it('a folder of data sets that is not there', async () => {
      await write('ailab-datasets.config.json', '{"datasets": ["data_sets"]}');
      await refuses(load(), 'CONFIG_INVALID', /datasets in .*config\.json names .*data_sets, which is no folder/);
    });

    it('a package that is not installed, with the command that installs it', async () => {
      await write('ailab-datasets.config.json', '{"packages": ["team-data"]}');
      await refuses(load(), 'CONFIG_INVALID', /team-data/, /hint: npm install team-data/);
    });

    it('JSON that is none, a module that throws, a module without a default export, a value that is no object', async () => {
      const file = await write('ailab-datasets.config.json', '{');
      await refuses(load(), 'CONFIG_INVALID', /config\.json is not readable JSON/);
      await writeFile(file, '[]');
      await refuses(load(), 'CONFIG_INVALID', /config\.json must be an object of settings, but is \[\]/);
      await rm(file);
      const module = await write('ailab-datasets.config.mjs', "throw new Error('no such secret')");
      await refuses(load(), 'CONFIG_INVALID', /config\.mjs can't be imported: no such secret/);
      await rm(module);
      await write('ailab-datasets.config.mts', 'export const config = {};');
      await refuses(load(), 'CONFIG_INVALID', /config\.mts has no default export/);
    });

    it('two configuration files in one folder', async () => {
      await write('ailab-datasets.config.json', '{}');
      await write('ailab-datasets.config.ts', 'export default {};');
      await refuses(load(), 'CONFIG_INVALID', /2 configuration files/);
    });

    it('a file named by the environment that is not there', async () => {
      await refuses(load({}, { AILAB_DATASETS_CONFIG: 'gone.json' }), 'CONFIG_INVALID', /gone\.json/);
    });
  });
});
