import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, repairVersion } from '../../src/build/index.js';
import { verifyReference } from '../../src/catalog/index.js';
import type { DatasetsConfig } from '../../src/core/config/index.js';
import { type Manifest, openRegistry, prune, readManifest } from '../../src/registry/index.js';
import { requireGcs } from '../gcs/index.js';
import { plain, requireOracle } from '../oracle/index.js';
import { flip } from '../reader/damage.js';
import { runToDeath } from '../run-to-death.js';
import { digestsBelow, TeamProject } from './team-project.js';

const query = `SELECT CAST(id AS INTEGER) AS id, name, CAST(id AS HUGEINT) * 100000000000000000000 AS large, [name, upper(name)] AS names
FROM people ORDER BY 1`;

/** @param options of `sql()`, as source text */
const people = (options: string, features = 'name: text(), large: text()', info = '') => `
  static override readonly versions = { '2.0.0': 'Second.', '1.0.0': 'First.' };
  static override readonly supportedVersions = ['1.0.0'];
  override info() { return { description: 'd', features: features({ ${features} }), ${info} }; }
  override splits(p: any) {
    const rows = p.read(lib.sql(new URL('../people/people.sql', import.meta.url), { tables: { people: '../people/people.csv' }, ${options} }));
    return { train: rows.keyBy((row: any) => row.id).mapValues((row: any) => ({ name: row.name, large: String(row.large) })) };
  }`;
const privately = people.bind(
  undefined,
  '',
  "name: text({ pii: 'name' }), large: text()",
  "privacy: { name: { policy: 'drop' } }",
);

