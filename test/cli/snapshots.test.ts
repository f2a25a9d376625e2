import assert from 'node:assert/strict';
import { TemporaryProject } from './run-cli.js';

const builder = `
import { DatasetBuilder, features, scalar } from 'ailab-datasets';

export class Clicks extends DatasetBuilder {
  static datasetName = 'clicks';
  static versions = { '1.0.0': 'First.' };
  static snapshots = 'monthly';
  static keep = { monthly: 2 };
  info() { return { description: 'Clicks.', features: features({ n: scalar('int32') }) }; }
  splits(p) {
    const month = this.snapshot?.from.getUTCMonth();
    if (month === 1) throw new RangeError('no data of February');
    return { train: p.generate(function* () { yield [1, { n: month ?? -1 }]; }) };
  }
}
`;

describe('snapshots on the command line', () => {
  let project: TemporaryProject;
  before(async () => {
    project = await TemporaryProject.create({
      'package.json': '{ "type": "module" }',
      'ailab-datasets.config.json': JSON.stringify({ datasets: ['datasets'], registry: 'registry', runner: 'inline' }),
      'datasets/clicks/builder.js': builder,
    });
  });
  after(() => project.remove());

  it('are filled in over a range, oldest first; one that fails keeps none of the others', async () => {
    const { code, stdout, stderr } = await project.run(['build', 'clicks', '--from', '202501', '--to', '202505']);
    assert.equal(code, 1, stderr);
    assert.match(stdout, /^clicks\/202501:1\.0\.0 +published +1 /m);
    assert.match(stdout, /^clicks\/202502:1\.0\.0 +failed .*no data of February/m);
    assert.match(stdout, /^clicks\/202505:1\.0\.0 +published +1 /m);
    assert.match(stdout, /^4 built, 1 failed: run it again for these\.$/m);
  });

  it('are listed as one, and found by name', async () => {
    const listed = await project.run(['list']);
    assert.match(listed.stdout, /^clicks +202501 to 202505 \(4 snapshots\) +1\.0\.0 /m);
    const info = await project.run(['info', 'clicks@nightly']);
    assert.match(info.stdout, /clicks\/202505/);
    assert.match(info.stdout, /configs +202501 to 202505 \(4 snapshots\)/);
    const missing = await project.run(['show', 'clicks/202502:1.0.0']);
    assert.equal(missing.code, 3);
    assert.match(missing.stderr, /The nearest are 202501 and 202503, of 4 from 202501 to 202505/);
    assert.equal((await project.run(['verify', 'clicks/202503:1.0.0'])).code, 0);
  });

  it('are built by name, with what contradicts itself refused', async () => {
    const built = await project.run(['build', 'clicks', '--snapshot', '202506']);
    assert.equal(built.code, 0, built.stderr);
    assert.match(built.stdout, /^clicks@nightly stands for it now$/m);
    const dry = await project.run(['build', 'clicks', '--snapshot', '202506', '--dry-run']);
    assert.match(dry.stdout, /clicks\/202506:1\.0\.0 is published already/);
    for (const flags of [
      ['--to', '202506'],
      ['--from', '202506', '--snapshot', '202506'],
      ['--from', '202506', '--to', '202501'],
      ['--snapshot', 'last'],
    ]) {
      assert.equal((await project.run(['build', 'clicks', ...flags])).code, 2, flags.join(' '));
    }
    const future = await project.run(['build', 'clicks', '--snapshot', '299901']);
    assert.equal(future.code, 4);
    assert.match(future.stderr, /error\[SNAPSHOT_NOT_OVER\]/);
  });

  it('are pruned by what the builder keeps', async () => {
    const planned = await project.run(['prune', 'clicks']);
    assert.equal(planned.code, 0, planned.stderr);
    assert.match(planned.stdout, /^clicks\/202505:1\.0\.0 .* stay +keep: the last of its month \(monthly: 2\)$/m);
    assert.match(planned.stdout, /^clicks\/202501:1\.0\.0 .* go +no rule keeps it$/m);
    assert.equal((await project.run(['prune', 'clicks', '--yes'])).code, 0);
    const again = await project.run(['build', 'clicks', '--from', '202503', '--to', '202506', '--json']);
    const { removed, published } = JSON.parse(again.stdout) as { removed: string[]; published: string[] };
    assert.deepEqual(published, ['clicks/202505:1.0.0', 'clicks/202506:1.0.0']);
    assert.deepEqual(removed, ['clicks/202503:1.0.0', 'clicks/202504:1.0.0']);
  });
});
