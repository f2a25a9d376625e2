import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type ReproduceOptions, reproduce } from '../../src/build/index.js';
import { DatasetsError } from '../../src/core/errors/index.js';
import { promote } from '../../src/promotion/index.js';
import { openRegistry, readManifest } from '../../src/registry/index.js';
import { requireGcs } from '../gcs/index.js';
import { digestsBelow, TeamProject } from './team-project.js';

const rows = (count: number, more = 0) =>
  `key,value\n${Array.from({ length: count }, (_, i) => `n${i},${i + more}\n`).join('')}`;

/** @param value of the field, over `row` */
const builder = (value: string, before = '') =>
  [
    `
  static override readonly versions = { '1.0.0': 'First.' };
  override info() { return { description: 'd', features: features({ value: scalar('float64'), name: text() }) }; }
  override splits(p: any) {
    return { train: p.read(csv('./rows.csv', { types: { value: 'int32' } })).keyBy((row: any) => row.key)
      .mapValues((row: any) => ({ name: row.key, value: ${value} })) };
  }`,
    before,
  ] as const;

describe('reproducing a version', () => {
  const projects: TeamProject[] = [];
  afterEach(async () => {
    for (const project of projects.splice(0)) await project.remove();
  });

  /** Modules are loaded once by a process: each state of the code is a project of its own, all of them over the first one's registry. */
  const project = async (value: string, before = '', csv = rows(30)) => {
    const made = await TeamProject.create();
    projects.push(made);
    await made.addDataset('numbers', ...builder(value, before));
    await made.addFile('datasets/numbers/rows.csv', csv);
    return made;
  };
  const configOf = async (made: TeamProject, registry = projects[0]?.registry ?? made.registry) =>
    made.config({ runner: 'inline', registry, workDirectory: join(made.directory, 'work') });
  const publish = async (made: TeamProject) => build('numbers', { config: await configOf(made) });
  const reproduceIn = async (made: TeamProject, options: ReproduceOptions = {}, reference = 'numbers:1.0.0') =>
    reproduce(reference, { ...options, config: await configOf(made) });

  it('gives the same bytes from the same code and sources, and touches neither registry nor folders', async () => {
    const made = await project('row.value / 3');
    await publish(made);
    const before = await digestsBelow(made.registry);
    const report = await reproduceIn(made, { twice: true });
    const manifest = await readManifest(openRegistry(made.registry).storage, 'numbers/1.0.0');
    const data = manifest?.files.filter(({ format }) => format !== 'metadata').length;
    assert.deepEqual(
      [report.outcome, report.files, report.differingFiles, report.causes, report.twice?.outcome],
      ['same-bytes', data, [], [], 'same-bytes'],
    );
    assert.deepEqual(await digestsBelow(made.registry), before);
    assert.deepEqual(await readdir(join(made.directory, 'work')), []);
  });

  it('names the first record that differs, and the helper that has changed', async () => {
    await publish(await project('twice(row.value)', 'const twice = (n: number) => 2 * n;'));
    const report = await reproduceIn(
      await project('twice(row.value)', 'const twice = (n: number) => (n === 7 ? 15 : 2 * n);'),
    );
    assert.equal(report.outcome, 'different');
    const { difference } = report;
    assert.deepEqual(
      [difference?.split, difference?.change, difference?.field, difference?.before, difference?.after],
      ['train', 'changed', 'value', 14, 15],
    );
    assert.equal(difference?.records, 1);
    const [cause] = report.causes;
    assert.deepEqual([cause?.kind, cause?.part?.part], ['part', 'module builder.ts']);
    assert.match(cause?.part?.diff ?? '', /^\+.*15/m);
  });

  it('names the first of several by the order of the records', async () => {
    await publish(await project('row.value'));
    const report = await reproduceIn(await project('row.value + 1'));
    const manifest = await readManifest(openRegistry(projects[0]?.registry ?? '').storage, 'numbers/1.0.0');
    const index = manifest?.files.find(({ format }) => format === 'index')?.path ?? '';
    // The first record's key hash, where docs and src/formats/record-index.ts say that it stands.
    const bytes = readFileSync(join(projects[0]?.registry ?? '', 'numbers/1.0.0', index));
    assert.ok(
      bytes
        .subarray(40, 56)
        .toString('hex')
        .startsWith(report.difference?.key ?? '-'),
    );
    assert.equal(report.difference?.records, 30);
  });

  it('names the source that has changed, and the record that came', async () => {
    await publish(await project('row.value'));
    const report = await reproduceIn(await project('row.value', '', rows(31)));
    assert.deepEqual(
      [report.outcome, report.difference?.change, report.difference?.before, report.difference?.after],
      ['different', 'added', undefined, { name: 'n30', value: 30 }],
    );
    assert.deepEqual(
      report.causes.map(({ part }) => part?.part),
      ['source rows.csv'],
    );
  });

  it('names the package that has changed', async () => {
    const withPackage = async (version: string, code: string) => {
      const made = await project('scale(row.value)', "import { scale } from 'scaler';");
      await made.addFile('node_modules/scaler/index.js', `export const scale = (n) => ${code};\n`);
      await made.addFile(
        'node_modules/scaler/package.json',
        JSON.stringify({ name: 'scaler', version, type: 'module', main: 'index.js' }),
      );
      return made;
    };
    await publish(await withPackage('1.0.0', 'n'));
    const report = await reproduceIn(await withPackage('1.1.0', 'n + 0.5'));
    assert.deepEqual(
      report.causes.map(({ text }) => text),
      ['package scaler was 1.0.0 and is 1.1.0'],
    );
  });

  for (const [what, value] of [
    ['random numbers', 'Math.random()'],
    ['the clock', 'performance.now()'],
  ] as const) {
    it(`tells a builder that depends on ${what} from a change`, async () => {
      const made = await project(value);
      await publish(made);
      const once = await reproduceIn(made);
      assert.deepEqual([once.outcome, once.causes.map(({ kind }) => kind)], ['different', ['unknown']]);
      assert.match(once.causes[0]?.text ?? '', /--twice/);
      const twice = await reproduceIn(made, { twice: true });
      assert.deepEqual([twice.outcome, twice.twice?.outcome], ['different', 'different']);
      assert.deepEqual(
        twice.causes.map(({ kind }) => kind),
        ['nondeterministic'],
      );
      assert.equal(twice.twice?.difference?.field, 'value');
    });
  }

  it('says of one that is the same each time here that it depends on something that nobody records', async () => {
    process.env['TEST_REPRODUCE'] = '1';
    try {
      const made = await project("Number(process.env['TEST_REPRODUCE']) + row.value");
      await publish(made);
      process.env['TEST_REPRODUCE'] = '2';
      const report = await reproduceIn(made, { twice: true });
      assert.deepEqual([report.outcome, report.twice?.outcome], ['different', 'same-bytes']);
      assert.match(report.causes.at(-1)?.text ?? '', /nobody records/);
    } finally {
      delete process.env['TEST_REPRODUCE'];
    }
  });

  it('is not misled by the order of the fields of objects', async () => {
    const value =
      'row.value, ...(Math.random() < 0.5 ? { name: row.key, value: row.value } : { value: row.value, name: row.key })';
    const made = await project(value);
    await publish(made);
    assert.equal((await reproduceIn(made)).outcome, 'same-bytes');
  });

  it('says that the content is the same where the report is gone that said how it was cut into shards', async () => {
    const made = await project('0');
    const random = (i: number) => String(Math.sin(i)).repeat(200);
    const lines = (count: number) => Array.from({ length: count }, (_, i) => `n${i},${random(i)}\n`).join('');
    await made.addFile('datasets/cut/train.csv', `key,value\n${lines(400)}`);
    await made.addFile('datasets/cut/test.csv', `key,value\n${lines(10)}`);
    await made.addDataset(
      'cut',
      `
  static override readonly versions = { '1.0.0': 'First.' };
  override info() { return { description: 'd', features: features({ value: text() }) }; }
  override splits(p: any) {
    const rows = (file: string) => p.read(csv(file)).keyBy((row: any) => row.key).mapValues(({ value }: any) => ({ value }));
    return { train: rows('./train.csv'), test: rows('./test.csv') };
  }`,
    );
    const built = await build('cut', { config: { ...(await configOf(made)), maxShardBytes: 256 << 10 } });
    const shards = built.splits.map((split) => split.shards);
    assert.notEqual(shards[0], shards[1]);
    assert.equal((await reproduceIn(made, {}, 'cut')).outcome, 'same-bytes');
    await rm(join(made.registry, '.builds'), { recursive: true });
    const report = await reproduceIn(made, {}, 'cut');
    assert.deepEqual([report.outcome, report.causes.map(({ kind }) => kind)], ['same-content', ['shards']]);
    assert.notEqual(report.differingFiles.length, 0);
  });

  it('reproduces samples, configs and snapshots as what they are', async () => {
    const made = await project('row.value');
    await build('numbers', { config: await configOf(made), maxExamplesPerSplit: 5 });
    assert.equal((await reproduceIn(made)).outcome, 'same-bytes');
    await made.addDataset(
      'grown',
      `
  static override readonly versions = { '1.0.0': 'First.' };
  static override readonly configs = { men: 'Of men.', women: 'Of women.' };
  static override readonly snapshots = 'daily';
  override info() { return { description: 'd', features: features({ at: text() }) }; }
  override splits(p: any) {
    const at = p.snapshotTime.toISOString() + this.config;
    return { train: p.generate(function* () { yield [1, { at }]; }) };
  }`,
    );
    const now = new Date('2026-11-23T00:00:00Z');
    await build('grown/women', { config: await configOf(made), snapshot: '20261121', now });
    const report = await reproduceIn(made, {}, 'grown/20261121.women');
    assert.deepEqual([report.reference, report.outcome], ['grown/20261121.women:1.0.0', 'same-bytes']);
  });

  it('draws from the seed that was drawn from then', async () => {
    const made = await project('0');
    const seeded = `
  static override readonly versions = { '1.0.0': 'First.' };
  override info() { return { description: 'd', features: features({ value: scalar('float64') }) }; }
  override async splits(p: any) {
    const seed = await p.once('sampling_seed', () => Math.floor(Math.random() * 1e9));
    return { train: p.generate(function* () { for (let i = 0; i < 5; i++) yield [i, { value: seed + i }]; }) };
  }`;
    await made.addDataset('seeded', seeded);
    await build('seeded', { config: await configOf(made) });
    assert.equal((await reproduceIn(made, {}, 'seeded')).outcome, 'same-bytes');
  });

  it('hides private values in what differs', async () => {
    const body = (code: string) => `
  static override readonly versions = { '1.0.0': 'First.' };
  override info() {
    return { description: 'd', features: features({ id: text({ pii: 'user' }) }), privacy: { user: { policy: 'keep', reason: 'test' } } };
  }
  override splits(p: any) {
    return { train: p.read(csv('./rows.csv', { types: { value: 'int32' } })).keyBy((row: any) => row.value)
      .mapValues((row: any) => ({ id: ${code} })) };
  }`;
    for (const code of ['row.key', 'row.key + "-planted"']) {
      const made = await project('0', '', 'key,value\nann-planted,1\n');
      await made.addDataset('private', body(code));
      await made.addFile('datasets/private/rows.csv', 'key,value\nann-planted,1\n');
    }
    const [first, second] = projects as [TeamProject, TeamProject];
    await build('private', { config: await configOf(first) });
    const report = await reproduceIn(second, {}, 'private');
    assert.deepEqual([report.outcome, report.difference?.field], ['different', 'id']);
    assert.notEqual(report.difference?.before, report.difference?.after);
    assert.doesNotMatch(JSON.stringify(report.difference), /planted/);
  });

  it('says which commit it was built from, and changes nothing', async () => {
    const made = await project('row.value');
    const git = (...argv: readonly string[]) => execFileSync('git', argv, { cwd: made.directory, encoding: 'utf8' });
    const commit = (message: string) => {
      git('-c', 'user.name=n', '-c', 'user.email=e@example.org', 'commit', '--quiet', '--allow-empty', '-m', message);
      return git('rev-parse', 'HEAD').trim();
    };
    await made.addFile('.gitignore', '/registry\n/work\n');
    git('init', '--quiet');
    git('add', '.');
    const then = commit('First');
    await publish(made);
    const here = commit('Second');
    const { git: commits } = await reproduceIn(made);
    assert.deepEqual(commits, { published: { commit: then, dirty: false }, here: { commit: here, dirty: false } });
    // Code that has lost the version says where to find it.
    const lost = await project('row.value');
    await lost.addDataset('numbers', builder('row.value')[0].replace('1.0.0', '2.0.0'));
    await assert.rejects(
      reproduceIn(lost),
      (error) =>
        error instanceof DatasetsError &&
        error.code === 'VERSION_UNKNOWN' &&
        error.hint?.includes(`git worktree add ../reproduce-${then.slice(0, 12)} ${then}`) === true,
    );
  });

  it('reads what the registry keeps of queries in place of running them, and leaves what was built where it is asked to', async () => {
    const made = await project('0');
    await made.addFile('datasets/asked/numbers.sql', 'SELECT i AS id, i * 2 AS value FROM range(20) AS numbers(i)');
    await made.addDataset(
      'asked',
      `
  static override readonly versions = { '1.0.0': 'First.' };
  override info() { return { description: 'd', features: features({ value: scalar('int64') }) }; }
  override splits(p: any) {
    return { train: p.read(lib.sql(new URL('./numbers.sql', import.meta.url), { retain: 'extract', types: { id: 'int64', value: 'int64' } }))
      .keyBy((row: any) => row.id).mapValues((row: any) => ({ value: row.value })) };
  }`,
    );
    await build('asked', { config: await configOf(made) });
    const report = await reproduceIn(made, { keep: true }, 'asked');
    assert.deepEqual([report.outcome, report.fromExtracts], ['same-bytes', ['numbers.sql']]);
    const [kept = ''] = report.kept;
    const [published, rebuilt] = await Promise.all([
      digestsBelow(join(made.registry, 'asked/1.0.0')),
      digestsBelow(join(kept, 'asked/1.0.0')),
    ]);
    assert.deepEqual(rebuilt, published);
  });

  it('reproduces a version of a bucket, by an alias', async function () {
    const gcs = await requireGcs(this);
    const { url } = await gcs.newBucket();
    const made = await project('row.value');
    await build('numbers', { config: await configOf(made, url) });
    await promote('numbers:1.0.0', { alias: 'prod', config: await configOf(made, url) });
    const other = await project('row.value === 3 ? 33 : row.value');
    const same = await reproduce('numbers@prod', { config: await configOf(made, url) });
    const different = await reproduce('numbers@prod', {
      config: { ...(await configOf(other, url)), cacheDirectory: join(other.directory, 'cache') },
    });
    assert.deepEqual([same.outcome, different.outcome], ['same-bytes', 'different']);
    assert.deepEqual([different.difference?.before, different.difference?.after], [3, 33]);
  });

  it('refuses what no builder made', async () => {
    const made = await project('row.value');
    await publish(made);
    await assert.rejects(
      reproduceIn(made, {}, 'numbers:3.0.0'),
      (error) => error instanceof DatasetsError && error.code === 'VERSION_UNKNOWN',
    );
  });
});
