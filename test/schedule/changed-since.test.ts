import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { planRebuild, type RebuildPlan } from '../../src/schedule/index.js';
import { ScheduleProject } from './schedule-project.js';

const now = new Date('2026-11-21T03:00:00Z');

describe('what was changed since a commit', () => {
  let project: ScheduleProject;
  beforeEach(async () => {
    project = await ScheduleProject.create();
    await project.write('lib/clean.ts', 'export const clean = 1;\n');
    await project.write('lib/far.ts', "export { clean } from './clean.js';\n");
    await project.write('package-lock.json', '{}');
    await project.add('users', { head: "import { clean } from '../../lib/far.ts';\nvoid clean;" });
    await project.add('clicks');
    await project.add('ranking', { from: ['users', 'clicks'] });
    await project.add('other');
    await git('init', '-q', '-b', 'main', '.');
    await git('config', 'user.email', 'ann@lab');
    await git('config', 'user.name', 'Ann');
    await project.write('.gitignore', 'registry\ncache\n');
    await commit();
  });
  afterEach(() => project.remove());

  const git = (...args: readonly string[]) => promisify(execFile)('git', args, { cwd: project.directory });
  const commit = async () => {
    await git('add', '-A');
    await git('commit', '-q', '-m', 'more');
  };
  const plan = async (ref = 'main'): Promise<RebuildPlan> =>
    planRebuild({ changedSince: ref, config: await project.config(), now });
  /** `users lib/clean.ts` */
  const touched = ({ steps }: RebuildPlan) => steps.map((step) => [step.dataset, ...step.touchedBy].join(' '));

  it('is nothing at first', async () => {
    assert.deepEqual(touched(await plan()), []);
  });

  it('is what imports a helper of a helper, what is made from that, and what this is made from', async () => {
    await git('checkout', '-q', '-b', 'mine');
    await project.write('lib/clean.ts', 'export const clean = 2;\n');
    await commit();
    assert.deepEqual(touched(await plan()), ['clicks', 'users lib/clean.ts', 'ranking']);
  });

  it('counts what is not committed, not tracked, renamed or deleted', async () => {
    await project.write('datasets/other/rows.txt', '5\n');
    await project.write('datasets/clicks/more.txt', '5\n');
    await git('mv', 'datasets/users/rows.txt', 'datasets/users/lines.txt');
    assert.deepEqual(touched(await plan()), [
      'clicks datasets/clicks/more.txt',
      'other datasets/other/rows.txt',
      'users datasets/users/lines.txt datasets/users/rows.txt',
      'ranking',
    ]);
    await rm(join(project.directory, 'datasets/users'), { recursive: true });
    assert.deepEqual(touched(await plan()).slice(0, 2), [
      'clicks datasets/clicks/more.txt',
      'other datasets/other/rows.txt',
    ]);
  });

  it('does not count what the other branch got meanwhile', async () => {
    await git('checkout', '-q', '-b', 'mine');
    await project.write('datasets/other/rows.txt', '5\n');
    await commit();
    await git('checkout', '-q', 'main');
    await project.write('datasets/users/rows.txt', '5\n');
    await commit();
    await git('checkout', '-q', 'mine');
    assert.deepEqual(touched(await plan()), ['other datasets/other/rows.txt']);
  });

  it('does not count a lock file where no packages are imported', async () => {
    await project.write('package-lock.json', '{ "name": "other" }');
    assert.deepEqual(touched(await plan()), []);
  });

  it('can’t be told without a repository, for a ref that nobody knows, or in a shallow clone', async () => {
    await assert.rejects(plan('v9'), {
      code: 'USAGE',
      message: /knows no commit, branch or tag "v9"/,
      hint: /git fetch/,
    });
    await assert.rejects(plan('--output=x'), { code: 'USAGE', message: /knows no commit/ });
    await git('checkout', '-q', '-b', 'mine');
    await project.write('datasets/other/rows.txt', '5\n');
    await commit();
    await git('clone', '-q', '--depth', '1', '--branch', 'mine', `file://${project.directory}`, 'shallow');
    const shallow = { changedSince: 'origin/main', config: await project.config(), now };
    const cwd = join(project.directory, 'shallow');
    await assert.rejects(planRebuild({ ...shallow, cwd }), { code: 'USAGE', hint: /shallow clone.*fetch-depth: 0/ });
    await rm(join(project.directory, '.git'), { recursive: true });
    await assert.rejects(plan(), { code: 'USAGE', message: /is in no git repository/ });
  });
});
