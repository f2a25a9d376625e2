import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodeOf, exitCodeTexts } from '../../cli/frame/exit-code.js';
import { packageRoot } from './run-cli.js';

const page = (name: string): string => readFileSync(join(packageRoot, 'docs', name), 'utf8');

describe('exit codes', () => {
  it('are documented for every error, as they are', () => {
    const documented = [...page('errors.md').matchAll(/^\| `([A-Z_]+)` \| .* \| (\d+) \|$/gm)];
    assert.deepEqual(
      Object.fromEntries(documented.map(([, code = '', exitCode]) => [code, Number(exitCode)])),
      exitCodeOf,
    );
  });

  it('are listed in docs/cli.md with the words of --help', () => {
    const text = page('cli.md');
    for (const [code, meaning] of exitCodeTexts)
      assert.ok(text.includes(`| ${code} | ${meaning} |`), `${code}: ${meaning}`);
  });
});
