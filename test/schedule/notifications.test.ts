import assert from 'node:assert/strict';
import { notificationsSent } from '../../src/notify/index.js';
import { rebuild } from '../../src/schedule/index.js';
import { startWebhooks } from '../notify/webhook-server.js';
import { FakeClock } from './fake-clock.js';
import { ScheduleProject } from './schedule-project.js';

const variable = 'AILAB_TEST_REBUILD_HOOK';
const now = new Date('2026-11-21T03:00:00Z');

describe('the notifications of a rebuild', () => {
  it('tell a failure once, however often it was tried, and not what was skipped for it', async () => {
    const project = await ScheduleProject.create();
    const server = await startWebhooks();
    process.env[variable] = server.url;
    try {
      const reset = "throw Object.assign(new Error('planted-value'), { code: 'ECONNRESET' });";
      await project.add('cut_off', { before: `return { train: p.generate(async function* () { ${reset} }) };` });
      await project.add('derived', { from: ['cut_off'] });
      await project.add('broken', { head: "throw new Error('planted-value');" });
      await project.add('fine');
      const config = await project.config({
        notifications: [{ kind: 'http', url: { env: variable }, events: ['failure', 'publish'] }],
      });
      const { exitCode, outcomes } = await rebuild({
        all: true,
        config,
        now,
        clock: new FakeClock(now),
        random: () => 0,
      });
      assert.equal(exitCode, 3);
      assert.equal(outcomes.find(({ step }) => step.dataset === 'cut_off')?.attempts, 3);
      await notificationsSent();
      const told = server.received.map(
        ({ body }) => JSON.parse(body).data as { event: string; dataset: string; failure?: { code: string } },
      );
      assert.deepEqual(told.map(({ event, dataset, failure }) => [event, dataset, failure?.code]).sort(), [
        ['failure', 'broken', 'BUILDER_INVALID'],
        ['failure', 'cut_off', 'USER_CODE'],
        ['publish', 'fine', undefined],
      ]);
      assert.doesNotMatch(JSON.stringify(server.received), /planted/);
    } finally {
      delete process.env[variable];
      await server.stop();
      await project.remove();
    }
  });
});
