import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capture, repositoryRoot } from '../oracle/index.js';
import { strangersEnvironment } from './strangers-environment.js';

describe('the two commands of the README', () => {
  const readme = readFileSync(join(repositoryRoot, 'README.md'), 'utf8');
  const [first = '', second = ''] = [...readme.matchAll(/^```sh\n(.*?)\n```$/gms)].map(([, command]) => command);

  it('build product_a and show its examples, from a fresh clone', async function () {
    this.timeout(300_000);
    const folder = mkdtempSync(join(tmpdir(), 'ailab-readme-'));
    try {
      const clone = join(folder, 'clone');
      const cloning = await capture('git', ['clone', '--quiet', repositoryRoot, clone]);
      assert.equal(cloning.exitCode, 0, cloning.stderr);
      const env = { ...strangersEnvironment(), AILAB_DATASETS_REGISTRY: join(folder, 'registry') };
      const { exitCode, stdout, stderr } = await capture('bash', ['-c', first], { cwd: clone, env });
      assert.equal(exitCode, 0, stderr);
      for (const shown of ['propensity_score', 'affinity']) assert.match(stdout, new RegExp(shown));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('run all tests, as CI does', () => {
    const script = readFileSync(join(repositoryRoot, '.ci', 'run'), 'utf8');
    assert.equal(second, 'npm ci && npm test');
    assert.match(script, /^npm ci$/m);
    assert.match(script, /\bnpm test$/m);
  });
});
