import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from 'mocha';
import { packageRoot } from '../cli/run-cli.js';
import { skip } from '../oracle/index.js';
import { buildVersion } from '../reader/build-version.js';
import { sampleExamples, sampleSchema } from '../reader/sample.js';

describe('a registry on a gcsfuse mount', () => {
  let folder = '';
  let mount = '';
  let mounts = '';
  before(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'ailab-gcsfuse-')));
    mount = join(folder, 'bucket');
    mounts = join(folder, 'mounts');
    mkdirSync(mount);
    writeFileSync(mounts, `lab-datasets ${mount} fuse.gcsfuse rw,nosuid,nodev 0 0\n`);
    const splits = { train: sampleExamples(0, 20) };
    await buildVersion({ registry: join(mount, 'registry'), name: 'sample', schema: sampleSchema, splits });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs the command line where /proc/self/mounts tells of the mount, in a mount namespace of its own (Linux). */
  const run = (
    context: Context,
    argv: readonly string[],
  ): Promise<{ readonly code: unknown; readonly output: string }> => {
    const inNamespace = 'mount --bind "$0" /proc/$$/mounts && exec "$@"';
    const command = [process.execPath, join(packageRoot, 'dist/cli/main.js'), ...argv];
    return new Promise((resolve, reject) => {
      execFile(
        'unshare',
        ['-rm', 'sh', '-c', inNamespace, mounts, ...command],
        { cwd: folder },
        (error, stdout, stderr) => {
          try {
            if (error !== null && /unshare: |mount: |ENOENT/.test(stderr + error.message))
              skip(context, `no mount namespaces here: ${stderr.trim()}`);
            resolve({ code: error === null ? 0 : error.code, output: stdout + stderr });
          } catch (skipped) {
            reject(skipped);
          }
        },
      );
    });
  };

  it('is read in place', async function () {
    const { code, output } = await run(this, ['path', 'sample', '--registry', join(mount, 'registry')]);
    assert.equal(code, 0, output);
    assert.equal(output, `${join(mount, 'registry/sample/1.0.0')}\n`);
  });

  it('is not published to: the bucket is named in its place', async function () {
    const to = join(mount, 'copy');
    const { code, output } = await run(this, [
      'convert',
      'sample',
      '--file-format',
      'arrow',
      '--to',
      to,
      '--registry',
      join(mount, 'registry'),
    ]);
    assert.equal(code, 5, output);
    assert.match(output, /error\[STORAGE_UNSUITABLE\]: can't publish through .*\/bucket\/copy/);
    assert.match(output, /hint: .*gs:\/\/lab-datasets\/copy/);
  });

  it('is not pulled to', async function () {
    const { code, output } = await run(this, [
      'pull',
      'sample',
      '--to',
      join(mount, 'here'),
      '--registry',
      join(mount, 'registry'),
    ]);
    assert.equal(code, 5, output);
    assert.match(output, /error\[STORAGE_UNSUITABLE\]/);
  });
});
