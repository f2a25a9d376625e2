import assert from 'node:assert/strict';
import { build } from '../../src/build/index.js';
import { planRebuild, type RebuildPlan } from '../../src/schedule/index.js';
import { ScheduleProject } from './schedule-project.js';

const now = new Date('2026-11-21T03:00:00Z');

/** `reference action wave` of each step, in order. */
function outline({ steps }: RebuildPlan): readonly string[] {
  return steps.map(({ reference, action, wave }) => `${reference} ${action} ${wave}`);
}

describe('the plan of a rebuild', () => {
  let project: ScheduleProject;
  beforeEach(async () => {
    project = await ScheduleProject.create();
  });
  afterEach(() => project.remove());

  it('puts each data set after what it is made from', async () => {
    await project.add('report', { from: ['ranking', 'users'] });
    await project.add('ranking', { from: ['users', 'clicks'] });
    await project.add('users');
    await project.add('clicks');
    const plan = await planRebuild({ all: true, config: await project.config(), now });
    assert.deepEqual(outline(plan), [
      'clicks:1.0.0 build 1',
      'users:1.0.0 build 1',
      'ranking:1.0.0 build 2',
      'report:1.0.0 build 3',
    ]);
    assert.deepEqual(plan.steps[3]?.upstreams, ['ranking:1.0.0', 'users:1.0.0']);
    assert.equal(plan.bytesToBill, 0);
  });

  it('takes what a named data set is made from, and nothing else', async () => {
    await project.add('ranking', { from: ['users'] });
    await project.add('users');
    await project.add('other');
    const plan = await planRebuild({ names: ['ranking'], config: await project.config(), now });
    assert.deepEqual(outline(plan), ['users:1.0.0 build 1', 'ranking:1.0.0 build 2']);
  });

  it('has nothing to do where all is published, and leaves open what is made from something that has changed', async () => {
    await project.add('ranking', { from: ['users'] });
    await project.add('users');
    await project.add('other');
    const config = await project.config();
    for (const name of ['users', 'ranking', 'other']) await build(name, { config });
    assert.deepEqual(outline(await planRebuild({ all: true, config, now })), [
      'other:1.0.0 nothing 1',
      'users:1.0.0 nothing 1',
      'ranking:1.0.0 nothing 2',
    ]);
    await project.write('datasets/users/rows.txt', '1\n2\n3\n4\n');
    const plan = await planRebuild({ all: true, config, now });
    assert.deepEqual(outline(plan), ['other:1.0.0 nothing 1', 'users:1.0.0 rebuild 1', 'ranking:1.0.0 maybe 2']);
    assert.match(plan.steps[2]?.because ?? '', /users:1\.0\.0 may give other data/);
  });

  it('names data sets that are made from each other in a circle, and plans the others', async () => {
    await project.add('hen', { from: ['egg'] });
    await project.add('egg', { from: ['hen'] });
    await project.add('omelette', { from: ['egg'] });
    await project.add('other');
    const plan = await planRebuild({ all: true, config: await project.config(), now });
    assert.deepEqual(outline(plan), [
      'egg:1.0.0 broken 1',
      'hen:1.0.0 broken 1',
      'other:1.0.0 build 1',
      'omelette:1.0.0 build 2',
    ]);
    assert.match(plan.steps[0]?.because ?? '', /egg:1\.0\.0 → hen:1\.0\.0 → egg:1\.0\.0/);
  });

  it('says of a builder that can’t be read why, and plans the others', async () => {
    await project.add('users');
    await project.add('ranking', { from: ['torn'] });
    await project.write('datasets/torn/builder.ts', 'export class Torn {');
    const plan = await planRebuild({ all: true, config: await project.config(), now });
    assert.deepEqual(outline(plan), ['torn broken 1', 'users:1.0.0 build 1', 'ranking:1.0.0 build 2']);
    assert.equal(plan.steps[0]?.error?.code, 'BUILDER_INVALID');
    assert.deepEqual(plan.steps[2]?.upstreams, ['torn']);
  });

  it('refuses names that nobody has, and selections that contradict each other', async () => {
    await project.add('users');
    const config = await project.config();
    await assert.rejects(planRebuild({ names: ['user'], config, now }), { code: 'DATASET_UNKNOWN', hint: /users/ });
    await assert.rejects(planRebuild({ names: ['users:2.0.0'], config, now }), { code: 'VERSION_UNKNOWN' });
    await assert.rejects(planRebuild({ names: ['users'], all: true, config, now }), { code: 'USAGE' });
    await assert.rejects(planRebuild({ names: ['users'], changedSince: 'main', config, now }), { code: 'USAGE' });
    await assert.rejects(planRebuild({ all: true, exclude: ['user'], config, now }), { code: 'DATASET_UNKNOWN' });
  });
});