describe('what a version can be built again from', () => {
  let project: TeamProject;
  beforeEach(async () => {
    project = await TeamProject.create();
    await writePeople('a', 'b', 'c');
    await project.addFile('datasets/people/people.sql', query);
    await project.addDataset('people', people(''));
  });
  afterEach(() => project.remove());

  const writePeople = (...names: readonly string[]) =>
    project.addFile('datasets/people/people.csv', `id,name\n${names.map((name, i) => `${i},${name}\n`).join('')}`);
  const config = (flags: DatasetsConfig = {}) => project.config({ runner: 'inline', ...flags });
  const built = async (reference = 'people:1.0.0', flags: DatasetsConfig = {}, options = {}) =>
    build(reference, { config: await config(flags), ...options });
  const manifestOf = async (directory: string): Promise<Manifest> =>
    (await readManifest(openRegistry(directory).storage, '')) ?? assert.fail('no manifest');
  const extractsOf = ({ sources }: Manifest) => sources.flatMap(({ extracts = [] }) => extracts);
  const kept = (registry = project.registry) => readdir(join(registry, 'people/.extracts')).catch(() => []);
  const onlyFile = async () => join(project.registry, 'people/.extracts', (await kept())[0] ?? '');

  it('is the result of its query, called by its sha256, as pyarrow reads it', async function () {
    const oracle = requireOracle(this);
    const { directory } = await built();
    const manifest = await manifestOf(directory);
    assert.equal(manifest.rebuildable?.until, 'always');
    assert.match(manifest.rebuildable?.why ?? '', /the result of .*people\.sql is kept/);
    const source = manifest.sources.find(({ uri }) => uri === 'people.sql');
    const [extract] = source?.extracts ?? [];
    const [file] = extract?.files ?? [];
    assert.deepEqual(
      [extract?.format, extract?.inputs, extract?.integers],
      ['parquet', ['../people/people.csv'], ['large']],
    );
    const bytes = readFileSync(join(project.registry, 'people', file?.path ?? ''));
    assert.equal(createHash('sha256').update(bytes).digest('hex'), file?.sha256);
    assert.deepEqual(file?.path, `.extracts/${file?.sha256}.parquet`);
    assert.deepEqual([file?.bytes, file?.rows], [bytes.length, 3]);
    const rows = plain(await oracle.call('arrow.read_parquet', { file: await onlyFile() }));
    assert.match(JSON.stringify(rows), /"names":\[\["a","A"\],\["b","B"\],\["c","C"\]\]/);
    assert.match(JSON.stringify(rows), /"large":\["0","100000000000000000000","200000000000000000000"\]/);
  });

  it('does not keep stock tfds from opening the version, or the data set', async function () {
    const oracle = requireOracle(this);
    const { directory } = await built();
    const byDirectory = await oracle.call('tfds.open', { directory });
    const byName = await oracle.call('tfds.open', { name: 'people', data_dir: project.registry });
    for (const opened of [byDirectory, byName]) {
      assert.equal((opened as { readonly full_name?: string }).full_name, 'people/1.0.0');
    }
    const examples = plain(
      await oracle.call('tfds.read', { name: 'people', data_dir: project.registry, split: 'train' }),
    );
    assert.equal((examples as readonly unknown[]).length, 3);
  });

  it('is stored once for versions whose queries gave the same', async () => {
    await built('people:1.0.0');
    await built('people:2.0.0');
    assert.equal((await kept()).length, 1);
    await writePeople('a', 'b', 'd');
    await build('people:2.0.0', { config: await config(), ifExists: 'overwrite' });
    assert.equal((await kept()).length, 2);
  });

  it('gives the same bytes when the tables are others, in whatever registry', async () => {
    const first = await built();
    const before = await manifestOf(first.directory);
    await project.addFile('datasets/people/people.csv', 'gone\n');
    const again = await built('people:1.0.0', { registry: 'other' }, { fromExtract: project.registry });
    assert.deepEqual(again.fromExtracts, ['people.sql']);
    assert.deepEqual(await digestsBelow(again.directory), await digestsBelow(first.directory));
    const after = await manifestOf(again.directory);
    assert.deepEqual([after.sources, after.contentDigest], [before.sources, before.contentDigest]);
    assert.deepEqual(after.fingerprint, before.fingerprint);
    assert.deepEqual(await kept(join(project.directory, 'other')), await kept());
    const threads = await built(
      'people:1.0.0',
      { registry: 'third', runner: 'threads' },
      { fromExtract: join(project.directory, 'other') },
    );
    assert.deepEqual(await digestsBelow(threads.directory), await digestsBelow(first.directory));
  });

  it('is refused for another query, and where nothing was kept', async () => {
    await built();
    await built('people:2.0.0', { maxRetainedBytes: 0 });
    const again = (reference: string) => built(reference, { registry: 'other' }, { fromExtract: project.registry });
    await assert.rejects(again('people:2.0.0'), {
      code: 'UNSUPPORTED',
      message: /people:2\.0\.0 in .* holds no result of a query: people\.sql .* more than maxRetainedBytes/,
    });
    await project.addFile('datasets/people/people.sql', `${query} DESC`);
    await assert.rejects(again('people:1.0.0'), {
      code: 'UNSUPPORTED',
      message: /no result of people\.sql as it is now/,
    });
  });

  it('repairs a version when its tables are others', async () => {
    const { directory } = await built();
    await writePeople('x', 'y', 'z');
    flip(join(directory, 'people-train.tfrecord-00000-of-00001'), 30);
    const { files } = await repairVersion('people:1.0.0', await config());
    assert.deepEqual(
      files.map(({ path, from }) => [path, from]),
      [['people-train.tfrecord-00000-of-00001', 'the version rebuilt from the extract of people.sql']],
    );
    assert.deepEqual((await verifyReference('people:1.0.0', await config())).problems, []);
  });

  it('is verified with the version, and repaired from another registry or by running the query', async () => {
    await built();
    const mirror = join(project.directory, 'mirror');
    await cp(project.registry, mirror, { recursive: true });
    const file = await onlyFile();
    const name = `.extracts/${(await kept())[0]}`;
    const problems = async () =>
      (await verifyReference('people:1.0.0', await config())).problems.map(({ file: path, message }) => [
        path,
        message,
      ]);
    assert.deepEqual(await problems(), []);
    flip(file, 40);
    assert.match(
      JSON.stringify(await problems()),
      /\.extracts\/.*its sha256 is not the one that it was published with/,
    );
    const repaired = await repairVersion('people:1.0.0', await config(), { from: mirror, rebuild: false });
    assert.deepEqual(
      repaired.files.map(({ path, from }) => [path, from]),
      [[name, join(mirror, 'people/1.0.0')]],
    );
    assert.deepEqual(await problems(), []);
    rmSync(file);
    assert.deepEqual(await problems(), [[name, `${name} is missing`]]);
    const rebuilt = await repairVersion('people:1.0.0', await config());
    assert.deepEqual(
      rebuilt.files.map(({ path, from }) => [path, from]),
      [[name, 'the rebuilt version']],
    );
    assert.deepEqual(await problems(), []);
  });

  it('is nothing above the limit, in a sample, and where its author wants nothing', async () => {
    const why = async (directory: string) => {
      const { rebuildable, ...manifest } = await manifestOf(directory);
      assert.deepEqual(extractsOf({ rebuildable, ...manifest }), []);
      assert.equal(rebuildable?.until, 'never');
      return rebuildable.why;
    };
    assert.match(
      await why((await built('people:1.0.0', { maxRetainedBytes: 100 })).directory),
      /more than maxRetainedBytes \(100\)/,
    );
    const sample = await built('people:2.0.0', {}, { maxExamplesPerSplit: 1 });
    assert.match(await why(sample.directory), /sample/);
    assert.deepEqual(await kept(), []);
    await project.addDataset('nothing', people("retain: 'none'"));
    assert.match(await why((await built('nothing')).directory), /its author keeps nothing/);
    // Who asks for it gets it, whatever its size.
    await project.addDataset('everything', people("retain: 'extract'"));
    const asked = await built('everything', { maxRetainedBytes: 0 });
    assert.equal(extractsOf(await manifestOf(asked.directory)).length, 1);
  });

  it('is nothing of personal data, unless the author says why', async () => {
    const withOption = (options: string) =>
      privately().replace("tables: { people: '../people/people.csv' }, ", `$&${options}, `);
    await project.addDataset('silent', privately());
    const silent = await manifestOf((await built('silent')).directory);
    assert.deepEqual(extractsOf(silent), []);
    assert.match(silent.rebuildable?.why ?? '', /may hold personal data \(name\) as it was before any policy/);
    await project.addDataset('reasoned', withOption("retain: 'extract', retainPrivate: 'read by the owners alone'"));
    const [extract] = extractsOf(await manifestOf((await built('reasoned')).directory));
    assert.equal(extract?.privateReason, 'read by the owners alone');
    await project.addDataset('careless', withOption("retain: 'extract'"));
    rmSync(join(project.directory, 'datasets/people/people.csv'));
    // Before any query runs: it would miss its table.
    await assert.rejects(built('careless'), { code: 'PRIVACY_POLICY_MISSING', hint: /retainPrivate/ });
  });

  it('is no table snapshot on DuckDB, which is said before any query runs', async () => {
    await project.addDataset('snapshots', people("retain: 'table-snapshot'"));
    rmSync(join(project.directory, 'datasets/people/people.csv'));
    await assert.rejects(built('snapshots'), {
      code: 'UNSUPPORTED',
      message: /table-snapshot.*duckdb/,
      hint: /retain: 'extract'/,
    });
  });

  it('tells queries of one text apart by their tables', async () => {
    await project.addDataset(
      'twice',
      `
  static override readonly versions = { '1.0.0': 'First.' };
  override info() { return { description: 'd', features: features({ name: text() }) }; }
  override splits(p: any) {
    const rows = (file: string) => p.read(lib.sql('SELECT id, name FROM people', { tables: { people: file } }))
      .keyBy((row: any) => row.id).mapValues(({ name }: any) => ({ name }));
    return { train: rows('../people/people.csv'), test: rows('../people/others.csv') };
  }`,
    );
    await project.addFile('datasets/people/others.csv', 'id,name\n0,z\n');
    const first = await built('twice');
    assert.deepEqual(
      first.splits.map(({ name, examples }) => [name, examples]),
      [
        ['train', 3],
        ['test', 1],
      ],
    );
    assert.equal(extractsOf(await manifestOf(first.directory)).length, 2);
    await rmAll('people.csv', 'others.csv');
    const again = await built('twice', { registry: 'other' }, { fromExtract: project.registry });
    assert.deepEqual(await digestsBelow(again.directory), await digestsBelow(first.directory));
  });

  const rmAll = async (...files: readonly string[]) => {
    for (const file of files) rmSync(join(project.directory, 'datasets/people', file));
  };

  it('is found again by a build that was stopped between keeping it and being published', async () => {
    const { registry } = project;
    // What is in the version's place keeps it from being published, which a build takes for a fault of the machine.
    await mkdir(join(registry, 'people/1.0.0'), { recursive: true });
    await writeFile(join(registry, 'people/1.0.0/stranger'), '');
    await assert.rejects(built(), { code: 'STORAGE_FAILED' });
    const [name = ''] = await kept();
    assert.ok(existsSync(join(registry, 'people/.extracts', name)));
    const { ino } = statSync(join(registry, 'people/.extracts', name));
    rmSync(join(registry, 'people/1.0.0'), { recursive: true });
    const { units, directory } = await built();
    assert.equal(units.run, 0);
    assert.deepEqual(await kept(), [name]);
    const now = statSync(join(registry, 'people/.extracts', name));
    assert.equal(now.ino, ino);
    assert.equal(extractsOf(await manifestOf(directory))[0]?.files[0]?.path, `.extracts/${name}`);
    assert.deepEqual(await readdir(join(registry, '.staging')), []);
  });

  it('is lost by no build that is killed between keeping it and being published', async () => {
    const undisturbed = await digestsBelow((await built('people:1.0.0', { registry: 'undisturbed' })).directory);
    const script = join(import.meta.dirname, 'killed-build-process.js');
    const registry = openRegistry(project.registry);
    for (const [moment, isKept] of [
      // Before the extract is put; then between that and the version: before the manifest is written, before the lease says `publishing`, before the rename.
      [/\/people\/\.extracts\/[0-9a-f]+\.parquet/, false],
      [/\/\.staging\/[^/]+\/version\/manifest\.json/, true],
      [/\/\.leases\/people\/1\.0\.0\/00000002\.json/, true],
      [/\/registry\/people\/1\.0\.0$/, true],
    ] as const) {
      rmSync(project.registry, { recursive: true, force: true });
      const signal = await runToDeath([script, project.directory, 'people:1.0.0', moment.source]);
      assert.equal(signal, 'SIGKILL', String(moment));
      assert.deepEqual(await registry.listDatasets(), []);
      const [name = '', ...others] = await kept();
      assert.deepEqual([name !== '', others], [isKept, []], String(moment));
      // What a dead build still needs is nobody's garbage.
      await prune(registry, { keepLast: 1, remove: true });
      assert.equal((await kept()).length, isKept ? 1 : 0);
      const before = isKept ? statSync(await onlyFile()).ino : undefined;
      const { units, directory } = await built();
      assert.equal(units.run, 0, `${moment}: ${units.run} units were run again`);
      if (before !== undefined) assert.equal(statSync(await onlyFile()).ino, before);
      assert.deepEqual(await digestsBelow(directory), undisturbed);
      assert.deepEqual(await readdir(join(project.registry, '.staging')), []);
      const { problems } = await verifyReference('people:1.0.0', await config());
      assert.deepEqual(problems, []);
    }
  });

  it('lies in a bucket as well', async function () {
    const gcs = await requireGcs(this);
    const { url } = await gcs.newBucket();
    const workDirectory = join(project.directory, 'work');
    const local = await built();
    const remote = await built('people:1.0.0', { registry: url, workDirectory });
    assert.equal(remote.contentDigest, local.contentDigest);
    const { storage } = openRegistry(url);
    const manifest = (await readManifest(storage, 'people/1.0.0')) ?? assert.fail();
    const file = extractsOf(manifest)[0]?.files[0] ?? assert.fail();
    const found = await storage.stat(`people/${file.path}`);
    assert.deepEqual([found?.bytes, found?.crc32c], [file.bytes, file.crc32c]);
    assert.deepEqual(await storage.list('.staging'), []);
    const verified = await verifyReference('people:1.0.0', await config({ registry: url, workDirectory }));
    assert.deepEqual(verified.problems, []);
    await writePeople('x');
    const again = await built('people:1.0.0', { registry: 'other' }, { fromExtract: url });
    assert.deepEqual(await digestsBelow(again.directory), await digestsBelow(local.directory));
    await storage.delete(`people/${file.path}`);
    const { problems } = await verifyReference('people:1.0.0', await config({ registry: url, workDirectory }));
    assert.deepEqual(
      problems.map(({ message }) => message),
      [`${file.path} is missing`],
    );
    await assert.rejects(built('people:1.0.0', { registry: 'third' }, { fromExtract: url }), {
      code: 'DATA_CORRUPT',
      message: /\.extracts.* is missing/,
    });
  });
});
