import assert from 'node:assert/strict';
import { access, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openRegistry, readAudit } from '../../src/registry/index.js';
import { type RebuildEvent, type RebuildOptions, type RebuildReport, rebuild } from '../../src/schedule/index.js';
import { FakeClock } from './fake-clock.js';
import { ScheduleProject } from './schedule-project.js';

const now = new Date('2026-11-21T03:00:00Z');

/** `reference status` of each step, in order. */
function outline({ outcomes }: RebuildReport): readonly string[] {
  return outcomes.map(({ step, status }) => `${step.reference} ${status}`);
}

describe('a rebuild', () => {
  let project: ScheduleProject;
  let clock: FakeClock;
  beforeEach(async () => {
    project = await ScheduleProject.create();
    clock = new FakeClock(now);
  });
  afterEach(() => project.remove());

  const run = async (options: Partial<RebuildOptions> = {}): Promise<RebuildReport> =>
    rebuild({ all: true, config: await project.config(), now, clock, random: () => 0, parallel: 2, ...options });

  it('builds each data set after what it is made from, and at once again nothing', async () => {
    await project.add('report', { from: ['ranking', 'users'] });
    await project.add('ranking', { from: ['users'] });
    await project.add('users', { rows: [1, 2, 3] });
    const events: RebuildEvent[] = [];
    const first = await run({ onEvent: (event) => events.push(event) });
    assert.deepEqual(outline(first), ['users:1.0.0 published', 'ranking:1.0.0 published', 'report:1.0.0 published']);
    assert.deepEqual([first.exitCode, first.counts.published, first.bytesBilled], [0, 3, 0]);
    // 3 of users; its own 2 and those of users; its own 2, those of ranking and of users.
    assert.deepEqual(
      first.outcomes.map(({ examples }) => examples),
      [3, 5, 10],
    );
    const kinds = events.flatMap((event) => (event.type === 'step-progress' ? [] : [event.type]));
    const ofSteps = ['step-start', 'step-end', 'step-start', 'step-end', 'step-start', 'step-end'];
    assert.deepEqual(kinds, ['run-start', ...ofSteps, 'run-end']);
    const second = await run();
    assert.deepEqual(outline(second), ['users:1.0.0 nothing', 'ranking:1.0.0 nothing', 'report:1.0.0 nothing']);
    assert.equal(second.exitCode, 0);
  });

  it('goes on with the rest when one fails, and says what it skipped for it', async () => {
    await project.add('report', { from: ['ranking'] });
    await project.add('ranking', { from: ['users'] });
    await project.add('users', { before: "throw new RangeError('no luck');" });
    await project.add('clicks');
    await project.add('sessions', { from: ['clicks'] });
    const report = await run();
    assert.deepEqual(outline(report), [
      'clicks:1.0.0 published',
      'users:1.0.0 failed',
      'ranking:1.0.0 skipped',
      'sessions:1.0.0 published',
      'report:1.0.0 skipped',
    ]);
    assert.equal(report.exitCode, 3);
    const [, users, ranking, , last] = report.outcomes;
    assert.equal(users?.error?.code, 'USER_CODE');
    // What an author's code throws may hold values of the data: it is shown, and kept nowhere.
    assert.match(users?.because ?? '', /the code of the data set failed with RangeError/);
    assert.doesNotMatch(JSON.stringify(report), /no luck/);
    assert.deepEqual([ranking?.becauseOf, last?.becauseOf], [['users:1.0.0'], ['users:1.0.0']]);
  });

  it('ends with 4 when nothing is as it should be', async () => {
    await project.add('users', { before: "throw new RangeError('no luck');" });
    await project.add('ranking', { from: ['users'] });
    assert.equal((await run()).exitCode, 4);
  });

  it('tries again what a network broke off, with longer and longer pauses', async () => {
    // A failure for each file that is there, which it takes away.
    const before = `const fs = await import('node:fs');
    for (const name of ['a', 'b']) {
      const file = new URL('./down-' + name, import.meta.url);
      if (!fs.existsSync(file)) continue;
      fs.rmSync(file);
      throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    }`;
    await project.add('users', { before: `return (async () => { ${before}`, after: '})();' });
    await project.add('ranking', { from: ['users'] });
    // Each meets the plan, which runs splits() as well.
    await project.write('datasets/users/down-a', '');
    await project.write('datasets/users/down-b', '');
    const report = await run();
    assert.deepEqual(outline(report), ['users:1.0.0 published', 'ranking:1.0.0 published']);
    assert.deepEqual([report.outcomes[0]?.attempts, clock.pauses], [1, [5, 10]]);
  });

  it('tries a build again that a network broke off', async () => {
    const read = `const fs = await import('node:fs');
      const file = new URL('./down', import.meta.url);
      if (fs.existsSync(file)) { fs.rmSync(file); throw Object.assign(new Error('reset'), { code: 'ECONNRESET' }); }`;
    await project.add('users', {
      before: `return { train: p.generate(async function* () { ${read} yield ['1', { number: 1n, origin: 'users' }]; }) };`,
    });
    await project.write('datasets/users/down', '');
    const events: RebuildEvent[] = [];
    const report = await run({ onEvent: (event) => events.push(event) });
    assert.deepEqual(outline(report), ['users:1.0.0 published']);
    assert.deepEqual([report.outcomes[0]?.attempts, clock.pauses], [2, [5]]);
    const retries = events.flatMap((event) => (event.type === 'step-retry' ? [event] : []));
    assert.deepEqual(
      retries.map(({ attempt, error, pauseSeconds }) => [attempt, error.code, pauseSeconds]),
      [[1, 'USER_CODE', 5]],
    );
  });

  it('gives up what a network breaks off each time', async () => {
    const reset = "throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });";
    await project.add('users', { before: reset });
    const report = await run({ retry: { attempts: 4 } });
    assert.deepEqual(outline(report), ['users:1.0.0 failed']);
    assert.deepEqual([report.outcomes[0]?.attempts, clock.pauses], [0, [5, 10, 20]]);
  });

  it('builds nothing downstream of what gives the same data', async () => {
    await project.add('users', { rows: [1, 2, 3] });
    await project.add('ranking', { from: ['users'] });
    await run();
    await project.write('datasets/users/rows.txt', '3\n2\n1\n');
    const report = await run();
    assert.deepEqual(outline(report), ['users:1.0.0 attested', 'ranking:1.0.0 unchanged']);
    assert.deepEqual(outline(await run()), ['users:1.0.0 nothing', 'ranking:1.0.0 nothing']);
  });

  it('leaves to a person what a version does not give any more, and what is made from it to the next run', async () => {
    await project.add('users', { rows: [1, 2, 3] });
    await project.add('ranking', { from: ['users'] });
    await project.add('clicks');
    await run();
    await project.write('datasets/users/rows.txt', '1\n2\n3\n4\n');
    await rm(join(project.directory, 'registry', 'ranking'), { recursive: true });
    for (let night = 0; night < 2; night++) {
      const report = await run();
      assert.deepEqual(outline(report), ['clicks:1.0.0 nothing', 'users:1.0.0 person', 'ranking:1.0.0 skipped']);
      assert.match(report.outcomes[1]?.hint ?? '', /Add a version/);
      assert.equal(report.exitCode, 3);
    }
    await assert.rejects(access(join(project.directory, 'registry', 'ranking', '1.0.0')));
  });

  it('builds each version once where two run at once, and neither calls that a failure', async () => {
    await project.add('users', { rows: [1, 2, 3] });
    await project.add('clicks');
    await project.add('ranking', { from: ['users', 'clicks'] });
    const both = await Promise.all([run(), run()]);
    const words = new Set(both.flatMap(({ outcomes }) => outcomes.map(({ status }) => status)));
    assert.deepEqual(
      [...words].filter((word) => !['published', 'elsewhere', 'unchanged', 'nothing'].includes(word)),
      [],
    );
    assert.deepEqual(await audited('publish'), ['clicks', 'ranking', 'users']);
    await project.write('datasets/users/rows.txt', '3\n2\n1\n');
    const again = await Promise.all([run(), run()]);
    assert.deepEqual(
      again.map(({ exitCode }) => exitCode),
      [0, 0],
    );
    assert.deepEqual(await audited('attest'), ['users']);
  });

  const audited = async (wanted: string): Promise<readonly string[]> => {
    const found: string[] = [];
    for await (const { action, subject } of readAudit(openRegistry((await project.config()).registry))) {
      if (action === wanted) found.push(String(subject.name));
    }
    return found.sort();
  };
});
