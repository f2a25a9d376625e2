import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NotificationConfig } from '../../src/core/config/index.js';
import { DatasetsError } from '../../src/core/errors/index.js';
import {
  type DeliveryTimings,
  deliveryText,
  failureFacts,
  type NotificationDraft,
  notificationsSent,
  notify,
  testNotifications,
} from '../../src/notify/index.js';
import { requireOracle } from '../oracle/index.js';
import { type Answer, startWebhooks, statuses, type WebhookServer } from './webhook-server.js';

const secret = `whsec_${Buffer.from('planted secret of twenty-four').toString('base64')}`;
const path = '/services/T000/B000/planted-token';
/** Short pauses; nothing is asserted of how long anything takes. */
const timings: DeliveryTimings = {
  attemptMilliseconds: 20_000,
  totalMilliseconds: 20_000,
  firstDelayMilliseconds: 1,
};
const published: NotificationDraft = {
  event: 'publish',
  dataset: 'product_a',
  config: 'men',
  version: '1.2.0',
  registry: '/data/registry',
  location: '/data/registry/product_a/men/1.2.0',
  splits: { train: 8, test: 2 },
  seconds: 3.2,
};
const failed: NotificationDraft = {
  event: 'failure',
  dataset: 'product_a',
  version: '1.2.0',
  registry: '/data/registry',
  failure: failureFacts(new DatasetsError('STORAGE_FULL', 'the disk is full', { hint: 'Make room.' })),
};

