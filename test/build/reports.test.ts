import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildEvent, build } from '../../src/build/index.js';
import { BuildRecorder } from '../../src/build/report/build-recorder.js';
import { findTarget } from '../../src/build/target.js';
import { DatasetsError } from '../../src/core/errors/index.js';
import {
  lastOutcome,
  openRegistry,
  prune,
  readBuildReport,
  readBuildReports,
  readManifest,
  sweepReports,
} from '../../src/registry/index.js';
import { requireGcs } from '../gcs/index.js';
import { TeamProject } from './team-project.js';

const builder = (value: string, before = '') =>
  [
    `
  static override readonly versions = { '1.0.0': 'First.' };
  override info() { return { description: 'd', features: features({ value: scalar('int32') }) }; }
  override splits(p: any) {
    return { train: p.read(csv('./rows.csv', { types: { value: 'int32' } })).keyBy((row: any) => row.key)
      .mapValues((row: any) => ({ value: ${value} })) };
  }`,
    before,
  ] as const;
const rows = 'key,value\na,1\nb,2\nc,3\n';

describe('the report of a build', () => {
  let project: TeamProject;
  beforeEach(async () => {
    project = await TeamProject.create();
    await project.addDataset('numbers', ...builder('row.value'));
    await project.addFile('datasets/numbers/rows.csv', rows);
  });
  afterEach(() => project.remove());

  const config = () => project.config({ runner: 'inline' });
  const registry = () => openRegistry(project.registry);
  const reports = () => readBuildReports(registry());
  const git = (...argv: readonly string[]) => execFileSync('git', argv, { cwd: project.directory, encoding: 'utf8' });
  const fails = async (code: string) => {
    const events: BuildEvent[] = [];
    await assert.rejects(
      build('numbers', { config: await config(), onProgress: (event) => events.push(event) }),
      (error) => error instanceof DatasetsError && error.code === code,
    );
    return events;
  };

  it('of a published version says what was made, with what, and at what cost', async () => {
    const result = await build('numbers', { config: await config(), numShards: 3 });
    const [report, ...others] = await reports();
    assert.ok(report !== undefined);
    assert.deepEqual(others, []);
    const manifest = await readManifest(registry().storage, 'numbers/1.0.0');
    assert.deepEqual(
      [report.id, report.outcome, report.reference, report.contentDigest, report.fingerprint],
      [result.report, 'published', 'numbers:1.0.0', manifest?.contentDigest, manifest?.fingerprint.digest],
    );
    assert.deepEqual(
      report.splits.map(({ name, examples, shards }) => [name, examples, shards]),
      [['train', 3, 3]],
    );
    assert.deepEqual([report.environment.node, report.environment.icu], [process.versions.node, process.versions.icu]);
    assert.deepEqual(report.settings['runner'], { value: 'inline', from: 'flag' });
    assert.deepEqual(report.settings['workers'], { value: 2, from: 'flag' });
    assert.deepEqual(report.options, { numShards: 3 });
    assert.deepEqual([report.bytesRead, report.bytesBilled], [rows.length, 0]);
    assert.deepEqual(
      report.stages.map(({ phase, rows }) => [phase, rows]),
      [
        ['reading', 3],
        ['encoding', 3],
      ],
    );
    assert.ok(report.peakMemoryBytes > 1 << 20);
    assert.match(report.log.first.map(({ text }) => text).join('\n'), /^building numbers:1\.0\.0\n/);
    assert.deepEqual(report.units, result.units);
  });

  it('adds up what was read and what queries were billed, and keeps the first and last lines of a long log', async () => {
    const settings = await config();
    const recorder = new BuildRecorder(await findTarget('numbers', settings), { config: settings });
    const query = { job: 'j', bytesProcessed: 10, result: 'r', expires: '2026-11-21T00:00:00.000Z' };
    recorder.made({
      splits: [],
      counters: { 'rows kept': 3 },
      sources: [
        { uri: 'a.sql', bytes: 100, query: { ...query, bytesBilled: 5 << 20 } },
        { uri: 'b.sql', bytes: 20, query: { ...query, bytesBilled: 7 << 20 } },
        { uri: 'c.csv', bytes: 3 },
      ],
      lineage: [],
      retained: [],
      badRows: [],
      graphFingerprint: '',
      facts: { snapshotTime: '2026-11-21T00:00:00.000Z', once: {} },
      units: { reused: 2, run: 1, redone: 0 },
      engine: {},
    });
    for (let stage = 0; stage < 1000; stage++) recorder.observe({ type: 'stage-start', stage: `s${stage}`, tasks: 1 });
    const report = await recorder.failed(new DatasetsError('STORAGE_FULL', 'full'));
    assert.deepEqual([report.bytesRead, report.bytesBilled, report.counters], [123, 12 << 20, { 'rows kept': 3 }]);
    const { first, omitted, last } = report.log;
    assert.deepEqual(
      [first.length, omitted, last.length, first[0]?.text, last.at(-1)?.text],
      [100, 700, 200, 's0: 1 task', 's999: 1 task'],
    );
    assert.deepEqual(report.units, { reused: 2, run: 1, redone: 0 });
  });

  it('is not written where nothing was done', async () => {
    await build('numbers', { config: await config() });
    const again = await build('numbers', { config: await config() });
    assert.deepEqual([again.status, again.report], ['exists', undefined]);
    assert.equal((await reports()).length, 1);
  });

  it('names the commit, the branch and the files that were not committed', async () => {
    git('init', '--quiet', '--initial-branch', 'trunk');
    // Made meanwhile.
    await project.addFile('.gitignore', '/registry\n');
    git('add', 'datasets', '.gitignore');
    git('-c', 'user.name=n', '-c', 'user.email=e@example.org', 'commit', '--quiet', '-m', 'First');
    await writeFile(join(project.directory, 'datasets/numbers/rows.csv'), `${rows}d,4\n`);
    await writeFile(join(project.directory, 'datasets/numbers/a b.txt'), 'contents-of-it');
    await build('numbers', { config: await config() });
    const [report] = await reports();
    assert.deepEqual(report?.git, {
      commit: git('rev-parse', 'HEAD').trim(),
      branch: 'trunk',
      dirty: true,
      files: ['datasets/numbers/rows.csv', 'datasets/numbers/a b.txt', 'package.json'],
      moreFiles: 0,
    });
    const manifest = await readManifest(registry().storage, 'numbers/1.0.0');
    assert.deepEqual(manifest?.git, { commit: report.git.commit, dirty: true });
  });

  it('of a build that failed tells the error and is announced', async () => {
    await project.addFile('datasets/numbers/rows.csv', `${rows}a,9\n`);
    const events = await fails('KEY_DUPLICATE');
    const last = await lastOutcome(registry(), { name: 'numbers', version: '1.0.0' });
    assert.deepEqual([last?.outcome, last?.error?.code], ['failed', 'KEY_DUPLICATE']);
    assert.deepEqual(events.at(-1), { type: 'report-written', id: last?.id, outcome: 'failed' });
    assert.deepEqual(await readBuildReport(registry(), last?.id ?? ''), last);
    assert.deepEqual(await project.leftovers(), []);
  });

  it('tells the version apart that gave the same data again, and the one that would have changed', async () => {
    await build('numbers', { config: await config() });
    await project.addDataset('numbers', ...builder('row.value + zero', 'const zero = 0;'));
    const attested = await build('numbers', { config: await config() });
    assert.equal(attested.status, 'attested');
    await project.addFile('datasets/numbers/rows.csv', `${rows}d,4\n`);
    await fails('VERSION_IMMUTABLE');
    const found = await readBuildReports(registry(), { name: 'numbers' });
    assert.deepEqual(
      found.map(({ outcome, stages }) => [outcome, stages.length]),
      [
        ['refused', 2],
        ['attested', 2],
        ['published', 2],
      ],
    );
    assert.equal(found[1]?.id, attested.report);
    const published = await readBuildReports(registry(), { name: 'numbers', outcomes: ['published'] });
    assert.deepEqual(
      published.map(({ id }) => id),
      [found[2]?.id],
    );
  });

  it('of an interrupted build says so', async () => {
    const controller = new AbortController();
    const onProgress = ({ type }: BuildEvent) => {
      if (type === 'stage-start') controller.abort(new DatasetsError('INTERRUPTED', 'Ctrl-C'));
    };
    await assert.rejects(build('numbers', { config: await config(), signal: controller.signal, onProgress }));
    assert.deepEqual(
      (await reports()).map(({ outcome }) => outcome),
      ['interrupted'],
    );
  });

  it('fails nothing where it can not be written', async () => {
    // A file where the folder of reports should be.
    await project.addFile('registry/.builds', '');
    const events: BuildEvent[] = [];
    const result = await build('numbers', { config: await config(), onProgress: (event) => events.push(event) });
    assert.deepEqual([result.status, result.report], ['built', undefined]);
    assert.equal(events.at(-1)?.type, 'report-failed');
  });

  it('leaves out what a later release wrote, and says so where that one is asked for', async () => {
    await build('numbers', { config: await config() });
    const [report] = await reports();
    const folder = join(project.registry, '.builds/numbers/1.0.0');
    const newer = '29991231T000000000Z-00000001';
    await writeFile(
      join(folder, `${newer}.abandoned.json`),
      JSON.stringify({ formatVersion: 2, id: newer, outcome: 'abandoned' }),
    );
    assert.deepEqual(await reports(), [report]);
    await assert.rejects(
      readBuildReport(registry(), newer),
      (error) => error instanceof DatasetsError && error.code === 'FORMAT_TOO_NEW',
    );
  });

  it('goes when there are enough newer ones, unless it says how a version was made that is there', async () => {
    const published = (await build('numbers', { config: await config() })).report;
    await project.addFile('datasets/numbers/rows.csv', `${rows}d,4\n`);
    await fails('VERSION_IMMUTABLE');
    await fails('VERSION_IMMUTABLE');
    const [newest, older] = await reports();
    assert.deepEqual(
      (await sweepReports(registry(), { keep: 1 })).map(({ id }) => id),
      [older?.id],
    );
    assert.equal((await reports()).length, 3);
    await sweepReports(registry(), { keep: 1, remove: true });
    assert.deepEqual(
      (await reports()).map(({ id }) => id),
      [newest?.id, published],
    );
    const going = new Set(['numbers/1.0.0']);
    assert.deepEqual(
      (await sweepReports(registry(), { keep: 1, going })).map(({ id }) => id),
      [published],
    );
    const pruned = await prune(registry(), { keepLast: 1, keepReports: 1, remove: true });
    assert.deepEqual(pruned.reports, []);
    await build('numbers', { config: await config(), ifExists: 'overwrite' });
    // The new one is how it was made now.
    assert.deepEqual((await prune(registry(), { keepLast: 1, keepReports: 1, remove: true })).reports.length, 2);
    assert.equal((await reports()).length, 1);
  });

  it('holds no secret and no private value: of the environment, of settings, of data, of what code throws', async () => {
    const planted = 'planted-7d1f';
    process.env['TEST_REPORT_SECRET'] = planted;
    try {
      const add = async (name: string, content: string, statement = '') => {
        await project.addFile(`datasets/${name}/rows.csv`, `key,value\n${content}`);
        await project.addDataset(name, privateBuilder(statement));
      };
      await add('thrown', `${planted},1\n`, "throw new Error('no segment for ' + row.key)");
      await add('doubled', `${planted},1\n${planted},2\n`);
      await add('invalid', `${planted},1\n`, 'return { id: [row.key] }');
      await add('sound', `${planted},1\n`);
      await project.addFile('datasets/asked/rows.csv', `key,value\n${planted},1\n`);
      await project.addDataset('asked', convertingBuilder);
      const settings = { runner: 'inline', manualDirectory: `/${planted}` } as const;
      const secret = await project.config({ ...settings, beam: { options: { token: planted } } });
      const outcomes = [];
      for (const name of ['thrown', 'doubled', 'invalid', 'sound', 'asked']) {
        await build(name, { config: secret }).catch((error: unknown) => error);
        const [report] = await readBuildReports(registry(), { name });
        outcomes.push([report?.outcome, report?.error?.code]);
      }
      assert.deepEqual(outcomes, [
        ['failed', 'USER_CODE'],
        ['failed', 'KEY_DUPLICATE'],
        ['failed', 'EXAMPLE_INVALID'],
        ['published', undefined],
        ['failed', 'QUERY_INVALID'],
      ]);
      const found = await readBuildReports(registry(), { name: 'sound' });
      assert.deepEqual(found[0]?.seeds, { sampling_seed: 42 });
      assert.deepEqual(Object.keys(found[0]?.facts ?? {}), ['sampling_seed', 'token']);
      assert.equal((await filesWith(join(project.registry, '.builds'), planted)).length, 0);
      // That it is looked for rightly.
      assert.notEqual((await filesWith(join(project.registry, '.builds'), 'KEY_DUPLICATE')).length, 0);
    } finally {
      delete process.env['TEST_REPORT_SECRET'];
    }
  });

  it('lies in a bucket as well', async function () {
    const gcs = await requireGcs(this);
    const { url } = await gcs.newBucket();
    const remote = await project.config({ runner: 'inline', registry: url });
    const { report } = await build('numbers', { config: remote });
    const found = await readBuildReports(openRegistry(url), { name: 'numbers' });
    assert.deepEqual(
      found.map(({ id, outcome }) => [id, outcome]),
      [[report, 'published']],
    );
    assert.equal((await lastOutcome(openRegistry(url), { name: 'numbers', version: '1.0.0' }))?.id, report);
  });
});

