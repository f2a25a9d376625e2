import assert from 'node:assert/strict';
import { join } from 'node:path';
import { build } from '../../src/build/index.js';
import { notificationEvents } from '../../src/core/config/index.js';
import { notificationsSent } from '../../src/notify/index.js';
import { promote, rollback, unyank, yank } from '../../src/promotion/index.js';
import { startWebhooks, type WebhookServer } from '../notify/webhook-server.js';
import { TeamProject } from './team-project.js';

const variable = 'AILAB_TEST_BUILD_HOOK';
const good = 'key,value\na,1\nb,2\n';
/** What the author's code complains of, and quotes. */
const bad = `${good}planted-key,13\n`;
const body = (versions: string, supported: string) => `
  static override readonly versions = ${versions};
  static override readonly supportedVersions = ${supported};
  override info() { return { description: 'd', features: features({ value: scalar('int32') }) }; }
  override splits(p: any) {
    return { train: p.read(csv('./rows.csv', { types: { value: 'int32' } })).keyBy((row: any) => row.key).mapValues((row: any) => {
      if (row.value === 13) throw new Error('planted-text of ' + row.key);
      return { value: row.value };
    }) };
  }`;

describe('whoever wants to know', () => {
  let project: TeamProject;
  let server: WebhookServer;
  let seen: number;
  beforeEach(async () => {
    project = await TeamProject.create();
    await project.addDataset('numbers', body("{ '2.0.0': 'The same again.', '1.0.0': 'First.' }", "['1.0.0']"));
    await project.addFile('datasets/numbers/rows.csv', good);
    server = await startWebhooks();
    seen = 0;
    process.env[variable] = `${server.url}/planted-token`;
  });
  afterEach(async () => {
    delete process.env[variable];
    await server.stop();
    await project.remove();
  });

  const config = (registries: Readonly<Record<string, string>> = {}) =>
    project.config({
      runner: 'inline',
      registries,
      registry: 'registry',
      notifications: [{ kind: 'http', url: { env: variable }, events: notificationEvents }],
    });
  /** What was told since the last call, in the order of their names: deliveries have none. */
  const told = async (): Promise<readonly string[]> => {
    await notificationsSent();
    const news = server.received.slice(seen).map(({ body: text }) => JSON.parse(text).data as Record<string, unknown>);
    seen = server.received.length;
    return news.map(({ event, message }) => `${event}: ${message}`).sort();
  };
  const write = (rows: string) => project.addFile('datasets/numbers/rows.csv', rows);
  const builds = async (reference: string) => (await build(reference, { config: await config() })).status;

  it('is told of what builds come to, and once that all is well again', async () => {
    const { registry } = project;
    const failure =
      'failure: numbers:1.0.0 could not be built: USER_CODE at transform train/mapValues: the log of the build says more';
    const start = `start: numbers:1.0.0 is being built for ${registry}`;
    await write(bad);
    await assert.rejects(builds('numbers:1.0.0'), /planted-text/);
    assert.deepEqual((await told()).map(withoutTransform), [failure, start].map(withoutTransform));

    await write(good);
    assert.equal(await builds('numbers:1.0.0'), 'built');
    assert.deepEqual(await told(), [
      `publish: numbers:1.0.0 is published in ${registry} (examples: train 2)`,
      'recovery: numbers:1.0.0 is built again, after a build that failed',
      start,
    ]);
    assert.equal(await builds('numbers:1.0.0'), 'exists');
    assert.deepEqual(await told(), []);

    await write(bad);
    await assert.rejects(builds('numbers:1.0.0'), /planted-text/);
    assert.deepEqual((await told()).map(withoutTransform), [failure, start].map(withoutTransform));
    // What failed is taken back: the version that is there is right, and nothing is built.
    await write(good);
    assert.equal(await builds('numbers:1.0.0'), 'exists');
    assert.deepEqual(await told(), ['recovery: numbers:1.0.0 is built again, after a build that failed']);
    assert.equal(await builds('numbers:1.0.0'), 'exists');
    assert.deepEqual(await told(), []);

    assert.doesNotMatch(JSON.stringify(server.received.map(({ body: text }) => text)), /planted/);
  });

  it('is told that the next version is built after one that failed', async () => {
    await write(bad);
    await assert.rejects(builds('numbers:1.0.0'), /planted-text/);
    await told();
    await write(good);
    await builds('numbers:2.0.0');
    assert.deepEqual(
      (await told()).filter((event) => event.startsWith('recovery')),
      ['recovery: numbers:2.0.0 is built again, after a build that failed'],
    );
  });

  it('is told nothing of samples, and of data sets that are not there what is wrong', async () => {
    await build('numbers:1.0.0', { config: await config(), maxExamplesPerSplit: 1 });
    assert.deepEqual(await told(), []);
    await assert.rejects(builds('nmubers'), { code: 'DATASET_UNKNOWN' });
    const [event, ...others] = await told();
    assert.match(event ?? '', /^failure: nmubers could not be built: DATASET_UNKNOWN/);
    assert.deepEqual(others, []);
  });

  it('is told of promotions, rollbacks and yanks', async () => {
    const { registry } = project;
    await builds('numbers:1.0.0');
    await write('key,value\na,1\n');
    await builds('numbers:2.0.0');
    await told();
    const asked = { config: await config(), actor: 'ada@lab' };
    await promote('numbers:1.0.0', { ...asked, alias: 'prod' });
    await promote('numbers:2.0.0', { ...asked, alias: 'prod', reason: 'better' });
    await promote('numbers:2.0.0', { ...asked, alias: 'prod', reason: 'once more' });
    assert.deepEqual(await told(), [
      'promote: numbers@prod stands for numbers:1.0.0 now',
      'promote: numbers@prod stands for numbers:2.0.0 now, before for numbers:1.0.0: better',
    ]);
    await yank('numbers:2.0.0', { ...asked, reason: 'wrong labels' });
    await yank('numbers:2.0.0', { ...asked, reason: 'wrong labels' });
    await unyank('numbers:2.0.0', asked);
    await rollback('numbers', 'prod', asked);
    assert.deepEqual(await told(), [
      'rollback: numbers@prod was taken back to numbers:1.0.0 from numbers:2.0.0',
      'unyank: numbers:2.0.0 may be used again',
      'yank: numbers:2.0.0 is not to be used any more: wrong labels (@prod still stands for 2.0.0)',
    ]);
    const other = join(project.directory, 'other');
    await promote('numbers:1.0.0', { ...asked, from: registry, to: other, reason: 'release 12' });
    assert.deepEqual(await told(), [`promote: numbers:1.0.0 was copied from ${registry} to ${other}: release 12`]);
  });
});

function withoutTransform(message: string): string {
  return message.replace(/transform [^:]+/, 'transform');
}
