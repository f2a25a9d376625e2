import assert from 'node:assert/strict';
import { loadConfig, type NotificationConfig } from '../../../src/core/config/index.js';
import { DatasetsError } from '../../../src/core/errors/index.js';

const url = { env: 'HOOK' };

async function loaded(notifications: readonly unknown[]): Promise<readonly NotificationConfig[]> {
  // What a file may hold, which the compiler has not seen.
  const flags = { notifications: notifications as readonly NotificationConfig[] };
  return (await loadConfig({ cwd: '/', env: { HOME: '/home/ada' }, flags })).notifications;
}

describe('the setting notifications', () => {
  it('takes Slack, HTTP and commands', async () => {
    const notifications = [
      { kind: 'slack', url, events: ['failure'], datasets: ['ads_*'], template: '{dataset}: {message} {{}}' },
      { kind: 'http', url: 'https://events.example/datasets', secret: { env: 'HOOK_SECRET' }, registries: ['prod'] },
      { kind: 'command', command: ['./tell', '--loudly'] },
    ];
    assert.deepEqual(await loaded(notifications), notifications);
    assert.deepEqual((await loadConfig({ cwd: '/', env: {} })).notifications, []);
  });

  const refused: readonly (readonly [what: string, notification: unknown, message: RegExp])[] = [
    [
      'an unknown placeholder',
      { kind: 'slack', url, template: '{datset}' },
      /no placeholder \{datset\} \(did you mean \{dataset\}\?\)/,
    ],
    ['an expression', { kind: 'slack', url, template: '{process.env}' }, /no placeholder \{process\.env\}/],
    ['a brace alone', { kind: 'slack', url, template: 'a } b' }, /has a } without its other half; write }}/],
    ['an unknown event', { kind: 'slack', url, events: ['succes'] }, /must be "start" or "failure"/],
    ['an unknown kind', { kind: 'mail', url }, /must be of kind 'slack', 'http' or 'command'/],
    ['an unknown field', { kind: 'slack', url, urls: [] }, /urls/],
    ['an empty command', { kind: 'command', command: [] }, /must be a program and its arguments/],
    [
      'a webhook that is written out',
      { kind: 'slack', url: 'https://hooks.example/planted' },
      /must be \{ env: 'NAME' }/,
    ],
    [
      'an address with a token',
      { kind: 'http', url: 'https://a.example/?token=planted' },
      /without user, password and query/,
    ],
    [
      'an address with a password',
      { kind: 'http', url: 'https://ada:planted@a.example/' },
      /without user, password and query/,
    ],
    ['a secret that is written out', { kind: 'http', url, secret: 'whsec_planted' }, /must be \{ env: 'NAME' }/],
  ];
  for (const [what, notification, message] of refused) {
    it(`refuses ${what}, and quotes no secret`, async () => {
      await assert.rejects(loaded([notification]), (error: unknown) => {
        assert.ok(error instanceof DatasetsError, String(error));
        assert.match(error.message, message);
        assert.doesNotMatch(`${error.message} ${error.hint}`, /planted/);
        return true;
      });
    });
  }
});
