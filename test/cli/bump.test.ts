import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { TemporaryProject } from './run-cli.js';

const builder = `import { csv, DatasetBuilder, features, scalar } from 'ailab-datasets';
export class Sample extends DatasetBuilder<any> {
  static override readonly datasetName = 'sample';
  static override readonly versions = {
    '1.0.0': 'First release.', // of all
  };
  override info() { return { description: 'A sample.', features: features({ id: scalar('int64') }) }; }
  override splits(p: any) {
    return { train: p.read(csv('rows.csv', { types: { id: 'int64' } })).keyBy((row: any) => row.id) };
  }
}
`;

describe('bump on the command line', () => {
  let project: TemporaryProject;
  before(async () => {
    project = await TemporaryProject.create({
      'package.json': '{ "type": "module" }',
      'ailab-datasets.config.json': '{"datasets": ["datasets"]}',
      'datasets/sample/builder.ts': builder,
      'datasets/sample/rows.csv': 'id\n1\n2\n',
    });
  });
  after(() => project.remove());

  it('shows the edit, makes it, and the next build publishes it', async () => {
    const text = () => readFile(project.path('datasets/sample/builder.ts'), 'utf8');
    const shown = await project.run(['bump', 'sample', '--minor', '-m', 'Adds ids.', '--dry-run']);
    assert.equal(shown.code, 0, shown.stderr);
    assert.match(
      shown.stdout,
      /^sample: 1\.0\.0 → 1\.1\.0 \(minor\) would change datasets\/sample\/builder\.ts:5:\n(?: .*\n)*\+ {4}'1\.1\.0': 'Adds ids\.',\n/,
    );
    assert.equal(await text(), builder);
    const bumped = await project.run(['bump', './datasets/sample', '--minor', '-m', 'Adds ids.']);
    assert.match(
      bumped.stdout,
      /^sample: 1\.0\.0 → 1\.1\.0 \(minor\), in .*:5\. `ailab-datasets build sample` publishes/,
    );
    assert.equal(await text(), builder.replace('    ', "    '1.1.0': 'Adds ids.',\n    "));
    const built = await project.run(['build', 'sample', '--runner', 'inline']);
    assert.match(built.stdout, /^sample:1\.1\.0 published/);
  });

  it('says what is missing, or too much', async () => {
    assert.equal((await project.run(['bump', 'sample', '--minor'])).code, 2);
    const both = await project.run(['bump', 'sample', '--minor', '--major', '-m', 'x']);
    assert.deepEqual([both.code, /cannot be used with/.test(both.stderr)], [2, true]);
    assert.equal((await project.run(['bump', 'nothing', '--minor', '-m', 'x'])).code, 3);
  });
});
