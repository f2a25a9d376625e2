import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type BuildEvent, build, fetchDownloads, load } from '../../src/build/index.js';
import { DatasetsError } from '../../src/core/errors/index.js';
import { planBuild } from '../../src/project/index.js';
import { FileServer } from '../downloads/file-server.js';
import { sha256 } from '../downloads/setting.js';
import { TeamProject } from './team-project.js';

const rows = Array.from({ length: 5000 }, (_, id) => `${id},${id % 7}`);
const items = `id,group\n${rows.join('\n')}\n`;

describe('a build that downloads', () => {
  const server = new FileServer();
  let project: TeamProject;
  before(() => server.start());
  after(() => server.stop());
  beforeEach(async () => {
    project = await TeamProject.create();
    server.seen.length = 0;
    server.serve('/items.csv.gz', gzipSync(items));
    server.serve('/names.txt', 'zero\none\n');
    await project.addDataset(
      'sample',
      `static override readonly versions = { '1.0.0': 'First.' };
      override info() { return { description: 'd', features: features({ id: scalar('int64'), group: scalar('int64') }) }; }
      override async splits(p: any) {
        const { items, names } = await p.download({ items: '${server.url('/items.csv.gz?token=s3cret')}', names: '${server.url('/names.txt')}' });
        if (names.bytes !== 9) throw new Error('it is not what it was');
        return { train: p.read(csv(items, { types: { id: 'int64', group: 'int64' }, splitBytes: 1000 })).keyBy((row: any) => row.id) };
      }`,
    );
  });
  afterEach(() => project.remove());

  const config = () => project.config({ cacheDirectory: 'cache' });
  const checksums = () => readFile(join(project.directory, 'datasets/sample/checksums.tsv'), 'utf8');

  it('is refused until checksums are registered, then fetches once and says in the manifest what it read', async () => {
    await assert.rejects(build('sample', { config: await config() }), { code: 'CHECKSUM_MISSING' });
    const fetched = await fetchDownloads('sample', { config: await config(), register: true });
    assert.deepEqual(
      fetched.files.map(({ sha256: digest }) => digest).sort(),
      [sha256('zero\none\n'), sha256(gzipSync(items))].sort(),
    );
    assert.equal((await checksums()).split('\n').length, 3);
    assert.doesNotMatch(await checksums(), /s3cret/);
    const events: BuildEvent[] = [];
    const built = await build('sample', { config: await config(), onProgress: (event) => events.push(event) });
    assert.equal(built.splits[0]?.examples, 5000);
    assert.equal(server.seen.length, 2);
    const text = await readFile(join(built.directory, 'manifest.json'), 'utf8');
    assert.doesNotMatch(text, /s3cret/);
    assert.ok(!text.includes(project.directory), 'the manifest names a path of this machine');
    const { sources } = JSON.parse(text) as { readonly sources: readonly object[] };
    assert.deepEqual(sources, [
      { uri: server.url('/items.csv.gz'), bytes: gzipSync(items).length, digest: sha256(gzipSync(items)) },
      { uri: server.url('/names.txt'), bytes: 9, digest: sha256('zero\none\n') },
    ]);
  });

  it('shows its downloads among its stages, in bytes', async () => {
    const events: BuildEvent[] = [];
    await fetchDownloads('sample', {
      config: await config(),
      register: true,
      onProgress: (event) => events.push(event),
    });
    const started = events.find(({ type }) => type === 'stage-start');
    assert.ok(started?.type === 'stage-start' && started.unit === 'bytes' && started.tasks === 2);
    assert.match(started.stage, /download items\.csv\.gz and 1 more/);
  });

  it('is done by load() and foreseen by --dry-run only when all of it is on this machine', async () => {
    await fetchDownloads('sample', { config: await config(), register: true });
    const elsewhere = await project.config({ cacheDirectory: 'other-cache' });
    await assert.rejects(load('sample', { config: elsewhere }), { code: 'BUILD_REFUSED' });
    await assert.rejects(planBuild('sample', elsewhere, new Date()), { code: 'BUILD_REFUSED' });
    assert.deepEqual((await planBuild('sample', await config(), new Date())).splits, ['train']);
    assert.equal((await load('sample', { config: await config() })).length, 5000);
    assert.equal(server.seen.length, 2);
  });

  it('fails when a server gives something else than was registered', async () => {
    await fetchDownloads('sample', { config: await config(), register: true });
    server.serve('/names.txt', 'zwei\none\n');
    const elsewhere = await project.config({ cacheDirectory: 'other-cache' });
    await assert.rejects(build('sample', { config: elsewhere }), { code: 'CHECKSUM_MISMATCH' });
    await fetchDownloads('sample', { config: elsewhere, register: true });
    assert.match(await checksums(), new RegExp(sha256('zwei\none\n')));
    assert.equal((await build('sample', { config: elsewhere })).status, 'built');
  });
});

