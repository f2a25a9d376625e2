import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { DatasetsError } from '../../../../src/core/errors/index.js';
import { packageDirectory } from '../../../../src/core/release/index.js';
import {
  Relocation,
  relocateJob,
  relocateShards,
  restoreJob,
  restoreTask,
} from '../../../../src/engines/beam/files/index.js';
import type { BuildJob } from '../../../../src/engines/index.js';
import type { StageTask } from '../../../../src/engines/task/task.js';
import { csv, published } from '../../../../src/sources/index.js';

const bucket = { location: 'gs://lab/work', isDirectory: false };
const shared = { location: '/mnt/work', isDirectory: true };

describe('paths of a job that leaves its machine', () => {
  let home = '';
  beforeEach(() => {
    home = realpathSync(mkdtempSync(join(tmpdir(), 'ailab-relocation-')));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  it('are those of the project on the other machine, also where links lead to it', () => {
    mkdirSync(join(home, 'real', 'data'), { recursive: true });
    symlinkSync(join(home, 'real'), join(home, 'link'));
    const here = new Relocation(join(home, 'link'));
    const there = new Relocation('/app');
    const names = ['data/a b.csv', 'data/100%.csv', 'data/ünï{project}.csv', '..data/x', '{package}'];
    for (const name of names) {
      for (const root of ['link', 'real']) {
        const token = here.toToken(join(home, root, name));
        assert.equal(token, `{project}/${name}`);
        assert.equal(there.toPath(token), join('/app', name));
      }
    }
    assert.equal(there.toPath(here.toToken(join(home, 'real')) ?? ''), '/app');
    assert.equal(here.toToken(join(home, 'real-too', 'x')), undefined);
    assert.equal(here.toToken('/etc/passwd'), undefined);
    assert.equal(there.toPath('/mnt/data.csv'), '/mnt/data.csv');
  });

  it('never lead out of a root', () => {
    assert.throws(() => new Relocation('/app').toPath('{project}/../etc/passwd'), /leaves its root/);
    assert.throws(() => new Relocation('/app').toPath('{package}//etc/passwd'), /leaves its root/);
  });

  it('name a builder of the package wherever that is installed', () => {
    const module = pathToFileURL(join(packageDirectory, 'dist', 'datasets', 'x.js')).href;
    const job = relocateJob(jobOf(module), { relocation: new Relocation(home), files: bucket });
    assert.equal(job.builder.module, '{package}/dist/datasets/x.js');
  });

  it('keep nothing of the machine that they come from', () => {
    const job = relocateJob(
      {
        ...jobOf(pathToFileURL(join(home, 'datasets', 'my set', 'builder.ts')).href),
        badRowDirectory: join(home, 'bad'),
        retain: { directory: join(home, 'kept'), mostBytes: 1 },
        downloads: {
          directory: join(home, 'downloads'),
          maxDownloadBytes: 1,
          maxExtractedBytes: 1,
          maxExtractionRatio: 1,
        },
        registries: {
          registry: 'gs://lab/registry',
          registries: { own: join(home, 'registry'), public: 'gs://public/registry' },
          cacheDirectory: join(home, 'cache'),
          cacheBytes: 5,
        },
      },
      { relocation: new Relocation(home), files: bucket },
    );
    assert.ok(!JSON.stringify(job).includes(home), JSON.stringify(job));
    const directories = { workDirectory: '/scratch/inputs', downloadDirectory: '/scratch/inputs/downloads' };
    const restored = restoreJob(job, {
      relocation: new Relocation('/app'),
      files: { directories },
      cacheDirectory: '/scratch/cache',
    });
    assert.equal(fileURLToPath(restored.builder.module), '/app/datasets/my set/builder.ts');
    assert.equal(restored.workDirectory, '/scratch/inputs');
    assert.equal(restored.downloads?.directory, '/scratch/inputs/downloads');
    assert.deepEqual(restored.registries, {
      registry: 'gs://lab/registry',
      registries: { own: '/app/registry', public: 'gs://public/registry' },
      cacheDirectory: '/scratch/cache',
      cacheBytes: 5,
    });
  });

  it('of sources in the project are found by workers', () => {
    const departure = { relocation: new Relocation(home), files: bucket };
    const context = { baseDirectory: join(home, 'datasets') };
    const file = { in: 'machine', path: join(home, 'data', 'items.csv') };
    const shard = { id: 'items', data: { file, from: 0, parts: [{ file }], other: { in: 'machine' } } };
    const [portable] = relocateShards(csv('../data/items.csv'), [shard], context, departure);
    const task = { kind: 'stage', unit: { kind: 'shard', shard: portable } } as StageTask;
    const { unit } = restoreTask(task, new Relocation('/app')) as StageTask;
    const there = { in: 'machine', path: '/app/data/items.csv', name: file.path };
    assert.deepEqual(unit.kind === 'shard' && unit.shard.data, {
      file: there,
      from: 0,
      parts: [{ file: there }],
      other: { in: 'machine' },
    });
  });

  it('that workers can not see are refused when the job is submitted, with what to do', () => {
    const departure = { relocation: new Relocation(join(home, 'project')), files: bucket };
    const context = { baseDirectory: join(home, 'project') };
    const source = csv('/data/items.csv');
    const shard = { id: 'items', data: { file: { in: 'machine', path: '/data/items.csv' } } };
    const refusal = (error: unknown) =>
      error instanceof DatasetsError &&
      error.code === 'UNSUPPORTED' &&
      error.message.includes('csv(/data/items.csv) reads /data/items.csv') &&
      /repository.*gs:\/\/.*gs:\/\/lab\/work.*directory that all machines/.test(error.hint ?? '');
    assert.throws(() => relocateShards(source, [shard], context, departure), refusal);
    assert.deepEqual(relocateShards(source, [shard], context, { ...departure, files: shared }), [
      { id: 'items', data: { file: { in: 'machine', path: '/data/items.csv', name: '/data/items.csv' } } },
    ]);
    const module = pathToFileURL('/elsewhere/builder.js').href;
    assert.throws(() => relocateJob(jobOf(module), departure), /the builder \/elsewhere\/builder.js lies where/);
  });

  it('of a local registry that a source reads are refused too', () => {
    const departure = { relocation: new Relocation(join(home, 'project')), files: bucket };
    const registry = (place: string) => ({
      baseDirectory: home,
      published: { from: { registry: place, registries: {}, cacheDirectory: '/c', cacheBytes: 1 }, versions: {} },
    });
    const source = published('product_a:1.0.0', { split: 'train' });
    assert.throws(
      () => relocateShards(source, [], registry('/home/registry'), departure),
      /product_a.* is read from the registry \/home\/registry/,
    );
    assert.deepEqual(relocateShards(source, [], registry('gs://lab/registry'), departure), []);
  });
});

function jobOf(module: string): BuildJob {
  return {
    id: 'job',
    builder: { module, name: 'x', config: undefined, version: '1.0.0', manualDirectory: undefined },
    facts: { snapshotTime: '2026-11-21T00:00:00.000Z', once: {} },
    workDirectory: '/work',
    outputDirectory: '/out',
    formats: ['tfrecord'],
    bufferBytes: 1 << 20,
  };
}
