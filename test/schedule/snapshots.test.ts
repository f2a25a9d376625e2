import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAliasName, parseDatasetName } from '../../src/core/names/index.js';
import { openRegistry, readAlias } from '../../src/registry/index.js';
import { planRebuild, type RebuildPlan, type RebuildReport, rebuild } from '../../src/schedule/index.js';
import { FakeClock } from './fake-clock.js';
import { ScheduleProject } from './schedule-project.js';

const daily = "  static override readonly snapshots = 'daily';";
const ofSnapshot = 'days/<snapshot>.txt';

function outline({ steps }: RebuildPlan): readonly string[] {
  return steps.map(({ reference, action, wave }) => `${reference} ${action} ${wave}`);
}

function outcomes({ outcomes: all }: RebuildReport): readonly string[] {
  return all.map(({ step, status }) => `${step.reference} ${status}`);
}

describe('snapshots that are due', () => {
  let project: ScheduleProject;
  beforeEach(async () => {
    project = await ScheduleProject.create();
    await project.add('users', { statics: daily, file: ofSnapshot });
    await project.add('ranking', { statics: daily, file: ofSnapshot, from: ['users/<snapshot>'] });
    for (let day = 10; day < 30; day++) {
      await project.write(`datasets/users/days/202611${day}.txt`, `${day}\n`);
      await project.write(`datasets/ranking/days/202611${day}.txt`, `${day}\n`);
    }
  });
  afterEach(() => project.remove());

  /** At three in the morning of a day of November. */
  const at = (day: number) => new Date(Date.UTC(2026, 10, day, 3));
  const plan = async (day: number, names: readonly string[] = []): Promise<RebuildPlan> =>
    planRebuild({ ...(names.length === 0 ? { all: true } : { names }), config: await project.config(), now: at(day) });
  const run = async (day: number): Promise<RebuildReport> =>
    rebuild({ all: true, config: await project.config(), now: at(day), clock: new FakeClock(at(day)) });
  const nightly = async (name: string) =>
    (
      await readAlias(
        openRegistry((await project.config()).registry),
        parseDatasetName(name),
        parseAliasName('nightly'),
      )
    )?.target?.config;

  it('are built after those of the same day that they are made from, and nightly moves to them', async () => {
    const planned = await plan(22);
    assert.deepEqual(outline(planned), ['users/20261121:1.0.0 build 1', 'ranking/20261121:1.0.0 build 2']);
    assert.deepEqual(planned.steps[1]?.upstreams, ['users/20261121:1.0.0']);
    assert.deepEqual(planned.steps[1]?.aliases, ['nightly']);
    const report = await run(22);
    assert.deepEqual(outcomes(report), ['users/20261121:1.0.0 published', 'ranking/20261121:1.0.0 published']);
    assert.deepEqual(report.outcomes[0]?.movedAliases, ['nightly']);
    assert.equal(await nightly('ranking'), '20261121');
    assert.deepEqual(outcomes(await run(22)), ['users/20261121:1.0.0 nothing', 'ranking/20261121:1.0.0 nothing']);
  });

  it('are caught up with when nights were missed, oldest first', async () => {
    await run(20);
    assert.deepEqual(outline(await plan(23)), [
      'users/20261120:1.0.0 build 1',
      'ranking/20261120:1.0.0 build 2',
      'users/20261121:1.0.0 build 2',
      'ranking/20261121:1.0.0 build 3',
      'users/20261122:1.0.0 build 3',
      'ranking/20261122:1.0.0 build 4',
    ]);
    assert.equal((await run(23)).counts.published, 6);
    assert.equal(await nightly('users'), '20261122');
  });

  it('are caught up with for a week, and what is older is named', async () => {
    await run(12);
    const { steps, warnings } = await plan(25);
    const users = steps.filter(({ dataset }) => dataset === 'users').map(({ snapshot }) => snapshot);
    assert.deepEqual(
      users,
      ['18', '19', '20', '21', '22', '23', '24'].map((day) => `202611${day}`),
    );
    assert.deepEqual(
      warnings.map((text) => text.split(': ')),
      [
        [
          'ranking',
          '6 snapshots, 20261112 to 20261117, were missed longer ago than the 7 periods that are caught up with',
          'ailab-datasets build ranking --from 20261112 --to 20261117',
        ],
        [
          'users',
          '6 snapshots, 20261112 to 20261117, were missed longer ago than the 7 periods that are caught up with',
          'ailab-datasets build users --from 20261112 --to 20261117',
        ],
      ],
    );
  });

  it('are built the next night when a source was late, and those that are made from them', async () => {
    await run(20);
    const late = join(project.directory, 'datasets/users/days/20261120.txt');
    await rm(late);
    assert.deepEqual(outcomes(await run(21)), ['users/20261120:1.0.0 failed', 'ranking/20261120:1.0.0 skipped']);
    assert.deepEqual(outcomes(await run(22)), [
      'users/20261120:1.0.0 failed',
      'ranking/20261120:1.0.0 skipped',
      'users/20261121:1.0.0 published',
      'ranking/20261121:1.0.0 published',
    ]);
    await project.write('datasets/users/days/20261120.txt', '20\n');
    assert.deepEqual(outcomes(await run(22)), ['users/20261120:1.0.0 published', 'ranking/20261120:1.0.0 published']);
    assert.equal(await nightly('users'), '20261121');
  });

  it('are not built again when they were removed', async () => {
    for (const day of [20, 21, 22]) await run(day);
    const config = await project.config();
    await rm(join(config.registry, 'ranking/20261120/1.0.0'), { recursive: true });
    const left = {
      state: 'removed',
      contentDigest: '',
      bytes: 1,
      createdAt: '',
      removedAt: '',
      actor: 'a',
      reason: 'b',
    };
    await project.write('registry/ranking/20261120/.removed/1.0.0.json', JSON.stringify(left));
    assert.deepEqual(outline(await plan(22)), ['users/20261121:1.0.0 nothing 1', 'ranking/20261121:1.0.0 nothing 2']);
  });

  it('are not meant by who names a version', async () => {
    assert.deepEqual(outline(await plan(22, ['users:1.0.0'])), ['users:1.0.0 build 1']);
  });

  it('get their alias when whoever published them died before it was moved', async () => {
    await run(22);
    await rm(join(project.directory, 'registry', 'users', '.aliases'), { recursive: true });
    const report = await run(22);
    assert.deepEqual(outcomes(report), ['users/20261121:1.0.0 unchanged', 'ranking/20261121:1.0.0 nothing']);
    assert.deepEqual(report.outcomes[0]?.movedAliases, ['nightly']);
    assert.equal(await nightly('users'), '20261121');
  });
});