describe('a build from an archive', () => {
  const server = new FileServer();
  let project: TeamProject;
  before(() => server.start());
  after(() => server.stop());
  beforeEach(async () => {
    project = await TeamProject.create();
  });
  afterEach(() => project.remove());

  const dataset = (splits: string) => `static override readonly versions = { '1.0.0': 'First.' };
    override info() { return { description: 'd', features: features({ id: scalar('int64') }) }; }
    override async splits(p: any) { ${splits} }`;

  it('reads the members that it names, in its workers too, and again after its cache lost some', async () => {
    const source = join(project.directory, 'source');
    await project.addFile('source/train/a.csv', 'id\n1\n2\n');
    await project.addFile('source/train/b.csv', 'id\n3\n');
    await project.addFile('source/test.csv', 'id\n4\n');
    const archive = execFileSync('tar', ['-cz', '-C', source, '.']);
    server.serve('/data.tar.gz', archive);
    await project.addDataset(
      'sample',
      dataset(`const archive = await p.download({ url: '${server.url('/data.tar.gz')}', sha256: '${sha256(archive)}', extract: true });
        const read = (files: any) => p.read(csv(files, { types: { id: 'int64' } })).keyBy((row: any) => row.id);
        return { train: read(archive.file('train/*.csv')), test: read(archive.file('test.csv')) };`),
    );
    const config = await project.config({ cacheDirectory: 'cache' });
    const built = await build('sample', { config });
    assert.deepEqual(
      built.splits.map(({ name, examples }) => [name, examples]),
      [
        ['train', 3],
        ['test', 1],
      ],
    );
    const manifest = await readFile(join(built.directory, 'manifest.json'), 'utf8');
    assert.deepEqual((JSON.parse(manifest) as { readonly sources: unknown }).sources, [
      { uri: server.url('/data.tar.gz'), bytes: archive.length, digest: sha256(archive) },
    ]);
    await rm(join(project.directory, 'cache/downloads', sha256(archive), 'tar.gz/train/b.csv'));
    const again = await build('sample', { config: { ...config, registry: join(project.directory, 'other') } });
    assert.equal(again.contentDigest, built.contentDigest);
    assert.equal(server.seen.length, 1);
  });

  it('goes on after a fault of the network without asking anything again, unless what it downloads has changed', async () => {
    const numbers = (from: number): string => `id\n${Array.from({ length: 3000 }, (_, id) => from + id).join('\n')}\n`;
    server.serve('/rows.csv', numbers(0));
    const flaw = join(project.directory, 'flaw');
    await project.addFile('flaw', '');
    await project.addDataset(
      'sample',
      dataset(`const rows = p.read(csv(await p.download('${server.url('/rows.csv')}'), { types: { id: 'int64' }, splitBytes: 1000 }));
        return { train: rows.keyBy((row: any) => row.id).mapValues((row: any) => {
          if (row.id % 3000n === 2999n && existsSync('${flaw}')) throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
          return row;
        }) };`),
      `import { existsSync } from 'node:fs';`,
    );
    const config = await project.config({ cacheDirectory: 'cache', runner: 'inline' });
    const fetch = () => fetchDownloads('sample', { config, register: true });
    await fetch();
    const requests = server.requests('/rows.csv');
    const resumed: boolean[] = [];
    const attempt = () =>
      build('sample', { config, onProgress: ({ type }) => resumed.push(type === 'build-resumed') }).then(
        ({ splits }) => splits[0]?.examples,
        (error: unknown) => (error instanceof DatasetsError ? error.code : error),
      );
    assert.equal(await attempt(), 'USER_CODE');
    assert.equal(await attempt(), 'USER_CODE');
    assert.ok(resumed.includes(true), 'the second attempt did not go on');
    assert.equal(server.requests('/rows.csv'), requests);
    await rm(join(project.directory, 'cache/downloads'), { recursive: true });
    server.serve('/rows.csv', numbers(3000));
    await fetch();
    await rm(flaw);
    assert.equal(await attempt(), 3000);
    const examples = await (await load('sample', { config })).toArray();
    const ids = examples.map((example) => (example as { readonly id: bigint }).id);
    assert.deepEqual([ids.length, ids.every((id) => id >= 3000n)], [3000, true]);
  });

  it('is told to name members, and which are not there', async () => {
    const archive = execFileSync('tar', ['-c', '-C', project.directory, 'package.json']);
    server.serve('/data.tar', archive);
    const download = `await p.download({ url: '${server.url('/data.tar')}', sha256: '${sha256(archive)}', extract: true })`;
    for (const [name, files, message] of [
      ['whole', download, /none of its files is named/],
      ['missing', `(${download}).file('b.csv')`, /data\.tar#b\.csv/],
      ['outside', `(${download}).file('../../b.csv')`, /leaves the archive/],
    ] as const) {
      await project.addDataset(name, dataset(`return { train: p.read(csv(${files})).keyBy((row: any) => row.id) };`));
      await assert.rejects(build(name, { config: await project.config({ cacheDirectory: 'cache' }) }), { message });
    }
  });
});

describe('a file that has to be fetched by hand', () => {
  let project: TeamProject;
  before(async () => {
    project = await TeamProject.create();
    await project.addDataset(
      'sample',
      `static override readonly versions = { '1.0.0': 'First.' };
      static override readonly manualDownloadInstructions = 'Sign the licence at https://example.org/licence and fetch export.csv.';
      override info() { return { description: 'd', features: features({ id: scalar('int64') }) }; }
      override splits(p: any) {
        return { train: p.read(csv(this.manualPath('export.csv'), { types: { id: 'int64' } })).keyBy((row: any) => row.id) };
      }`,
    );
  });
  after(() => project.remove());

  it('is asked for in the words of the author, with or without a folder, and read when it is there', async () => {
    const hint = /Sign the licence at https:\/\/example\.org\/licence and fetch export\.csv\. Put/;
    await assert.rejects(build('sample', { config: await project.config() }), { code: 'SOURCE_NOT_FOUND', hint });
    const config = await project.config({ manualDirectory: 'by-hand' });
    await assert.rejects(build('sample', { config }), { code: 'SOURCE_NOT_FOUND', hint });
    await project.addFile('by-hand/export.csv', 'id\n1\n');
    assert.equal((await build('sample', { config })).splits[0]?.examples, 1);
  });
});
