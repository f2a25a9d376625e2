import assert from 'node:assert/strict';
import { join } from 'node:path';
import { capture, repositoryRoot } from '../oracle/index.js';

describe('every source file', () => {
  it('is formatted and passes the linter', async () => {
    const biome = join(repositoryRoot, 'node_modules', '.bin', 'biome');
    const report = await capture(biome, ['check', '--error-on-warnings'], { cwd: repositoryRoot });
    assert.equal(report.exitCode, 0, `${report.stdout}${report.stderr}\nMend with: npx biome check --write`);
  });
});
