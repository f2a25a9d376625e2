import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, load, type RepairReport, repairVersion } from '../../src/build/index.js';
import { verifyVersion } from '../../src/reader/index.js';
import { openRegistry, readAudit, readManifest } from '../../src/registry/index.js';
import { LocalStorage } from '../../src/storage/index.js';
import { requireGcs } from '../gcs/index.js';
import { flip } from '../reader/damage.js';
import { TeamProject } from './team-project.js';

const builder = `
  static override readonly versions = { '1.0.0': 'First.' };
  override info() { return { description: 'd', features: features({ value: scalar('int32'), name: text(), kind: classLabel({ names: ['a', 'b'] }) }) }; }
  override splits(p: any) {
    const rows = (file: string) => p.read(csv(file, { types: { value: 'int32' } })).keyBy((row: any) => row.name)
      .mapValues((row: any) => ({ ...row, kind: row.value % 2 }));
    return { train: rows('./train.csv'), test: rows('./test.csv') };
  }`;

const shard = 'numbers-train.tfrecord-00000-of-00001';

describe('repairing a version', () => {
  let project: TeamProject;
  let directory = '';
  /** Another registry with the same version. */
  let mirror = '';
  beforeEach(async () => {
    project = await TeamProject.create();
    await project.addDataset('numbers', builder);
    await writeRows(0);
    const config = await project.config({ runner: 'inline' });
    await build('numbers', { config });
    directory = join(config.registry, 'numbers/1.0.0');
    mirror = join(project.directory, 'mirror');
    cpSync(config.registry, mirror, { recursive: true });
  });
  afterEach(() => project.remove());

  const writeRows = async (more: number) => {
    for (const [split, count] of [
      ['train', 40],
      ['test', 9],
    ] as const) {
      const rows = Array.from({ length: count }, (_, i) => `${i + more},n${i}\n`);
      await project.addFile(`datasets/numbers/${split}.csv`, `value,name\n${rows.join('')}`);
    }
  };
  const repair = async (options: Parameters<typeof repairVersion>[2] = {}) =>
    repairVersion('numbers:1.0.0', await project.config({ runner: 'inline' }), options);
  const paths = ({ files }: RepairReport) => files.map(({ path }) => path);
  const origins = ({ files }: RepairReport) => [...new Set(files.map(({ from }) => from))];
  const assertSound = async () => {
    const expected = { name: 'numbers', config: undefined, version: '1.0.0' };
    assert.deepEqual((await verifyVersion(directory, { expected })).problems, []);
  };
  const damage = () => {
    flip(join(directory, shard), 30);
    flip(join(directory, 'features.json'), 3);
    rmSync(join(directory, 'index/test-00000-of-00001.index'));
    writeFileSync(join(directory, 'arrow/test/data-00000-of-00001.arrow'), '');
    return ['arrow/test/data-00000-of-00001.arrow', 'features.json', 'index/test-00000-of-00001.index', shard];
  };

  it('does nothing to one that is whole', async () => {
    assert.deepEqual(paths(await repair()), []);
  });

  it('fetches what is damaged or missing from another registry, touches nothing else, and notes it', async () => {
    const whole = ['dataset_info.json', 'arrow/train/data-00000-of-00001.arrow', 'manifest.json'];
    const before = whole.map((path) => statSync(join(directory, path), { bigint: true }));
    const damaged = damage();
    const report = await repair({ from: mirror, rebuild: false });
    assert.deepEqual(paths(report), damaged);
    assert.deepEqual(origins(report), [join(mirror, 'numbers/1.0.0')]);
    await assertSound();
    const after = whole.map((path) => statSync(join(directory, path), { bigint: true }));
    assert.deepEqual(
      after.map(({ ino, mtimeNs }) => [ino, mtimeNs]),
      before.map(({ ino, mtimeNs }) => [ino, mtimeNs]),
    );
    const lines = [];
    for await (const entry of readAudit(openRegistry((await project.config({ runner: 'inline' })).registry))) {
      if (entry.action === 'repair-version') lines.push(entry);
    }
    assert.equal(lines.length, 1);
    const files = damaged.map((path) => ({ path, from: join(mirror, 'numbers/1.0.0') }));
    assert.deepEqual(lines[0]?.['files'], files);
  });

  it('builds again what no other place has, to the same bytes', async () => {
    const published = readFileSync(join(directory, shard));
    const damaged = damage();
    const report = await repair();
    assert.deepEqual(paths(report), damaged);
    assert.deepEqual(origins(report), ['the rebuilt version']);
    assert.deepEqual(readFileSync(join(directory, shard)), published);
    await assertSound();
  });

  it('takes nothing from a place whose file is damaged as well', async () => {
    flip(join(directory, shard), 30);
    flip(join(mirror, 'numbers/1.0.0', shard), 31);
    const refused = await repair({ from: mirror, rebuild: false });
    assert.equal(refused.files[0]?.from, undefined);
    assert.match(refused.files[0]?.refusals.join() ?? '', /mirror\/numbers\/1\.0\.0 has other bytes,.*not to be built/);
    const report = await repair({ from: mirror });
    assert.deepEqual(origins(report), ['the rebuilt version']);
    await assertSound();
  });

  it('puts nothing back when the builder gives other data now, and shows the evidence', async () => {
    await writeRows(1);
    flip(join(directory, shard), 30);
    const damaged = readFileSync(join(directory, shard));
    const { files } = await repair();
    assert.equal(files[0]?.from, undefined);
    assert.match(
      files[0]?.refusals.join() ?? '',
      /gives other data: train has the content digest \w{64}; it had \w{64}/,
    );
    assert.deepEqual(readFileSync(join(directory, shard)), damaged);
  });

  it('says that there is no builder any more', async () => {
    rmSync(join(project.directory, 'datasets/numbers'), { recursive: true });
    flip(join(directory, shard), 30);
    const { files } = await repair();
    assert.match(files[0]?.refusals.join() ?? '', /can't be built again here \(DATASET_UNKNOWN/);
  });

  it('puts back a damaged manifest from another registry, if the shards are those of that manifest', async () => {
    const published = readFileSync(join(directory, 'manifest.json'));
    flip(join(directory, 'manifest.json'), 100);
    flip(join(directory, 'features.json'), 3);
    await assert.rejects(repair(), {
      code: 'MANIFEST_INVALID',
      message: /can't be put back: no other place was named/,
    });
    const report = await repair({ from: mirror });
    assert.deepEqual(paths(report), ['manifest.json', 'features.json']);
    assert.deepEqual(readFileSync(join(directory, 'manifest.json')), published);
    await assertSound();
    // Another version of the same name: overwritten there, or of another team.
    await writeRows(1);
    await build('numbers', { config: await project.config({ runner: 'inline', registry: 'other' }) });
    flip(join(directory, 'manifest.json'), 100);
    await assert.rejects(repair({ from: join(project.directory, 'other') }), {
      code: 'MANIFEST_INVALID',
      message: /is not the one that .*other\/numbers\/1\.0\.0 has/,
    });
  });

  it('replaces a link by the file, and never writes through one', async () => {
    const outside = join(project.directory, 'outside');
    cpSync(join(directory, 'arrow/train'), outside, { recursive: true });
    rmSync(join(directory, 'arrow/train'), { recursive: true });
    symlinkSync(outside, join(directory, 'arrow/train'));
    rmSync(join(outside, 'state.json'));
    await assert.rejects(repair({ from: mirror }), { code: 'DATA_CORRUPT', message: /leads out of/ });
    assert.throws(() => statSync(join(outside, 'state.json')));
    rmSync(join(directory, 'arrow/train'));
    symlinkSync(join(mirror, 'numbers/1.0.0', shard), join(directory, 'elsewhere'));
    rmSync(join(directory, shard));
    symlinkSync(join(mirror, 'numbers/1.0.0', shard), join(directory, shard));
    await repair({ from: mirror });
    rmSync(join(directory, 'elsewhere'));
    assert.ok(!statSync(join(directory, shard)).isSymbolicLink());
    await assertSound();
  });

  it('in a bucket fetches from a local registry, or from what this machine keeps of the bucket', async function () {
    const gcs = await requireGcs(this);
    const { url, storage } = await gcs.newBucket();
    for await (const { path } of new LocalStorage(mirror).walk('numbers'))
      await storage.upload(join(mirror, path), path);
    const config = await project.config({ runner: 'inline', registry: url, cacheDirectory: 'cache' });
    const damaged = (path: string) => storage.write(`numbers/1.0.0/${path}`, 'damaged');
    const sound = async () => assert.deepEqual((await verifyVersion(`${url}/numbers/1.0.0`)).problems, []);
    await damaged(shard);
    const first = await repairVersion('numbers:1.0.0', config, { from: mirror, rebuild: false });
    assert.deepEqual(
      first.files.map(({ path, from }) => [path, from]),
      [[shard, join(mirror, 'numbers/1.0.0')]],
    );
    await sound();
    await (await load('numbers:1.0.0', { config, format: 'tfrecord', split: 'train' })).toArray();
    await damaged(shard);
    const second = await repairVersion('numbers:1.0.0', config, { rebuild: false });
    assert.match(second.files[0]?.from ?? '', /\/cache\/versions\//);
    await sound();
    assert.equal((await readManifest(storage, 'numbers/1.0.0'))?.name, 'numbers');
  });
});