/** The key is personal data, and a secret is given to the graph. */
const privateBuilder = (statement: string) => `
  static override readonly versions = { '1.0.0': 'First.' };
  override info() {
    return { description: 'd', features: features({ id: text({ pii: 'user' }) }), keyPii: 'user',
      privacy: { user: { policy: 'pseudonymise', secret: 'env:TEST_REPORT_SECRET' } } };
  }
  override async splits(p: any) {
    await p.once('token', () => process.env['TEST_REPORT_SECRET']);
    await p.once('sampling_seed', () => 42);
    const read = p.read(csv('./rows.csv'));
    return { train: read.keyBy((row: any) => row.key).mapValues((row: any) => { ${statement}; return { id: row.key }; }) };
  }`;

/** The warehouse names the value that it can't convert. */
const convertingBuilder = `
  static override readonly versions = { '1.0.0': 'First.' };
  override info() { return { description: 'd', features: features({ id: scalar('int64') }) }; }
  override splits(p: any) {
    const query = lib.sql('SELECT CAST(key AS BIGINT) AS id FROM rows', { types: { id: 'int64' }, tables: { rows: 'rows.csv' } });
    return { train: p.read(query).keyBy((row: any) => row.id) };
  }`;

async function filesWith(directory: string, text: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = await Promise.all(files.map((file) => readFile(file)));
  return files.filter((_, index) => contents[index]?.includes(text));
}
