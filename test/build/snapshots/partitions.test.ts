import assert from 'node:assert/strict';
import { build, dueSnapshotsOf, findDefinition, load, planBackfill } from '../../../src/build/index.js';
import type { ResolvedConfig } from '../../../src/core/config/index.js';
import { openRegistry } from '../../../src/registry/index.js';
import { TeamProject } from '../team-project.js';

/** A row a day, each with the number of its day. */
const query = `SELECT n, CAST(day AS VARCHAR) AS day FROM clicks WHERE day >= $snapshot_from AND day < CAST($snapshot_to AS DATE)`;

const body = (params: string) => `
  static override readonly versions = { '1.0.0': 'First.' };
  static override readonly snapshots = 'daily' as const;
  info() { return { description: 'd', features: features({ day: text() }) }; }
  splits(p: any) {
    const rows = p.read(lib.sql(new URL('./clicks.sql', import.meta.url), { tables: { clicks: { files: 'clicks.csv', types: { day: 'DATE' } } }${params} }));
    return { train: rows.keyBy((row: any) => row.n).mapValues(({ day }: any) => ({ day })) };
  }`;

describe('the partitions of a query', () => {
  let project: TeamProject;
  let config: ResolvedConfig;
  const now = new Date('2026-11-11T03:00:00Z');
  const daysOf = async (reference: string) => {
    const found: string[] = [];
    for await (const { day } of (await load(reference, { config })) as AsyncIterable<{ day: string }>) found.push(day);
    return found.sort();
  };

  before(async () => {
    project = await TeamProject.create();
    const otherwise = ', params: this.snapshot ? {} : { snapshot_from: new Date(0), snapshot_to: p.snapshotTime }';
    await project.addDataset('clicks', body(otherwise));
    await project.addDataset('strict', body(''));
    const rows = Array.from({ length: 20 }, (_, i) => `${i + 1},2026-11-${String(i + 1).padStart(2, '0')}\n`);
    for (const name of ['clicks', 'strict']) {
      await project.addFile(`datasets/${name}/clicks.sql`, query);
      await project.addFile(`datasets/${name}/clicks.csv`, `n,day\n${rows.join('')}`);
    }
    config = await project.config({ runner: 'inline' });
  });
  after(() => project.remove());

  it('are those of the snapshot, from its beginning to before its end', async () => {
    await build('clicks/20261107', { config, now });
    assert.deepEqual(await daysOf('clicks/20261107'), ['2026-11-07']);
  });

  it('are what the author says where no snapshot is built, or the error says what to give', async () => {
    await build('clicks', { config, now, snapshotTime: new Date('2026-11-04T00:00:00Z') });
    assert.deepEqual(await daysOf('clicks:1.0.0'), ['2026-11-01', '2026-11-02', '2026-11-03']);
    await assert.rejects(build('strict', { config, now }), {
      code: 'QUERY_INVALID',
      message: /the parameter \$snapshot_from has no value/,
      hint: /--snapshot 20261121.*this\.snapshot/,
    });
  });

  it('fill a range, oldest first, without what is there', async () => {
    const plan = await planBackfill('clicks', { from: '20261106', to: '20261109', config, now });
    assert.deepEqual(plan, {
      missing: ['clicks/20261106:1.0.0', 'clicks/20261108:1.0.0', 'clicks/20261109:1.0.0'],
      published: ['clicks/20261107:1.0.0'],
      removed: [],
    });
    for (const reference of plan.missing) await build(reference, { config, now });
    const again = await planBackfill('clicks', { from: '20261106', config, now });
    assert.deepEqual(again.missing, ['clicks/20261110:1.0.0']);
    assert.equal(again.published.length, 4);
    for (const [from, to, code] of [
      ['20261109', '20261106', 'USAGE'],
      ['20261106', '20261111', 'SNAPSHOT_NOT_OVER'],
      ['202611', '202612', 'NAME_INVALID'],
    ] as const) {
      await assert.rejects(planBackfill('clicks', { from, to, config, now }), { code });
    }
    await assert.rejects(planBackfill('clicks/20261106', { from: '20261101', config, now }), { code: 'USAGE' });
  });

  it('that are due are the newest and those that were missed', async () => {
    const definition = await findDefinition('clicks', config);
    const due = async (at: string) =>
      (await dueSnapshotsOf(definition, openRegistry(config.registry), { now: new Date(at) })).map(({ name }) => name);
    assert.deepEqual(await due('2026-11-10T23:59:59Z'), []);
    assert.deepEqual(await due('2026-11-12T03:00:00Z'), ['20261110', '20261111']);
    const newer = { ...definition, versions: ['1.1.0', '1.0.0'] as unknown as typeof definition.versions };
    const asNewer = await dueSnapshotsOf(newer, openRegistry(config.registry), {
      now: new Date('2026-11-10T03:00:00Z'),
    });
    assert.deepEqual(
      asNewer.map(({ name }) => name),
      ['20261109'],
      'a new version begins with the newest snapshot',
    );
  });

  it('that are not there are named with those next to them, and are not built by a mistyped date', async () => {
    await assert.rejects(load('clicks/20261101', { config }), {
      code: 'CONFIG_UNKNOWN',
      hint: 'The nearest are 20261106, of 4 from 20261106 to 20261109. Build it: ailab-datasets build clicks --snapshot 20261101',
    });
    await assert.rejects(load('clicks/20261130', { config }), { hint: /The nearest are 20261109, of 4/ });
    assert.deepEqual(await daysOf('clicks/20261109:1.*.*'), ['2026-11-09']);
  });

  it('are never taken for the version that does not grow', async () => {
    const other = await project.config({ runner: 'inline', registry: 'other' });
    await build('clicks/20261107', { config: other, now });
    for (const reference of ['clicks:1.0.0', 'clicks']) {
      await assert.rejects(load(reference, { config: other }), {
        code: 'CONFIG_UNKNOWN',
        message: /clicks has snapshots alone/,
        hint: /clicks\/20261107.*clicks@nightly/,
      });
    }
  });
});
