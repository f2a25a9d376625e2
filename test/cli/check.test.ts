import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { TemporaryProject } from './run-cli.js';

const builder = (name: string, statics = '') => `
import { DatasetBuilder, features, scalar } from 'ailab-datasets';
export class Numbers extends DatasetBuilder {
  static datasetName = '${name}';
  static versions = { '1.0.0': 'First.' };
  ${statics}
  info() { return { description: 'Numbers.', owner: 'ads@lab', features: features({ value: scalar('int32') }) }; }
  splits(p) { return { train: p.generate(function* () { yield [1, { value: 1 }]; }) }; }
}
`;

describe('check, as a command', () => {
  let project: TemporaryProject;
  before(async () => {
    project = await TemporaryProject.create({
      'package.json': '{ "type": "module" }',
      'ailab-datasets.config.json': '{"datasets": ["datasets"]}',
      'datasets/numbers/builder.js': builder('numbers'),
      'datasets/waiting/builder.js': builder('waiting', "static freshness = '26 hours';"),
    });
    const { code, stderr } = await project.run(['build', 'numbers', '--runner', 'inline', '--quiet']);
    assert.equal(code, 0, stderr);
  });
  after(() => project.remove());

  it('ends with 3 where something is late, and says what to do', async () => {
    const { code, stdout, stderr } = await project.run(['check', '--prometheus', 'datasets.prom']);
    assert.equal(code, 3);
    assert.equal(stderr, '');
    assert.match(
      stdout,
      /^data set +newest +age +may be\nnumbers +numbers:1\.0\.0 +\S.* any\nwaiting +none +26 h 00 min +late\n/m,
    );
    assert.match(
      stdout,
      /error\[unpublished\]: waiting is to be no older than 26 hours, and no version of it can be used\n {2}ailab-datasets rebuild waiting\n/,
    );
    assert.match(
      stdout,
      /warning\[feature-undescribed\]: numbers:1\.0\.0 has a feature without a description: value\n/,
    );
    assert.match(stdout, /\n2 data sets: 1 error, 1 warning\.\n$/);
    assert.match(
      await readFile(project.path('datasets.prom'), 'utf8'),
      /^ailab_datasets_late\{dataset="waiting",config=""\} 1$/m,
    );
  });

  it('ends with 0 where there are warnings alone, unless they count', async () => {
    assert.equal((await project.run(['check', 'numbers'])).code, 0);
    assert.equal((await project.run(['check', 'numbers', '--strict'])).code, 3);
    const { stdout } = await project.run(['check', 'numbers', '--json']);
    const report = JSON.parse(stdout) as {
      readonly errors: number;
      readonly findings: readonly { readonly problem: string }[];
    };
    assert.deepEqual([report.errors, report.findings.map(({ problem }) => problem)], [0, ['feature-undescribed']]);
  });
});
