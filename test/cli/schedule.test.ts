import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { scheduledBuilder, scheduledProject } from '../schedule/scheduled-project.js';
import type { TemporaryProject } from './run-cli.js';

const cron = ['schedule', 'emit', '--target', 'cron', '--project-folder', '/srv/datasets'];

describe('schedule emit', () => {
  let project: TemporaryProject;
  before(async () => {
    project = await scheduledProject();
  });
  after(() => project.remove());

  it('prints with --dry-run what it writes, and says what comes next', async () => {
    const printed = await project.run([...cron, '--dry-run']);
    assert.equal(printed.code, 0, printed.stderr);
    assert.deepEqual((await readdir(project.directory)).includes('deploy'), false);
    const { code, stdout, stderr } = await project.run(cron);
    assert.equal(code, 0, stderr);
    assert.equal(
      stdout,
      `created    deploy/cron/rebuild.crontab

rebuild-daily-0300-asia-tokyo: clicks, items at 0 3 * * *, Asia/Tokyo
rebuild-weekly-1-5-0430-europe-berlin: reports at 30 4 * * 1-5, Europe/Berlin

Next:
  crontab deploy/cron/rebuild.crontab
`,
    );
    assert.equal(printed.stdout, await readFile(project.path('deploy/cron/rebuild.crontab'), 'utf8'));
  });

  it('tells by --check and exit code 1 that a schedule was changed', async () => {
    const same = await project.run([...cron, '--check']);
    assert.deepEqual([same.code, same.stdout], [0, 'The file is as it would be written now.\n']);
    await project.write(
      'datasets/clicks/builder.js',
      scheduledBuilder('clicks', "static schedule = { cron: '0 5 * * *' };"),
    );
    const { code, stdout } = await project.run([...cron, '--check']);
    assert.equal(code, 1);
    assert.match(stdout, /^deploy\/cron\/rebuild\.crontab is not what would be written now\n/);
  });
});
