import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot, TemporaryProject } from '../../cli/run-cli.js';
import { requireOracle } from '../../oracle/index.js';
import { schemaProblems, workflowProblems } from '../engines.js';
import { commentsIn, fakePrograms } from './fake-github.js';
import { type JobRun, runWorkflow } from './workflow-run.js';

const run = promisify(execFile);

/** Rows of a file, with one feature or two. */
function builder(versions: string, features: string, example: string): string {
  return `import { csv, DatasetBuilder, features, scalar, text } from 'ailab-datasets';
export class Clicks extends DatasetBuilder {
  static datasetName = 'clicks';
  static versions = ${versions};
  info() { return { description: 'Clicks.', features: features(${features}) }; }
  splits(p) {
    const rows = p.read(csv(new URL('./rows.csv', import.meta.url), { types: { id: 'int64', user: 'string' } }));
    return { train: rows.keyBy((row) => row.id).mapValues((row) => (${example})) };
  }
}
`;
}

const first = builder("{ '1.0.0': 'First.' }", "{ user: text({ description: 'who' }) }", '{ user: row.user }');

describe('the merge pipeline for GitHub Actions', () => {
  let project: TemporaryProject;
  let programs = '';
  let workflow = '';
  before(async () => {
    project = await TemporaryProject.create({
      '.gitignore': 'node_modules\nregistries\nprograms\nscratch\norigin.git\nplan.md\ncomments.json\n',
      'package.json': JSON.stringify({
        name: 'team',
        version: '1.0.0',
        type: 'module',
        scripts: { test: 'node --version' },
      }),
      'ailab-datasets.config.json': JSON.stringify({
        datasets: ['datasets'],
        registry: 'dev',
        registries: { dev: 'registries/dev', prod: 'registries/prod' },
        runner: 'inline',
      }),
      'datasets/clicks/builder.js': first,
      'datasets/clicks/rows.csv': 'id,user\n1,SECRET-ann\n2,SECRET-bob\n3,SECRET-cat\n',
    });
    programs = await fakePrograms(project);
    const program = `#!/bin/sh\nexec '${process.execPath}' '${join(packageRoot, 'dist/cli/main.js')}' "$@"\n`;
    await chmod(await project.write('node_modules/.bin/ailab-datasets', program), 0o755);
    const { code, stderr } = await project.run(['ci', 'emit', '--target', 'github-actions', '--samples', '2']);
    assert.equal(code, 0, stderr);
    workflow = await readFile(project.path('.github/workflows/data-sets.yml'), 'utf8');
    await git('init', '--quiet', '--initial-branch', 'main');
    await git('init', '--quiet', '--bare', 'origin.git');
    await git('remote', 'add', 'origin', project.path('origin.git'));
    await commit('First data set');
    await git('push', '--quiet', 'origin', 'main', 'main:develop');
  });
  after(() => project.remove());

  async function git(...args: readonly string[]): Promise<string> {
    const who = ['-c', 'user.name=Ann', '-c', 'user.email=ann@lab', '-c', 'commit.gpgsign=false'];
    const { stdout } = await run('git', [...who, ...args], { cwd: project.directory, encoding: 'utf8' });
    return stdout.trim();
  }

  async function commit(message: string): Promise<string> {
    await git('add', '--all');
    await git('commit', '--quiet', '--message', message);
    return git('rev-parse', 'HEAD');
  }

  async function runFor(github: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, JobRun>>> {
    await rm(project.path('scratch'), { recursive: true, force: true });
    await mkdir(project.path('scratch'));
    const sha = await git('rev-parse', 'HEAD');
    return runWorkflow(workflow, {
      github: { repository: 'team/data', actor: 'ann', sha, event: {}, ...github },
      checkout: project.directory,
      programs,
      scratch: project.path('scratch'),
      env: { FAKE_GITHUB: project.path('comments.json') },
    });
  }

  const push = (branch: string) => runFor({ event_name: 'push', ref: `refs/heads/${branch}` });
  const pullRequest = (base: string, head = 'team/data') =>
    runFor({
      event_name: 'pull_request',
      ref: 'refs/pull/7/merge',
      base_ref: base,
      event: { pull_request: { number: 7, head: { repo: { full_name: head } } } },
    });

  async function versionsIn(registry: string): Promise<readonly string[]> {
    const { datasets } = (await project.json(['list', '--registry', registry])) as {
      readonly datasets: readonly {
        readonly name: string;
        readonly published: readonly { readonly versions: readonly string[] }[];
      }[];
    };
    return datasets.find(({ name }) => name === 'clicks')?.published.flatMap(({ versions }) => versions) ?? [];
  }

  function results(jobs: Readonly<Record<string, JobRun>>): Readonly<Record<string, string>> {
    return Object.fromEntries(Object.entries(jobs).map(([name, { result }]) => [name, result]));
  }

  function logs(jobs: Readonly<Record<string, JobRun>>): string {
    return Object.entries(jobs)
      .map(([name, { log }]) => `${name}: ${log}`)
      .join('\n');
  }

  it('is a workflow as GitHub’s schema, its parser and actionlint take it', async function () {
    const oracle = requireOracle(this);
    const file = project.path('.github/workflows/data-sets.yml');
    assert.equal(await schemaProblems(oracle, 'vendor.github-workflows', file), '');
    assert.deepEqual(await workflowProblems(file), []);
  });

  it('brings a data set from a branch to a promoted version, and nobody reads it before', async function () {
    // Some thirty commands, each a process.
    this.timeout(600_000);
    const none = { plan: 'skipped', comment: 'skipped', dev: 'skipped', prod: 'skipped', release: 'skipped' };

    const developed = await push('develop');
    assert.deepEqual(results(developed), { ...none, dev: 'success' }, logs(developed));
    assert.deepEqual([await versionsIn('dev'), await versionsIn('prod')], [['1.0.0'], []]);

    const released = await push('main');
    assert.deepEqual(results(released), { ...none, prod: 'success', release: 'success' }, logs(released));
    assert.deepEqual(await versionsIn('prod'), ['1.0.0']);
    const sha = await git('rev-parse', 'HEAD');
    assert.match(await git('ls-remote', '--tags', 'origin'), new RegExp(`^${sha}\\s+refs/tags/v1\\.0\\.0$`));

    // Other data under the same version.
    await git('checkout', '--quiet', '-b', 'louder');
    await project.write('datasets/clicks/builder.js', first.replace('user: row.user', 'user: row.user.toUpperCase()'));
    await commit('Shout');
    const loud = await pullRequest('main');
    assert.deepEqual(results(loud), { ...none, plan: 'failure', comment: 'success' }, logs(loud));
    const [refused, ...others] = await commentsIn(project.directory);
    assert.deepEqual(others, []);
    assert.match(
      refused?.body ?? '',
      /^<!-- ailab-datasets ci plan -->\n### Data sets that this changes, against `origin\/main`/,
    );
    assert.match(
      refused?.body ?? '',
      /\| `clicks:1\.0\.0` \| is built and compared \| .*\| \*\*none, too small: at least major\*\* \| 0 B \|/,
    );
    assert.match(refused?.body ?? '', /train: of 2 examples of the sample 2 are others now, 0 were not there/);
    assert.match(refused?.body ?? '', /- changed: `datasets\/clicks\/builder\.js`/);
    assert.match(refused?.body ?? '', /\*\*A version has to be raised\*\*/);
    assert.doesNotMatch(refused?.body ?? '', /SECRET/);

    // A new feature, and the version that it takes.
    const features = "{ user: text({ description: 'who' }), length: scalar('int64', { description: 'of the name' }) }";
    const second = builder(
      "{ '1.1.0': 'Adds length.', '1.0.0': 'First.' }",
      features,
      '{ user: row.user, length: BigInt(row.user.length) }',
    );
    await project.write('datasets/clicks/builder.js', second);
    const manifest = JSON.parse(await readFile(project.path('package.json'), 'utf8')) as object;
    await project.write('package.json', JSON.stringify({ ...manifest, version: '1.1.0' }));
    const merged = await commit('Add length');
    const planned = await pullRequest('main');
    assert.deepEqual(results(planned), { ...none, plan: 'success', comment: 'success' }, logs(planned));
    const [fine, ...more] = await commentsIn(project.directory);
    assert.deepEqual([more, fine?.id], [[], refused?.id], 'the comment is written over');
    assert.match(fine?.body ?? '', /\| `clicks:1\.1\.0` \| is built \| .* \| minor after `clicks:1\.0\.0` \| 0 B \|/);
    assert.match(
      fine?.body ?? '',
      /a sample was built \(train 2\), against `clicks:1\.0\.0`:\n {2}- features: added length\n/,
    );
    assert.equal(planned['plan']?.summary, `${fine?.body}\n`);
    assert.deepEqual(await versionsIn('prod'), ['1.0.0'], 'a pull request publishes nothing');

    await git('checkout', '--quiet', 'main');
    await git('merge', '--quiet', '--ff-only', 'louder');
    await git('push', '--quiet', 'origin', 'main');
    const published = await push('main');
    assert.deepEqual(results(published), { ...none, prod: 'success', release: 'success' }, logs(published));
    assert.deepEqual([...(await versionsIn('prod'))].sort(), ['1.0.0', '1.1.0']);
    assert.match(await git('ls-remote', '--tags', 'origin', 'v1.1.0'), new RegExp(`^${merged}\\s`));

    // Whoever names no version reads what they read before.
    const { stdout } = await project.run(['path', 'clicks', '--registry', 'prod']);
    assert.equal(stdout.trim(), project.path('registries/prod/clicks/1.0.0'));
    const promoted = await project.run(['promote', 'clicks:1.1.0', 'default', '--registry', 'prod']);
    assert.equal(promoted.code, 0, promoted.stderr);
    const after = await project.run(['path', 'clicks', '--registry', 'prod']);
    assert.equal(after.stdout.trim(), project.path('registries/prod/clicks/1.1.0'));

    // A merge that raises no version is published, and moves no tag.
    await project.write('README.md', 'Data sets.\n');
    await commit('Describe');
    const again = await push('main');
    assert.deepEqual(results(again), { ...none, prod: 'success', release: 'success' }, logs(again));
    assert.match(
      again['release']?.log ?? '',
      new RegExp(`v1\\.1\\.0 was released before, from ${merged}: raise the version`),
    );
    assert.match(await git('ls-remote', '--tags', 'origin', 'v1.1.0'), new RegExp(`^${merged}\\s`));
  });

  it('does not comment for forks, whose runs may not write', async () => {
    const jobs = await pullRequest('main', 'stranger/data');
    assert.deepEqual([jobs['plan']?.result, jobs['comment']?.result], ['success', 'skipped'], logs(jobs));
  });
});
