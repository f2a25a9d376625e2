import assert from 'node:assert/strict';
import { TemporaryProject } from './run-cli.js';

const builder = `import { csv, DatasetBuilder, features, scalar } from 'ailab-datasets';
import { twice } from './twice.js';
export class Sample extends DatasetBuilder<any> {
  static override readonly datasetName = 'sample';
  static override readonly versions = { '1.0.0': 'First release.' };
  override info() { return { description: 'A sample.', features: features({ id: scalar('int64') }) }; }
  override splits(p: any) {
    const rows = p.read(csv('rows.csv', { types: { id: 'int64' } })).keyBy((row: any) => row.id);
    return { train: rows.mapValues(({ id }: any) => ({ id: twice(id) })) };
  }
}
`;
const twice = 'export const twice = (id: bigint): bigint => id * 2n;\n';

describe('why', () => {
  let project: TemporaryProject;
  before(async () => {
    project = await TemporaryProject.create({
      'package.json': '{ "type": "module" }',
      'ailab-datasets.config.json': '{"datasets": ["datasets"]}',
      'datasets/sample/builder.ts': builder,
      'datasets/sample/twice.ts': twice,
      'datasets/sample/rows.csv': 'id\n1\n2\n',
    });
  });
  after(() => project.remove());

  it('says what is to be done, in words, as JSON and by its exit code', async () => {
    const unpublished = await project.run(['why', 'sample']);
    assert.deepEqual([unpublished.code, unpublished.stdout], [10, 'sample:1.0.0: build it: it is not published.\n']);
    assert.equal((await project.run(['build', 'sample', '--runner', 'inline'])).code, 0);
    const same = await project.run(['why', 'sample']);
    assert.equal(same.code, 0, same.stderr);
    assert.match(
      same.stdout,
      /^sample:1\.0\.0: nothing to do: everything that it was made with is the same\.\n {2}\d+ other parts are the same\n$/,
    );

    await project.write('datasets/sample/twice.ts', twice.replace('id * 2n', 'id + id'));
    const changed = await project.run(['why', 'sample']);
    assert.equal(changed.code, 10);
    assert.match(
      changed.stdout,
      /rebuild: module twice\.ts is not what it was made with.*\n {2}changed module twice\.ts\n {6}-const twice = \(id\) => id \* 2n;\n {6}\+const twice = \(id\) => id \+ id;\n/,
    );
    const attested = await project.run(['build', 'sample', '--runner', 'inline']);
    assert.equal(attested.code, 0, attested.stderr);
    assert.match(attested.stdout, /^sample:1\.0\.0 attested in .* gives the same data; nothing to publish/);
    assert.match((await project.run(['why', 'sample'])).stdout, /nothing to do: what has changed was attested/);

    await project.write('datasets/sample/rows.csv', 'id\n1\n2\n3\n');
    const { code, stdout } = await project.run(['why', 'sample', '--json']);
    const report = JSON.parse(stdout) as {
      readonly verdict: string;
      readonly parts: readonly Record<string, unknown>[];
    };
    const part = report.parts.find(({ status }) => status === 'changed');
    assert.deepEqual(
      [code, report.verdict, part?.['part'], part?.['bytesBefore'], part?.['bytesAfter']],
      [10, 'rebuild', 'source rows.csv', 7, 9],
    );
    const refused = await project.run(['build', 'sample', '--runner', 'inline']);
    assert.equal(refused.code, 4);
    assert.match(
      refused.stderr,
      /error\[VERSION_IMMUTABLE\]: sample:1\.0\.0 is published, and a build gives something else now \(not the same: source rows\.csv\):\n {2}train: 3 examples, 2 before; 1 added\n {4}key [0-9a-f]{12} added\n/,
    );

    await project.write(
      'datasets/sample/builder.ts',
      builder
        .replace("scalar('int64') })", "scalar('int64'), half: scalar('int64') })")
        .replace('id: twice(id)', 'id: twice(id), half: id'),
    );
    const bump = await project.run(['why', 'sample']);
    assert.equal(bump.code, 11);
    assert.match(bump.stdout, /raise the version \(minor\): the schema is another one \(features: added \w+\)/);
  });
});
