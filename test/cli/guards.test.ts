import assert from 'node:assert/strict';
import { TemporaryProject } from './run-cli.js';

/** Four numbers, of which ten are expected, and a split without any. */
const numbers = `
import { DatasetBuilder, features, type Pipeline, scalar } from 'ailab-datasets';

const schema = features({ value: scalar('int32') });

export class Numbers extends DatasetBuilder<typeof schema> {
  static override readonly datasetName = 'numbers';
  static override readonly versions = { '1.0.0': 'First.' };
  static override readonly configs = { small: 'Four.', other: 'The same.' };
  static override readonly expectations = { splits: { train: { minExamples: 10 } } };
  override info() {
    return { description: 'Numbers.', features: schema };
  }
  override splits(pipeline: Pipeline) {
    const values = pipeline.create([1, 2, 3, 4]).keyBy((value) => value).mapValues((value) => ({ value }));
    return { train: values, test: values.filter(() => false) };
  }
}
`;

interface Listed {
  readonly buildId: string;
  readonly directory: string;
  readonly refusal: { readonly findings: readonly { readonly guard: string }[] };
}

describe('build, of data that is not what is expected', () => {
  let project: TemporaryProject;
  before(async () => {
    project = await TemporaryProject.create({
      'package.json': '{"type": "module"}',
      'ailab-datasets.config.json': '{"datasets": ["datasets"], "registry": "./registry", "runner": "inline"}',
      'datasets/numbers/builder.ts': numbers,
    });
  });
  after(() => project.remove());

  const run = (...argv: string[]) => project.run(argv);

  it('is refused with all that is wrong and what to do, listed, shown, and published by a reason', async () => {
    const refused = await run('build', 'numbers/small');
    assert.equal(refused.code, 4);
    assert.match(
      refused.stderr,
      /error\[GUARD_FAILED\]: numbers\/small:1\.0\.0 was built, and is not published:\n- train has 4 examples, expected are at least 10 examples\n- test is empty\n/,
    );
    const { builds } = JSON.parse((await run('builds', 'list', '--json')).stdout) as { builds: readonly Listed[] };
    const [kept, ...others] = builds;
    assert.deepEqual(others, []);
    assert.deepEqual(
      kept?.refusal.findings.map(({ guard }) => guard),
      ['example-count', 'empty-split'],
    );
    const directory = `${kept?.directory}/version`;
    assert.ok(refused.stderr.includes(`ailab-datasets show ${directory}.`), refused.stderr);
    const { stdout: listed } = await run('builds', 'list');
    assert.match(listed, /refused/);
    assert.ok(listed.includes(`ailab-datasets show ${directory}\n`), listed);
    assert.match((await run('show', directory, '--split', 'train')).stdout, /train, 4 examples/);

    const accepted = await run('build', 'numbers/small', '--accept', 'there are no more');
    assert.equal(accepted.code, 0, accepted.stderr);
    assert.match(accepted.stdout, /accepted: there are no more\n- train has 4 examples/);
    const { stdout: card } = await run('info', 'numbers/small');
    assert.match(
      card,
      /published all the same: there are no more\n {2}- train has 4 examples[^\n]*\n {2}- test is empty\n/,
    );
    assert.match((await run('builds', 'list')).stdout, /^No build runs/);
  });

  for (const [what, argv, message] of [
    ['several builds', ['build', 'numbers', '--accept', 'fine'], /--accept takes one data set, and these are 2/],
    ['no reason', ['build', 'numbers/other', '--accept', ' '], /--accept has no reason/],
    [
      'a sample',
      ['build', 'numbers/other', '--accept', 'fine', '--max-examples-per-split', '1'],
      /--accept is not for samples/,
    ],
  ] as const) {
    it(`accepts nothing for ${what}`, async () => {
      const { code, stderr } = await run(...argv);
      assert.equal(code, 2);
      assert.match(stderr, message);
    });
  }
});
