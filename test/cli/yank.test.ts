import assert from 'node:assert/strict';
import { openRegistry } from '../../src/registry/index.js';
import { buildVersion } from '../reader/build-version.js';
import { sampleExamples, sampleSchema } from '../reader/sample.js';
import { TemporaryProject } from './run-cli.js';

describe('yank and unyank', () => {
  let project: TemporaryProject;
  before(async () => {
    project = await TemporaryProject.create();
    for (const version of ['1.0.0', '1.1.0']) {
      await buildVersion({
        ...{ registry: openRegistry(project.registry), name: 'sample', version, schema: sampleSchema },
        splits: { train: sampleExamples(0, 5) },
      });
    }
    await project.run(['promote', 'sample:1.1.0', 'prod']);
  });
  after(() => project.remove());

  const warning = /^warning: sample:1\.1\.0 was yanked on .* by .*: labels are wrong$/m;

  it('say what still stands for the version', async () => {
    assert.equal((await project.run(['yank', 'sample:1.1.0'])).code, 2);
    const { code, stdout, stderr } = await project.run(['yank', 'sample:1.1.0', '--reason', 'labels are wrong']);
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      /^sample:1\.1\.0 is yanked: labels are wrong\.\nsample@prod still stands for it: .* rollback sample prod/,
    );
    const again = (await project.json(['yank', 'sample:1.1.0', '--reason', 'x'])) as Record<string, unknown>;
    assert.equal(again['status'], 'unchanged');
    assert.deepEqual(again['aliases'], ['prod']);
  });

  it('keep a name from meaning it, and warn whoever names it, or refuse with --strict', async () => {
    const newest = await project.run(['path', 'sample']);
    assert.deepEqual([newest.stdout.trim(), newest.stderr], [project.path('registry/sample/1.0.0'), '']);
    for (const argv of [
      ['path', 'sample:1.1.0'],
      ['path', 'sample@prod', '--url'],
      ['show', 'sample:1.1.0'],
      ['info', 'sample:1.1.0'],
      ['pull', 'sample:1.1.0', '--to', project.path('pulled')],
    ]) {
      const { code, stderr } = await project.run(argv);
      assert.equal(code, 0, stderr);
      assert.match(stderr, warning, argv.join(' '));
      const strict = await project.run([...argv, '--strict']);
      assert.equal(strict.code, 4, argv.join(' '));
      assert.match(strict.stderr, /error\[VERSION_YANKED\]: sample:1\.1\.0 was yanked .* labels are wrong/);
    }
  });

  it('show in list and info', async () => {
    assert.match((await project.run(['list'])).stdout, /^sample +1\.1\.0 \(yanked\), 1\.0\.0 /m);
    const { datasets } = (await project.json(['list'])) as {
      readonly datasets: readonly { readonly name: string; readonly published: readonly Record<string, unknown>[] }[];
    };
    const published = datasets.find(({ name }) => name === 'sample')?.published;
    assert.deepEqual(published?.[0]?.['yanked'], { '1.1.0': 'labels are wrong' });
    assert.match((await project.run(['info', 'sample'])).stdout, /^ *1\.1\.0 +yanked +labels are wrong/m);
  });

  it('are taken back', async () => {
    const { stdout } = await project.run(['unyank', 'sample:1.1.0', '--reason', 'they were right']);
    assert.equal(stdout, 'sample:1.1.0 is not yanked any more.\n');
    const { stdout: path, stderr } = await project.run(['path', 'sample']);
    assert.deepEqual([path.trim(), stderr], [project.path('registry/sample/1.1.0'), '']);
    assert.equal((await project.run(['unyank', 'sample:1.1.0'])).stdout, 'sample:1.1.0 is not yanked.\n');
  });
});
