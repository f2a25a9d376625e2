import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { capture, repositoryRoot } from '../oracle/index.js';
import { strangersEnvironment } from './strangers-environment.js';

describe('the package that is published', () => {
  let folder = '';
  let tarball = '';

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ailab-pack-'));
    // Without scripts: `prepare` would compile into the dist/ that these tests run from.
    const packing = await capture('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], {
      cwd: repositoryRoot,
      env: strangersEnvironment(),
    });
    assert.equal(packing.exitCode, 0, packing.stderr);
    tarball = join(folder, readdirSync(folder)[0] ?? '');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('is flawless to publint', async () => {
    const { messages, pkg } = await publint({
      pack: { tarball: new Uint8Array(readFileSync(tarball)).buffer },
      strict: true,
    });
    assert.deepEqual(
      messages.map((message) => formatMessage(message, pkg, { color: false })),
      [],
    );
  });

  it('has the right types for every ESM importer, say are-the-types-wrong', async () => {
    const command = join(repositoryRoot, 'node_modules', '.bin', 'attw');
    const report = await capture(command, [tarball, '--profile', 'esm-only', '--format', 'ascii', '--no-color']);
    assert.equal(report.exitCode, 0, report.stdout + report.stderr);
  });

  it('holds no tests, and an asset beside every data set that has one', async () => {
    const { stdout } = await capture('tar', ['-tzf', tarball]);
    const paths = stdout.split('\n').map((path) => path.replace(/^package\//, ''));
    assert.deepEqual(
      paths.filter((path) => path.startsWith('dist/test/') || path.startsWith('dist/bench/')),
      [],
    );
    const tracked = await capture('git', ['ls-files', 'src', 'builders', 'datasets', 'cli'], { cwd: repositoryRoot });
    const assets = tracked.stdout.split('\n').filter((path) => path !== '' && !/\.c?ts$/.test(path));
    assert.deepEqual(
      assets.filter((path) => !paths.includes(`dist/${path}`)),
      [],
    );
  });
});
