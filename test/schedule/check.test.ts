import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from '../../src/build/index.js';
import { promote, yank } from '../../src/promotion/index.js';
import { openRegistry, readManifest } from '../../src/registry/index.js';
import { type CheckReport, checkDatasets, prometheusText, writePrometheus } from '../../src/schedule/index.js';
import { requireOracle } from '../oracle/index.js';
import { ScheduleProject } from './schedule-project.js';

const owned = `  override info(): any {
    return { description: 'd', owner: 'ads@lab', features: lib.features({ number: lib.scalar('int64', { description: 'n' }), origin: lib.text({ description: 'o' }) }) };
  }`;
const hour = 3_600_000;

describe('check', () => {
  let project: ScheduleProject;
  beforeEach(async () => {
    project = await ScheduleProject.create();
  });
  afterEach(() => project.remove());

  const builds = async (reference: string, snapshot?: string) =>
    build(reference, { config: await project.config(), ...(snapshot !== undefined && { snapshot }) });
  const check = async (now = new Date(), names?: readonly string[]) =>
    checkDatasets({ config: await project.config(), now, ...(names !== undefined && { names }) });
  const said = ({ findings }: CheckReport) =>
    findings.map(({ severity, problem, dataset, message }) => `${severity} ${problem} ${dataset}: ${message}`);
  const createdAt = async (path: string) => {
    const manifest = await readManifest(openRegistry(`${project.directory}/registry`).storage, path);
    return new Date(manifest?.createdAt ?? Number.NaN);
  };

  it('finds nothing where all is in its place, and late what its own freshness calls late', async () => {
    await project.add('hourly', { statics: "  static override readonly freshness = '2 hours';", info: owned });
    await project.add('weekly', { statics: "  static override readonly freshness = '8 days';", info: owned });
    await project.add('whenever', { info: owned });
    for (const name of ['hourly', 'weekly', 'whenever']) await builds(name);
    const built = await createdAt('hourly/1.0.0');
    const fresh = await check(new Date(built.getTime() + 2 * hour));
    assert.deepEqual(said(fresh), []);
    assert.deepEqual(fresh.datasets, 3);
    const [hourly] = fresh.ages;
    assert.deepEqual(hourly, {
      dataset: 'hourly',
      config: undefined,
      newest: 'hourly:1.0.0',
      upTo: built.toISOString(),
      ageSeconds: 7200,
      freshnessSeconds: 7200,
      isLate: false,
    });
    assert.deepEqual(said(await check(new Date(built.getTime() + 2 * hour + 1000))), [
      'error late hourly: hourly:1.0.0 is the newest of hourly, and 2 hours old; it may be 2 hours',
    ]);
  });

  it('measures snapshots by the end of their period, and says which were missed', async () => {
    const statics = "  static override readonly snapshots = 'daily'; static override readonly freshness = '26 hours';";
    await project.add('daily', { statics, info: owned });
    for (const name of ['20261117', '20261119']) await builds('daily', name);
    // 19 November is over at midnight: 25 hours later it is not late, and the 20th may be on its way.
    const early = await check(new Date('2026-11-21T01:00:00Z'));
    assert.equal(early.ages[0]?.newest, 'daily/20261119:1.0.0');
    assert.equal(early.ages[0]?.ageSeconds, 25 * 3600);
    assert.deepEqual(said(early), [
      'error snapshot-missing daily: daily: a snapshot that is due is not published: 20261118',
      'warning snapshot-missing daily: daily: a snapshot that is due is not published: 20261120',
    ]);
    const late = await check(new Date('2026-11-22T01:00:00Z'));
    assert.deepEqual(said(late), [
      'error late daily: daily/20261119:1.0.0 is the newest of daily, and 2 days old; it may be 26 hours',
      'error snapshot-missing daily: daily: snapshots that are due are not published: 20261118, 20261120',
      'warning snapshot-missing daily: daily: a snapshot that is due is not published: 20261121',
    ]);
    // Who never published any is waited for from the newest on.
    await yank('daily/20261119:1.0.0', { config: await project.config(), reason: 'wrong' });
    assert.equal((await check(new Date('2026-11-21T01:00:00Z'))).ages[0]?.newest, 'daily/20261117:1.0.0');
  });

  it('goes on where one data set is broken, and says of each what is wrong', async () => {
    await project.add('aliased', { info: owned });
    await project.add('broken', { head: "throw new Error('planted-value');" });
    await project.add('misspelt', { statics: "  static override readonly freshness = '1 hours and a half' as any;" });
    await project.add('never', { statics: "  static override readonly freshness = '1 day';", info: owned });
    await project.add('sourceless', { info: owned });
    await project.add('throwing', { before: "throw new Error('planted-value');", info: owned });
    await project.add('undocumented');
    await project.add('derived', { from: ['gone'], info: owned });
    for (const name of ['aliased', 'undocumented']) await builds(name);
    const config = await project.config();
    await promote('aliased:1.0.0', { config, alias: 'prod' });
    await yank('aliased:1.0.0', { config, reason: 'labels' });
    await rm(join(project.directory, 'datasets/sourceless/rows.txt'));
    const lines = said(await check());
    assert.equal(lines.length, 9, lines.join('\n'));
    for (const [index, pattern] of [
      /^error alias-broken aliased: aliased@prod stands for aliased:1\.0\.0, which is not to be used any more$/,
      /^error builder-broken broken: .*can't be imported/,
      /^error source-missing derived: published\(.*gone.*is not in its place/,
      /^error builder-broken misspelt: misspelt: freshness is "1 hours and a half"/,
      /^error unpublished never: never is to be no older than 24 hours, and no version of it can be used/,
      /^error source-missing sourceless: .*rows\.txt.*, which sourceless:1\.0\.0 reads, is not in its place/,
      /^error builder-broken throwing: the code of throwing throws an error$/,
      /^warning feature-undescribed undocumented: undocumented:1\.0\.0 has 2 features without a description: number, origin$/,
      /^warning owner-missing undocumented: undocumented has no owner$/,
    ].entries()) {
      assert.match(lines[index] ?? '', pattern);
    }
    assert.deepEqual(
      said(await check(new Date(), ['undocumented'])).map((line) => line.split(' ', 2)[0]),
      ['warning', 'warning'],
    );
    await assert.rejects(check(new Date(), ['undocumnted']), { code: 'DATASET_UNKNOWN', hint: /undocumented/ });
  });

  it('tells which published versions the builder does not list, or says must not be used', async () => {
    await project.add('listed', { info: owned });
    await builds('listed');
    const text = await readFile(join(project.directory, 'datasets/listed/builder.ts'), 'utf8');
    const renamed = (versions: string) => text.replace("{ '1.0.0': 'First.' }", versions);
    // Another folder: a thread imports a module once.
    const other = join(project.directory, 'other');
    await project.write('other/listed/builder.ts', renamed("{ '2.0.0': 'Second.' }"));
    await project.write('other/listed/rows.txt', '1\n');
    const blocked = join(project.directory, 'blocked');
    const forbids = "{ '1.1.0': 'Better.' };\n  static override readonly blockedVersions = { '1.0.0': 'wrong' }";
    await project.write('blocked/listed/builder.ts', renamed(forbids));
    await project.write('blocked/listed/rows.txt', '1\n');
    const checked = async (folder: string) =>
      said(await checkDatasets({ config: await project.config({ datasets: [folder] }), now: new Date() }));
    assert.deepEqual(await checked(other), [
      'warning version-unlisted listed: listed:1.0.0 is published, and the builder lists no such version',
    ]);
    assert.deepEqual(await checked(blocked), [
      'warning version-blocked listed: listed:1.0.0 is published, and the builder says that it must not be used',
    ]);
  });

  it("is read by Prometheus' own parser, and replaces what it wrote in one step", async function () {
    const oracle = requireOracle(this);
    const report: CheckReport = {
      checkedAt: '2026-11-21T03:00:00.500Z',
      registry: '/data',
      datasets: 2,
      ages: [
        {
          dataset: 'a',
          config: undefined,
          newest: 'a:1.0.0',
          upTo: '2026-11-21T02:00:00Z',
          ageSeconds: 3600.5,
          freshnessSeconds: 7200,
          isLate: false,
        },
        {
          dataset: 'b',
          config: 'x"\\\n',
          newest: undefined,
          upTo: undefined,
          ageSeconds: undefined,
          freshnessSeconds: 60,
          isLate: true,
        },
      ],
      findings: ['p', 'q'].map((message) => ({
        severity: 'error',
        problem: 'source-missing',
        dataset: 'b',
        config: undefined,
        message,
        hint: '',
      })),
    };
    const families = (await oracle.call('operations.metrics', { text: prometheusText(report) })) as readonly {
      readonly name: string;
      readonly type: string;
      readonly help: string;
      readonly samples: readonly { readonly labels: object; readonly value: number }[];
    }[];
    const samples = (name: string) =>
      families
        .find((family) => family.name === `ailab_datasets_${name}`)
        ?.samples.map(({ labels, value }) => [labels, value]);
    assert.deepEqual(samples('age_seconds'), [[{ dataset: 'a', config: '' }, 3600.5]]);
    assert.deepEqual(
      samples('freshness_seconds')?.map(([, value]) => value),
      [7200, 60],
    );
    assert.deepEqual(samples('late'), [
      [{ dataset: 'a', config: '' }, 0],
      [{ dataset: 'b', config: 'x"\\\n' }, 1],
    ]);
    assert.deepEqual(samples('findings'), [
      [{ dataset: 'b', config: '', severity: 'error', problem: 'source-missing' }, 2],
    ]);
    assert.deepEqual(samples('checked'), [[{}, 2]]);
    assert.deepEqual(samples('check_timestamp_seconds'), [[{}, Date.UTC(2026, 10, 21, 3) / 1000 + 0.5]]);
    assert.ok(families.every(({ type, help }) => type === 'gauge' && help !== ''));

    const folder = await mkdtemp(join(tmpdir(), 'ailab-metrics-'));
    try {
      const file = join(folder, 'datasets.prom');
      for (let times = 0; times < 2; times++) await writePrometheus(report, file);
      assert.equal(await readFile(file, 'utf8'), prometheusText(report));
      assert.deepEqual(await readdir(folder), ['datasets.prom']);
      await assert.rejects(writePrometheus(report, join(folder, 'none', 'x.prom')), { code: 'STORAGE_FAILED' });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