describe('notify', () => {
  let directory: string;
  const servers: WebhookServer[] = [];
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ailab-notify-'));
  });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
    await rm(directory, { recursive: true, force: true });
  });

  const start = async (answer?: Answer): Promise<WebhookServer> => {
    const server = await startWebhooks(answer);
    servers.push(server);
    return server;
  };
  /** Tells all that happened, and waits; gives the warnings. */
  const tell = async (
    notifications: readonly NotificationConfig[],
    drafts: readonly NotificationDraft[],
    env: Readonly<Record<string, string>>,
    own: Partial<DeliveryTimings> = {},
  ): Promise<readonly string[]> => {
    const warnings: string[] = [];
    const config = { notifications, registries: { prod: '/data/registry' }, projectDirectory: directory };
    const options = { env, timings: { ...timings, ...own }, onWarning: (text: string) => void warnings.push(text) };
    for (const draft of drafts) notify(draft, config, options);
    await notificationsSent();
    return warnings;
  };
  const slack: NotificationConfig = { kind: 'slack', url: { env: 'SLACK_WEBHOOK' } };
  const http: NotificationConfig = {
    kind: 'http',
    url: { env: 'HOOK' },
    secret: { env: 'HOOK_SECRET' },
    events: ['publish', 'failure'],
  };

  it('writes to Slack what happened, without a way to mention a channel', async () => {
    const server = await start();
    const reason: NotificationDraft = {
      ...published,
      event: 'yank',
      reason: '<!channel> labels & more',
      by: 'ada@lab',
    };
    const template = '{dataset}/{config}:{version} {{{event}}} by {by}: {reason}{code}';
    const warnings = await tell([{ ...slack, events: ['yank'], template }], [reason], {
      SLACK_WEBHOOK: server.url + path,
    });
    assert.deepEqual(warnings, []);
    assert.equal(server.received[0]?.path, path);
    assert.deepEqual(JSON.parse(server.received[0]?.body ?? ''), {
      text: 'product_a/men:1.2.0 {yank} by ada@lab: &lt;!channel&gt; labels &amp; more',
    });
  });

  it('sends CloudEvents that their own library reads, with a signature that Standard Webhooks verifies', async function () {
    const oracle = requireOracle(this);
    const server = await start();
    const env = { HOOK: server.url, HOOK_SECRET: secret };
    assert.deepEqual(await tell([http], [published], env), []);
    const [request] = server.received;
    assert.ok(request);
    const { headers, body } = request;
    const { id, time, ...event } = (await oracle.call('operations.receive', { secret, headers, body })) as {
      readonly id: string;
      readonly time: string;
    };
    assert.equal(id, headers['webhook-id']);
    assert.ok(time.startsWith(String(new Date().getUTCFullYear())), time);
    assert.deepEqual(event, {
      specversion: '1.0',
      source: 'file:///data/registry',
      type: 'ailab-datasets.publish',
      subject: 'product_a/men:1.2.0',
      datacontenttype: 'application/json',
      data: {
        ...published,
        reference: 'product_a/men:1.2.0',
        message: 'product_a/men:1.2.0 is published in /data/registry (examples: train 8, test 2)',
      },
    });
    for (const [changed, as] of [
      [{ body: body.replace('product_a', 'product_b') }, 'another body'],
      [{ headers: { ...headers, 'webhook-id': 'evt_other' } }, 'another id'],
      [{ secret: `whsec_${Buffer.alloc(24, 7).toString('base64')}` }, 'another secret'],
    ] as const) {
      const call = oracle.call('operations.receive', { secret, headers, body, ...changed });
      await assert.rejects(call, { type: 'WebhookVerificationError' }, as);
    }
  });

  it('tries again where a server is busy, with the same id', async () => {
    const server = await start(statuses(503, 429, 200));
    assert.deepEqual(await tell([http], [failed], { HOOK: server.url, HOOK_SECRET: secret }), []);
    assert.equal(server.received.length, 3);
    assert.equal(new Set(server.received.map(({ headers }) => headers['webhook-id'])).size, 1);
    assert.equal(new Set(server.received.map(({ body }) => body)).size, 1);
  });

  it('does not wait for longer than it may, whatever Retry-After asks', async () => {
    const server = await start((_, response) => void response.writeHead(429, { 'retry-after': '3600' }).end());
    const [warning] = await tell([http], [failed], { HOOK: server.url, HOOK_SECRET: secret });
    assert.match(warning ?? '', /the server answers 429, and asks to wait 3600 s$/);
    assert.equal(server.received.length, 1);
  });

  it('waits as long as Retry-After asks, where there is time', async () => {
    const server = await start(
      (index, response) => void response.writeHead(index === 0 ? 503 : 200, { 'retry-after': '0' }).end(),
    );
    assert.deepEqual(await tell([http], [failed], { HOOK: server.url, HOOK_SECRET: secret }), []);
    assert.equal(server.received.length, 2);
  });

  it('tries no more where a server refuses', async () => {
    const server = await start(statuses(403));
    const warnings = await tell([http], [failed], { HOOK: server.url, HOOK_SECRET: secret });
    assert.deepEqual(warnings, [
      'the event failure of product_a:1.2.0 could not be told: notifications[0] (http, HOOK): the server answers 403',
    ]);
    assert.equal(server.received.length, 1);
  });

  it('gives up a server that never answers', async () => {
    const server = await start(() => undefined);
    const env = { HOOK: server.url, HOOK_SECRET: secret };
    const [warning] = await tell([http], [failed], env, { attemptMilliseconds: 50, totalMilliseconds: 60 });
    assert.match(warning ?? '', /no answer came in time/);
  });

  it('follows no redirect, so that the signature goes nowhere else', async () => {
    const other = await start();
    const server = await start((_, response) => void response.writeHead(307, { location: other.url }).end());
    const [warning] = await tell([http], [failed], { HOOK: server.url, HOOK_SECRET: secret });
    assert.match(warning ?? '', /it redirects \(status 307\), which is not followed/);
    assert.deepEqual(other.received, []);
  });

  it('says in a warning what is wrong, and never a secret', async () => {
    const closed = await start();
    await closed.stop();
    const warnings = await tell(
      [
        slack,
        { ...http, secret: { env: 'NO_SECRET' } },
        { ...http, url: { env: 'UNSET' } },
        { ...http, url: { env: 'NO_URL' } },
        { kind: 'command', command: ['./no-such-program', '--token=planted-token'] },
      ],
      [failed],
      {
        SLACK_WEBHOOK: closed.url + path,
        HOOK: closed.url,
        HOOK_SECRET: secret,
        NO_SECRET: 'planted-but-short',
        NO_URL: 'planted address',
      },
      { totalMilliseconds: 1 },
    );
    const all = [...warnings].sort().join('\n');
    assert.equal(warnings.length, 5, all);
    assert.match(all, /notifications\[0\] \(slack, SLACK_WEBHOOK\): /);
    assert.match(all, /notifications\[1\] .*: its secret is not whsec_ and 24 to 64 bytes/);
    assert.match(all, /notifications\[2\] .*: the environment variable UNSET is not set/);
    assert.match(all, /notifications\[3\] .*: its address is no http or https URL/);
    assert.match(all, /notifications\[4\] \(command, .\/no-such-program\): the program can't be run \(ENOENT\)/);
    assert.doesNotMatch(all, /planted/);
  });

  it('tells those alone who want to know', async () => {
    const server = await start();
    const to = (name: string, filter: Partial<NotificationConfig>): NotificationConfig =>
      ({ ...slack, url: { env: name }, ...filter }) as NotificationConfig;
    const names = ['default', 'events', 'other', 'pattern', 'prod', 'dev'];
    const env = Object.fromEntries(names.map((name) => [name, `${server.url}/${name}`]));
    const notifications = [
      to('default', {}),
      to('events', { events: ['publish'] }),
      to('other', { datasets: ['product_b', 'product'] }),
      to('pattern', { datasets: ['product_b', 'prod*_a'] }),
      to('prod', { registries: ['prod'] }),
      to('dev', { registries: ['dev'] }),
    ];
    assert.deepEqual(await tell(notifications, [failed, published], env), []);
    assert.deepEqual(server.received.map((request) => request.path).sort(), [
      '/default',
      '/events',
      '/pattern',
      '/prod',
    ]);
  });

  it('gives a program the event as JSON, and reads none of its arguments as a shell would', async () => {
    const program = join(directory, 'take.mjs');
    await writeFile(
      program,
      "import { writeFileSync, readFileSync } from 'node:fs'; writeFileSync(process.argv[2], readFileSync(0));",
    );
    const command = [process.execPath, 'take.mjs', 'taken; touch planted'];
    assert.deepEqual(await tell([{ kind: 'command', command }], [failed], {}), []);
    const { id, time, ...event } = JSON.parse(await readFile(join(directory, 'taken; touch planted'), 'utf8')) as {
      id: string;
      time: string;
    };
    assert.match(`${id} ${time}`, /^evt_\S+ \d{4}-\d\d-\d\dT/);
    assert.deepEqual(event, {
      ...failed,
      reference: 'product_a:1.2.0',
      message: 'product_a:1.2.0 could not be built: STORAGE_FULL: the disk is full',
    });
  });

  it('ends a program that does not end', async () => {
    const command = [process.execPath, '-e', 'setInterval(() => undefined, 1000)'];
    const [warning] = await tell([{ kind: 'command', command }], [failed], {}, { attemptMilliseconds: 50 });
    assert.match(warning ?? '', /the program was not done in time/);
  });

  it('tells of an error nothing that its author may have read from data', () => {
    const thrown = new DatasetsError('USER_CODE', 'parse failed: no such user planted-user', {
      cause: new Error('planted-user'),
      hint: 'Look at planted-user.',
      at: {
        dataset: 'product_a',
        split: 'train',
        transform: 'parse',
        key: 'planted-key',
        source: 'planted.csv line 3',
      },
    });
    assert.deepEqual(failureFacts(thrown), {
      code: 'USER_CODE',
      message: 'USER_CODE at split train, transform parse: the log of the build says more',
      split: 'train',
      transform: 'parse',
    });
    assert.deepEqual(failureFacts(new TypeError('planted-user')), {
      code: 'INTERNAL',
      message: 'INTERNAL: the log of the build says more',
    });
  });

  it('sends one event of a test to everybody, whatever else they want', async () => {
    const server = await start();
    const config = {
      notifications: [slack, http],
      registries: {},
      registry: '/data/registry',
      projectDirectory: directory,
    };
    const deliveries = await testNotifications(config, { env: { SLACK_WEBHOOK: server.url + path }, timings });
    assert.deepEqual(deliveries.map(deliveryText), [
      'notifications[0] (slack, SLACK_WEBHOOK): delivered',
      'notifications[1] (http, HOOK): the environment variable HOOK_SECRET is not set',
    ]);
    assert.match(server.received[0]?.body ?? '', /This is a test/);
  });

  it('keeps a process alive until all is told, and no longer', async () => {
    const server = await start();
    const { spawn } = await import('node:child_process');
    const program = new URL('./notify-process.js', import.meta.url).pathname;
    const child = spawn(process.execPath, [program], {
      env: { ...process.env, SLACK_WEBHOOK: server.url + path },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const [code] = (await once(child, 'exit')) as [number | null];
    assert.equal(code, 0);
    assert.equal(server.received.length, 1);
  });
});
