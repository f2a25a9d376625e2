import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildResult, build, load, snapshotRules } from '../../../src/build/index.js';
import type { ResolvedConfig } from '../../../src/core/config/index.js';
import { type AliasName, type DatasetName, parseReference } from '../../../src/core/names/index.js';
import { aliasHistory, openRegistry, prune, readManifest } from '../../../src/registry/index.js';
import { plain, requireOracle } from '../../oracle/index.js';
import { TeamProject } from '../team-project.js';

const clicks = 'clicks' as DatasetName;
const nightly = 'nightly' as AliasName;
const firstNight = Date.UTC(2026, 9, 20);
const dayMs = 86_400_000;
const nights = 30;
const rowsADay = 5;

/** `2026-10-20` of night 0. */
const dayOf = (night: number) => new Date(firstNight + night * dayMs).toISOString().slice(0, 10);
const snapshotOf = (night: number) => dayOf(night).replaceAll('-', '');
/** When the scheduler builds the day of a night: at three in the morning after it. */
const runOf = (night: number) => new Date(firstNight + (night + 1) * dayMs + 3 * 3_600_000);

const body = `
  static override readonly versions = { '1.2.0': 'Adds n.' };
  static override readonly snapshots = 'daily' as const;
  static override readonly keep = { daily: 7, monthly: 3 };
  static override readonly expectations = { splits: { train: { minExamples: 1 } } };
  info() { return { description: 'Clicks.', features: features({ n: scalar('int64'), day: text() }) }; }
  splits(p: any) {
    const query = 'SELECT n, CAST(day AS VARCHAR) AS day FROM clicks WHERE day < CAST($snapshot_to AS DATE)';
    const params = this.snapshot === undefined ? { snapshot_to: p.snapshotTime } : {};
    const tables = { clicks: { files: 'clicks.csv', types: { n: 'BIGINT', day: 'DATE' } } };
    const rows = p.read(lib.sql(query, { tables, params, int64: 'number' }));
    return { train: rows.keyBy((row: any) => row.n).mapValues(({ n, day }: any) => ({ n, day })) };
  }`;

