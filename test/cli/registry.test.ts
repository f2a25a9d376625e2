import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { TemporaryProject } from './run-cli.js';

describe('commands on a registry', () => {
  let project: TemporaryProject;
  before(async () => {
    project = await TemporaryProject.create();
    await project.run(['new', 'products/reviews', '--project']);
    await project.run(['new', 'noise']);
    const built = await project.run(['build', 'reviews']);
    assert.equal(built.code, 0, built.stderr);
  });
  after(() => project.remove());

  it('list shows what can be built here and what is published', async () => {
    const { code, stdout } = await project.run(['list']);
    assert.equal(code, 0);
    assert.match(stdout, /^reviews +1\.0\.0 +datasets\/products\/reviews$/m);
    assert.match(stdout, /^noise +not published +datasets\/noise$/m);
    assert.match(stdout, /^mnist +not published +built in$/m);
    const { datasets } = (await project.json(['list'])) as {
      readonly datasets: readonly { readonly name: string; readonly published: unknown }[];
    };
    assert.deepEqual(datasets.find(({ name }) => name === 'reviews')?.published, [{ versions: ['1.0.0'] }]);
  });

  it('path prints the directory of a version, and the files of a split', async () => {
    const directory = project.path('registry/reviews/1.0.0');
    assert.equal((await project.run(['path', 'reviews'])).stdout, `${directory}\n`);
    assert.equal((await project.run(['path', 'reviews:1.*.*'])).stdout, `${directory}\n`);
    const { stdout } = await project.run(['path', 'reviews', '--split', 'train', '--file-format', 'arrow']);
    assert.equal(stdout, `${directory}/arrow/train/data-00000-of-00001.arrow\n`);
    assert.ok((await readFile(stdout.trim())).length > 0);
  });

  it('path says what to build where a version is missing', async () => {
    const { code, stderr } = await project.run(['path', 'noise']);
    assert.equal(code, 3);
    assert.match(
      stderr,
      /error\[VERSION_UNKNOWN\]: noise is not published in .*\n(?:.*\n)*hint: ailab-datasets build noise/,
    );
  });

  it('path suggests the nearest name among builders and versions', async () => {
    const { code, stderr } = await project.run(['path', 'reviws']);
    assert.equal(code, 3);
    assert.match(stderr, /error\[DATASET_UNKNOWN\]: .*\n(?:.*\n)*hint: Did you mean reviews\?/);
    const split = await project.run(['path', 'reviews', '--split', 'tran']);
    assert.equal(split.code, 3);
    assert.match(split.stderr, /error\[SPLIT_UNKNOWN\].*\n(?:.*\n)*hint: Did you mean train\?/);
  });

  it('doctor finds the project ready, and says where each setting comes from', async () => {
    const { code, stdout } = await project.run(['doctor', '--python', 'no-such-python']);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^ok {3}Node\.js v\d+/m);
    assert.match(stdout, /^ok {3}.*ailab-datasets\.config\.ts is valid$/m);
    assert.match(stdout, /^note no-such-python does not run/m);
    assert.match(stdout, /^registry +.*\/registry +environment$/m);
    assert.match(stdout, /^datasets +.*\/datasets +configuration file$/m);
    assert.match(stdout, /^Ready\.$/m);
  });

  it('doctor names what is broken, with exit code 5', async () => {
    await project.write('datasets/bad/builder.ts', 'export const nothing = 1;');
    const { code, stdout } = await project.run(['doctor', '--json']);
    assert.equal(code, 5);
    const { ready, checks } = JSON.parse(stdout) as {
      readonly ready: boolean;
      readonly checks: readonly { readonly name: string; readonly status: string }[];
    };
    assert.equal(ready, false);
    assert.deepEqual(
      checks.filter(({ status }) => status === 'problem').map(({ name }) => name),
      ['dataset:bad'],
    );
  });

  it('completes commands, flags, choices and the names of data sets', async () => {
    const complete = async (...words: readonly string[]): Promise<readonly string[]> => {
      const { stdout } = await project.run(['complete', '--', ...words]);
      return stdout
        .trim()
        .split('\n')
        .map((line) => line.split('\t')[0] ?? '')
        .slice(0, -1);
    };
    assert.ok((await complete('')).includes('build'));
    assert.deepEqual(await complete('bui'), ['build', 'builds']);
    assert.deepEqual(await complete('build', '--overw'), ['--overwrite']);
    assert.deepEqual(await complete('build', '--runner', ''), ['inline', 'threads', 'beam', 'dataflow']);
    assert.deepEqual(await complete('build', 'rev'), ['reviews']);
    assert.deepEqual(await complete('build', 'reviews', 'noi'), ['noise']);
    assert.deepEqual(await complete('path', 'reviews:'), ['reviews:1.0.0']);
    for (const alias of ['prod', 'candidate']) await project.run(['promote', 'reviews:1.0.0', alias, '-m', 'a test']);
    assert.deepEqual(await complete('path', 'reviews@'), ['reviews@candidate', 'reviews@prod']);
    assert.deepEqual(await complete('rollback', 'reviews', 'pr'), ['prod']);
    assert.deepEqual(await complete('promote', 'reviews:1.0.0', ''), ['candidate', 'prod']);
    assert.deepEqual(await complete('show', 'nothing@'), []);
    const { stderr } = await project.run(['path', 'reviews@prd']);
    assert.match(stderr, /^hint: Its aliases are: reviews@candidate, reviews@prod\. Name a version/m);
  });

  for (const shell of ['bash', 'zsh', 'fish']) {
    it(`prints a completion script for ${shell}`, async () => {
      const { code, stdout } = await project.run(['completion', shell]);
      assert.equal(code, 0);
      assert.match(stdout, /ailab-datasets complete -- /);
    });
  }
});
