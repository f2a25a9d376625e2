import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { capture } from '../oracle/index.js';
import { packageRoot, TemporaryProject } from './run-cli.js';

describe('new', () => {
  let project: TemporaryProject;
  beforeEach(async () => {
    project = await TemporaryProject.create();
  });
  afterEach(() => project.remove());

  for (const [kind, examples, shown] of [
    ['files', 50, /^ {2}mood +\d \((?:negative|neutral|positive)\)$/m],
    ['sql', 50, /^ {2}mood +\d \((?:negative|neutral|positive)\)$/m],
    ['images', 8, /^ {2}label +\d \((?:circle|square)\)$/m],
    ['generator', 50, /^ {2}mood +\d \((?:negative|neutral|positive)\)$/m],
  ] as const) {
    it(`makes a project and a data set (${kind}) that builds as it stands`, async () => {
      const made = await project.run(['new', 'products/reviews', '--project', '--kind', kind]);
      assert.equal(made.code, 0, made.stderr);
      assert.match(made.stdout, /^created {4}ailab-datasets\.config\.ts$/m);
      assert.match(made.stdout, /^created {4}datasets\/products\/reviews\/builder\.ts$/m);
      assert.match(made.stdout, /npx ailab-datasets build reviews/);
      const built = await project.run(['build', 'reviews']);
      assert.equal(built.code, 0, built.stderr);
      assert.match(built.stdout, /^reviews:1\.0\.0 published/);
      assert.match(built.stdout, new RegExp(`^total +${examples} `, 'm'));
      assert.match((await project.run(['show', 'reviews'])).stdout, shown);
    });
  }

  it('makes data sets of every kind whose own tests pass and whose types are right', async () => {
    const kinds = ['files', 'sql', 'images', 'generator'];
    for (const kind of kinds) await project.run(['new', `reviews_${kind}`, '--kind', kind]);
    await project.install('tsx', '@types/node');
    await assertTestsPass(kinds.map((kind) => `reviews_${kind}`));
  });

  /** Runs the data sets' own tests as `npm test` of their project does, and checks all types strictly. */
  async function assertTestsPass(names: readonly string[]): Promise<void> {
    const tests = names.map((name) => `datasets/${name}/builder.test.ts`);
    const tested = await capture(process.execPath, ['--import', 'tsx', '--test', ...tests], {
      cwd: project.directory,
      // One process a test is enough: what threads do is tested elsewhere.
      env: { ...process.env, NODE_OPTIONS: '', AILAB_DATASETS_RUNNER: 'inline' },
    });
    assert.equal(tested.exitCode, 0, tested.stdout + tested.stderr);
    assert.match(tested.stdout, new RegExp(`pass ${names.length}\\b`));
    const checked = await capture(process.execPath, [
      join(packageRoot, 'node_modules', 'typescript', 'bin', 'tsc'),
      '-p',
      project.directory,
    ]);
    assert.equal(checked.exitCode, 0, checked.stdout);
  }

  it('names the optional packages that a data set needs', async () => {
    assert.match((await project.run(['new', 'asked', '--kind', 'sql'])).stdout, /^ {2}npm install @duckdb\/node-api$/m);
    assert.doesNotMatch((await project.run(['new', 'plain'])).stdout, /duckdb/);
  });

  it('completes a package.json and keeps every file that is there', async () => {
    const mine =
      '{"name": "team", "type": "commonjs", "scripts": {"test": "mine"}, "dependencies": {"ailab-datasets": "git+ssh://x"}}';
    await project.write('package.json', mine);
    await project.write('tsconfig.json', '{"mine": true}');
    const { stdout } = await project.run(['new', '--project']);
    assert.match(stdout, /^completed {2}package\.json$/m);
    assert.match(stdout, /^kept {7}tsconfig\.json$/m);
    assert.equal(await readFile(project.path('tsconfig.json'), 'utf8'), '{"mine": true}');
    const manifest = JSON.parse(await readFile(project.path('package.json'), 'utf8')) as Readonly<
      Record<string, unknown>
    >;
    assert.equal(manifest['type'], 'commonjs');
    assert.deepEqual(manifest['dependencies'], { 'ailab-datasets': 'git+ssh://x' });
    assert.equal((manifest['scripts'] as Readonly<Record<string, string>>)['test'], 'mine');
    assert.equal((manifest['scripts'] as Readonly<Record<string, string>>)['check'], 'tsc');
    const again = await project.json(['new', '--project']);
    assert.deepEqual(again, { created: [], completed: [], kept: (again as { readonly kept: readonly string[] }).kept });
  });

  it('never writes a dependency that npm would look for in a public registry', async () => {
    const { stdout } = await project.run(['new', '--project', 'team']);
    assert.match(stdout, /npm install <git URL of ailab-datasets>/);
    assert.doesNotMatch(await readFile(project.path('team/package.json'), 'utf8'), /"ailab-datasets":/);
  });

  it('makes a project around the first data set, and none around the next', async () => {
    const first = (await project.json(['new', 'reviews'])) as { readonly created: readonly string[] };
    assert.ok(first.created.includes(project.path('ailab-datasets.config.ts')));
    await project.write('deep/file.txt', '');
    const { stdout } = await project.run(['new', 'noise'], { cwd: project.path('deep') });
    assert.match(stdout, /^created {4}\.\.\/datasets\/noise\/builder\.ts$/m);
    assert.doesNotMatch(stdout, /config/);
  });

  it('says what is missing in a project without a folder of data sets', async () => {
    await project.write('ailab-datasets.config.json', '{}');
    const { code, stderr } = await project.run(['new', 'reviews']);
    assert.equal(code, 2);
    assert.match(stderr, /has no folder of data sets.*\n(?:.*\n)*hint: Name one in `datasets` of .*config\.json/);
  });

  for (const [name, code, pattern] of [
    ['Reviews', 2, /NAME_INVALID.*\n.*hint: .*reviews/],
    ['../reviews', 2, /leads out of the folder/],
    ['taken', 2, /is there already/],
  ] as const) {
    it(`refuses ${name} with exit code ${code}`, async () => {
      await project.run(['new', 'taken', '--project']);
      const outcome = await project.run(['new', name]);
      assert.equal(outcome.code, code);
      assert.match(outcome.stderr, pattern);
    });
  }
});