describe('thirty nights of data that grows', () => {
  let project: TeamProject;
  let config: ResolvedConfig;
  const registry = () => openRegistry(config.registry);
  /** The source as it is when the day of a night is over: it only grows. */
  const grow = (night: number) => {
    const rows = Array.from({ length: (night + 1) * rowsADay }, (_, n) => `${n},${dayOf(Math.floor(n / rowsADay))}\n`);
    return project.addFile('datasets/clicks/clicks.csv', `n,day\n${rows.join('')}`);
  };
  const digestOf = async (reference: string) => {
    const found = await registry().resolve(parseReference(reference));
    return (await readManifest(registry().storage, found.path))?.contentDigest;
  };
  const examples = async (reference: string) => {
    let count = 0;
    for await (const _ of await load(reference, { config, build: 'never' })) count++;
    return count;
  };

  before(async () => {
    project = await TeamProject.create();
    await project.addDataset('clicks', body);
    config = await project.config({ runner: 'inline' });
    await grow(0);
    // The version that never grows, of the first day.
    await build('clicks', { config, now: runOf(0), snapshotTime: new Date(firstNight + dayMs) });
  });
  after(() => project.remove());

  it('need no edit of code, refuse nothing, and change nothing that somebody reads', async function () {
    // Thirty builds.
    this.timeout(300_000);
    const frozen = await digestOf('clicks:1.2.0');
    for (let night = 0; night < nights; night++) {
      await grow(night);
      const result = await build('clicks', { config, now: runOf(night), snapshot: 'newest' });
      assert.equal(result.status, 'built', dayOf(night));
      assert.equal(result.config, snapshotOf(night));
      assert.equal(result.splits[0]?.examples, (night + 1) * rowsADay);
      assert.deepEqual(await registry().aliases(clicks, nightly), { config: snapshotOf(night), version: '1.2.0' });
      assert.equal(await digestOf('clicks:1.2.0'), frozen);
    }
    assert.equal(await examples('clicks:1.2.0'), rowsADay);
    assert.equal(await examples('clicks@nightly'), nights * rowsADay);
    assert.equal(await examples(`clicks/${snapshotOf(9)}:1.2.0`), 10 * rowsADay);
    const moves = await aliasHistory(registry(), clicks, nightly);
    assert.deepEqual(
      moves.map(({ target }) => target?.config),
      Array.from({ length: nights }, (_, night) => snapshotOf(night)),
    );
  });

  it('do nothing when the scheduler runs twice', async () => {
    const again = await build('clicks', { config, now: runOf(nights - 1), snapshot: 'newest' });
    assert.deepEqual([again.status, again.warnings, again.movedAlias], ['exists', undefined, undefined]);
  });

  it('can be opened by stock tfds, each of them', async function () {
    const oracle = requireOracle(this);
    const name = `clicks/${snapshotOf(9)}:1.2.0`;
    const asked = { name, data_dir: project.registry, split: 'train' };
    const read = plain(await oracle.call('tfds.read', asked)) as readonly unknown[];
    assert.equal(read.length, 10 * rowsADay);
  });

  it('leave the alias where it was when the guards refuse a night', async () => {
    // A partition that was not loaded: fewer rows than half of those of the night before, and more than chance gives.
    await project.addFile('datasets/clicks/clicks.csv', `n,day\n0,${dayOf(0)}\n`);
    const refused: Promise<BuildResult> = build('clicks', { config, now: runOf(nights), snapshot: 'newest' });
    await assert.rejects(refused, { code: 'GUARD_FAILED' });
    assert.deepEqual(await registry().aliases(clicks, nightly), { config: snapshotOf(nights - 1), version: '1.2.0' });
    await grow(nights);
    const mended = await build('clicks', { config, now: runOf(nights), snapshot: 'newest' });
    assert.deepEqual([mended.status, mended.movedAlias?.name], ['built', 'nightly']);
  });

  it('are pruned to the newest seven and the last of each month, and to what is in use', async () => {
    const { promote } = await import('../../../src/promotion/index.js');
    await promote(`clicks/${snapshotOf(2)}:1.2.0`, { alias: 'trial', config, reason: 'a trial' });
    const all = Array.from({ length: nights + 1 }, (_, night) => snapshotOf(night));
    const expected = all.filter((name, night) => {
      const isLastOfMonth = name.slice(0, 6) !== all[night + 1]?.slice(0, 6);
      return night > nights - 7 || isLastOfMonth || night === 2;
    });
    const rules = { names: [clicks], snapshots: await snapshotRules(config, [clicks]) };
    const planned = await prune(registry(), rules);
    const stays = planned.versions.filter(({ keptBecause }) => keptBecause.length > 0);
    assert.deepEqual(
      stays
        .map(({ version }) => version.config)
        .filter((name) => name !== undefined)
        .sort(),
      expected,
    );
    assert.equal((await registry().listDataset(clicks))?.configs.length, nights + 1, 'it says first what would go');
    await prune(registry(), { ...rules, remove: true });
    const left = await registry().listDataset(clicks);
    assert.deepEqual(left?.configs.map(({ name }) => name as string).sort(), expected);
    assert.deepEqual(left?.versions, ['1.2.0']);
    await assert.rejects(load(`clicks/${snapshotOf(5)}:1.2.0`, { config }), { code: 'VERSION_REMOVED' });
  });

  it('are not built again because they were pruned', async () => {
    const { dueSnapshotsOf, findDefinition } = await import('../../../src/build/index.js');
    const definition = await findDefinition('clicks', config);
    assert.deepEqual(await dueSnapshotsOf(definition, registry(), { now: runOf(nights) }), []);
    await rm(join(project.registry, 'clicks', snapshotOf(nights)), { recursive: true });
    const due = await dueSnapshotsOf(definition, registry(), { now: runOf(nights + 1) });
    assert.deepEqual(
      due.map(({ name }) => name),
      [snapshotOf(nights), snapshotOf(nights + 1)],
    );
  });
});
