import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { commands } from '../../cli/commands/index.js';
import { addGlobalOptions } from '../../cli/frame/program.js';
import type { NotificationConfig } from '../../src/core/config/index.js';
import { notificationsSent, notify } from '../../src/notify/index.js';
import { type ReceivedRequest, startWebhooks } from '../notify/webhook-server.js';
import { requireOracle } from '../oracle/index.js';
import { packageRoot } from './run-cli.js';

/** What stands between backquotes, or in an indented line, and begins as a command line does. */
function commandLines(page: string): readonly string[] {
  const names = new Set(commands.map(({ name }) => name));
  const quoted = [...page.matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text);
  const indented = [...page.matchAll(/^ {4}(ailab-datasets .*)$/gm)].map(([, text = '']) => text);
  return [...quoted, ...indented].flatMap((text) => {
    const words = text.replace(/^ailab-datasets /, '');
    const [first = '', second] = words.split(' ');
    return text.startsWith('ailab-datasets ') || (names.has(first) && second !== undefined) ? [words] : [];
  });
}

describe('docs/operations.md', () => {
  const page = readFileSync(join(packageRoot, 'docs/operations.md'), 'utf8');

  it('shows commands and flags that there are', async () => {
    const lines = commandLines(page);
    assert.ok(lines.length > 25, `only ${lines.length} commands found`);
    const global = new Command();
    addGlobalOptions(global);
    for (const line of lines) {
      const [name = '', ...words] = line.split(' ');
      const entry = commands.find((candidate) => candidate.name === name);
      assert.ok(entry, `${line}: there is no command ${name}`);
      const command = new Command(name);
      (await entry.load()).define(command, async () => undefined);
      const known = [...command.options, ...global.options].flatMap(({ long, short }) => [long, short]);
      for (const flag of words.filter((word) => /^--?[a-z]/.test(word))) {
        assert.ok(known.includes(flag), `${line}: ${name} has no ${flag}`);
      }
    }
  });

  describe('on another program that goes on from an event', () => {
    const secret = `whsec_${Buffer.from('a key of twenty-four bytes').toString('base64')}`;
    let request: ReceivedRequest | undefined;
    before(async () => {
      const server = await startWebhooks();
      const to: NotificationConfig = {
        kind: 'http',
        url: server.url,
        secret: { env: 'EVENTS_SECRET' },
        events: ['promote'],
      };
      const config = { notifications: [to], registries: {}, projectDirectory: packageRoot };
      const draft = {
        event: 'promote',
        dataset: 'product_a',
        version: '1.2.0',
        registry: '/data',
        alias: 'prod',
      } as const;
      notify(draft, config, { env: { EVENTS_SECRET: secret } });
      await notificationsSent();
      await server.stop();
      request = server.received[0];
    });
    const received = () => {
      assert.ok(request);
      return request;
    };
    const code = (language: string) => new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? '';

    it('is right for Node', async () => {
      process.env['EVENTS_SECRET'] = secret;
      try {
        const { receive } = (await import(`data:text/javascript,${encodeURIComponent(code('js'))}`)) as {
          receive(headers: Readonly<Record<string, string>>, body: string): { readonly type: string };
        };
        const { headers, body } = received();
        assert.equal(receive(headers, body).type, 'ailab-datasets.promote');
        assert.throws(() => receive(headers, `${body} `), /the signature is wrong/);
        assert.throws(() => receive({ ...headers, 'webhook-timestamp': '1' }, body), /too old/);
      } finally {
        delete process.env['EVENTS_SECRET'];
      }
    });

    it('is right for Python', async function () {
      const oracle = requireOracle(this);
      const program = `${code('python')}\nimport sys\nprint(receive(json.loads(sys.argv[1]), sys.argv[2]))`;
      const { headers, body } = received();
      const env = { ...process.env, EVENTS_SECRET: secret };
      const run = (text: string) => oracle.script(['-c', program, JSON.stringify(headers), text], { env });
      assert.equal((await run(body)).stdout, "('product_a', '1.2.0')\n");
      assert.match((await run(`${body} `)).stderr, /WebhookVerificationError/);
    });
  });
});
