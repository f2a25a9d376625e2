import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { commands } from '../../cli/commands/index.js';
import { addGlobalOptions } from '../../cli/frame/program.js';
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

  it('is right about the signature that another program verifies, in Node', async () => {
    const { createHmac } = await import('node:crypto');
    const [, code = ''] = /```js\n([\s\S]*?)```/.exec(page) ?? [];
    const key = Buffer.from('planted secret of twenty-four');
    process.env['EVENTS_SECRET'] = `whsec_${key.toString('base64')}`;
    try {
      const { receive } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
        receive(headers: Readonly<Record<string, string>>, body: string): unknown;
      };
      const body = '{"type":"ailab-datasets.test"}';
      const timestamp = String(Math.floor(Date.now() / 1000));
      const sign = (text: string) => createHmac('sha256', key).update(text).digest('base64');
      const headers = (signed: string, time = timestamp) => ({
        'webhook-id': 'evt_1',
        'webhook-timestamp': time,
        'webhook-signature': `v1,${sign(signed)}`,
      });
      assert.deepEqual(receive(headers(`evt_1.${timestamp}.${body}`), body), { type: 'ailab-datasets.test' });
      assert.throws(() => receive(headers(`evt_1.${timestamp}.${body}`), `${body} `), /the signature is wrong/);
      assert.throws(() => receive(headers(`evt_1.1.${body}`, '1'), body), /too old/);
    } finally {
      delete process.env['EVENTS_SECRET'];
    }
  });
});
