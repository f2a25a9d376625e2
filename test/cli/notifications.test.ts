import assert from 'node:assert/strict';
import { startWebhooks, statuses, type WebhookServer } from '../notify/webhook-server.js';
import { TemporaryProject } from './run-cli.js';

const numbers = `
import { DatasetBuilder, features, type Pipeline, scalar } from 'ailab-datasets';
const schema = features({ value: scalar('int32') });
export class Numbers extends DatasetBuilder<typeof schema> {
  static override readonly datasetName = 'numbers';
  static override readonly versions = { '1.0.0': 'First.' };
  override info() {
    return { description: 'Numbers.', features: schema };
  }
  override splits(pipeline: Pipeline) {
    return { train: pipeline.generate(function* () { yield [1, { value: 1 }] as const; }) };
  }
}
`;
const config = JSON.stringify({
  datasets: ['datasets'],
  notifications: [
    { kind: 'slack', url: { env: 'HOOK' }, events: ['publish'] },
    { kind: 'command', command: ['node', '-e', 'process.exit(3)'], events: ['promote'] },
  ],
});

describe('notifications of commands', () => {
  let project: TemporaryProject;
  let server: WebhookServer;
  beforeEach(async () => {
    project = await TemporaryProject.create({
      'package.json': '{ "type": "module" }',
      'ailab-datasets.config.json': config,
      'datasets/numbers/builder.ts': numbers,
    });
    server = await startWebhooks(statuses(200, 403));
  });
  afterEach(async () => {
    await server.stop();
    await project.remove();
  });

  it('are tried by a command, which says what became of each', async () => {
    const env = { HOOK: `${server.url}/planted-token` };
    const { code, stdout, stderr } = await project.run(['notifications', 'test'], { env });
    assert.equal(code, 5);
    assert.equal(stderr, '');
    assert.equal(
      stdout,
      [
        'notification  kind     to    what became of it',
        '0             slack    HOOK  delivered',
        '1             command  node  the program ended with 3',
        '',
      ].join('\n'),
    );
    assert.match(server.received[0]?.body ?? '', /This is a test/);
  });

  it('are delivered before a build ends, and are a warning where they can not be', async () => {
    const env = { HOOK: `${server.url}/planted-token` };
    const built = await project.run(['build', 'numbers', '--runner', 'inline', '--quiet'], { env });
    assert.equal(built.code, 0, built.stderr);
    assert.match(server.received[0]?.body ?? '', /numbers:1\.0\.0 is published/);
    const again = await project.run(['build', 'numbers', '--runner', 'inline', '--quiet', '--overwrite'], { env });
    assert.equal(again.code, 0, again.stderr);
    assert.match(
      again.stderr,
      /^warning: the event publish of numbers:1\.0\.0 could not be told: .*the server answers 403\n$/,
    );
    const promoted = await project.run(['promote', 'numbers:1.0.0', 'prod', '-m', 'good']);
    assert.equal(promoted.code, 0, promoted.stderr);
    assert.match(promoted.stderr, /^warning: .*notifications\[1\] \(command, node\): the program ended with 3\n$/);
    assert.doesNotMatch(`${again.stdout}${again.stderr}${promoted.stderr}`, /planted/);
  });
});
