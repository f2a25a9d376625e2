import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { TemporaryProject } from './run-cli.js';

interface Build {
  readonly status: string;
  readonly dataset: string;
  readonly config?: string;
  readonly version: string;
  readonly directory: string;
  readonly splits: readonly { readonly name: string; readonly examples: number; readonly shards: number }[];
  readonly error?: { readonly code: string };
}

const config = '{"datasets": ["datasets"]}';

/** A data set of numbers, in two configs, with an older version that is still supported and one that is blocked. */
const numbers = `
import { DatasetBuilder, features, type Pipeline, scalar } from 'ailab-datasets';

const schema = features({ value: scalar('int32') });

export class Numbers extends DatasetBuilder<typeof schema> {
  static override readonly datasetName = 'numbers';
  static override readonly versions = { '2.0.0': 'Twice as large.', '1.1.0': 'Bad.', '1.0.0': 'First.' };
  static override readonly supportedVersions = ['1.1.0', '1.0.0'];
  static override readonly blockedVersions = { '1.1.0': 'its values were wrong' };
  static override readonly configs = { small: 'ten numbers', large: 'a thousand' };
  override info() {
    return { description: 'Numbers.', features: schema };
  }
  override splits(pipeline: Pipeline) {
    const count = this.config === 'large' ? 1000 : 10;
    const factor = this.version === '2.0.0' ? 2 : 1;
    const range = (from: number) => function* () {
      for (let i = 0; i < count; i++) yield [from + i, { value: factor * i }] as const;
    };
    return { train: pipeline.generate(range(0)), test: pipeline.generate(range(count)) };
  }
}
`;

/** A data set whose function fails at its fourth example. */
const broken = `
import { DatasetBuilder, features, type Pipeline, scalar } from 'ailab-datasets';

const schema = features({ value: scalar('int32') });

function divide(value: number): number {
  if (value === 3) throw new RangeError('three is too much');
  return value;
}

export class Broken extends DatasetBuilder<typeof schema> {
  static override readonly datasetName = 'broken';
  static override readonly versions = { '1.0.0': 'First.' };
  override info() {
    return { description: 'Fails.', features: schema };
  }
  override splits(pipeline: Pipeline) {
    return { train: pipeline.create([1, 2, 3, 4]).keyBy((value) => value).mapValues((value) => ({ value: divide(value) })) };
  }
}
`;

/** A data set that never ends. */
const endless = `
import { DatasetBuilder, features, type Pipeline, scalar } from 'ailab-datasets';

const schema = features({ value: scalar('int32') });

export class Endless extends DatasetBuilder<typeof schema> {
  static override readonly datasetName = 'endless';
  static override readonly versions = { '1.0.0': 'First.' };
  override info() {
    return { description: 'Never ends.', features: schema };
  }
  override splits(pipeline: Pipeline) {
    return {
      train: pipeline.generate(function* () {
        for (let i = 0; ; i++) yield [i, { value: i % 1000 }] as const;
      }),
    };
  }
}
`;

/** A data set of a file with a row that is none. */
const tolerant = `
import { csv, DatasetBuilder, features, type Pipeline, scalar } from 'ailab-datasets';

const schema = features({ value: scalar('int32') });

export class Tolerant extends DatasetBuilder<typeof schema> {
  static override readonly datasetName = 'tolerant';
  static override readonly versions = { '1.0.0': 'First.' };
  override info() {
    return { description: 'Leaves out a row.', features: schema };
  }
  override splits(pipeline: Pipeline) {
    const rows = pipeline.read(csv('rows.csv', { types: { value: 'int32' }, maxBadRows: 1 }));
    return { train: rows.keyBy(({ value }) => value).mapValues(({ value }) => ({ value })) };
  }
}
`;

describe('build', () => {
  let project: TemporaryProject;

  before(async () => {
    project = await TemporaryProject.create({
      'package.json': '{"type": "module"}',
      'ailab-datasets.config.json': config,
      'datasets/numbers/builder.ts': numbers,
      'datasets/broken/builder.ts': broken,
      'datasets/endless/builder.ts': endless,
      'datasets/tolerant/builder.ts': tolerant,
      'datasets/tolerant/rows.csv': 'value\n1\ntwo\n3\n',
    });
  });
  after(() => project.remove());

  const build = async (...argv: readonly string[]): Promise<readonly Build[]> => {
    const { builds } = (await project.json(['build', ...argv])) as { readonly builds: readonly Build[] };
    return builds;
  };

  it('builds every config of a data set, and nothing the second time', async () => {
    const first = await build('numbers');
    assert.deepEqual(
      first.map(({ status, config: name, version, splits }) => [
        status,
        name,
        version,
        splits.map(({ examples }) => examples),
      ]),
      [
        ['built', 'small', '2.0.0', [10, 10]],
        ['built', 'large', '2.0.0', [1000, 1000]],
      ],
    );
    assert.deepEqual(
      await readdir(first[0]?.directory ?? ''),
      await readdir(project.path('registry/numbers/small/2.0.0')),
    );
    assert.deepEqual(
      (await build('numbers')).map(({ status }) => status),
      ['exists', 'exists'],
    );
  });

  it('says which malformed rows were left out, and where they are', async () => {
    const { code, stderr } = await project.run(['build', 'tolerant'], {
      env: { AILAB_DATASETS_WORK_DIR: project.path('work') },
    });
    assert.equal(code, 0, stderr);
    const file = project.path('work/bad-rows/tolerant-1.0.0/source-0.jsonl');
    assert.ok(stderr.includes(`csv(rows.csv): 1 malformed row was left out, kept in ${file}\n`), stderr);
    assert.match(
      stderr,
      /^ {2}rows\.csv line 3, column 1: a text of 3 characters in column "value" is not of type int32$/m,
    );
    assert.equal(JSON.parse(await readFile(file, 'utf8')).raw, 'two');
  });

  it('prints a summary for people: splits, examples, shards, size, path; and progress as plain lines on standard error', async () => {
    const { code, stdout, stderr } = await project.run(['build', 'numbers/large:1.0.0']);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^numbers\/large:1\.0\.0 published in /);
    assert.match(stdout, /^split {2}examples {2}shards +size$/m);
    assert.match(stdout, /^train +1,000 +1 +[\d.]+ [KM]iB$/m);
    assert.match(stdout, /^total +2,000 +2 /m);
    assert.match(stdout, new RegExp(`^${project.path('registry/numbers/large/1.0.0')}$`, 'm'));
    assert.match(stderr, /^generate#0: done, 1,000 rows in .* \(.*\/s\)$/m);
    assert.ok(!`${stdout}${stderr}`.includes(String.fromCharCode(27)));
  });

  it('is quiet with --quiet', async () => {
    const { stderr, stdout } = await project.run(['build', 'numbers/small', '--quiet']);
    assert.equal(stderr, '');
    assert.match(stdout, /was published before/);
  });

  it('takes one config, one format, a number of shards, a sample and a runner', async () => {
    const registry = project.path('other');
    const [built] = await build(
      ...['numbers', '--config', 'large', '--registry', registry, '--runner', 'inline', '--num-shards', '3'],
      ...['--max-examples-per-split', '50', '--file-format', 'arrow'],
    );
    assert.equal(built?.directory, project.path('other/numbers/large/2.0.0'));
    assert.deepEqual(
      built?.splits.map(({ examples, shards }) => [examples, shards]),
      [
        [50, 3],
        [50, 3],
      ],
    );
    const files = await readdir(built?.directory ?? '', { recursive: true });
    assert.ok(files.some((file) => file.endsWith('.arrow')));
    assert.ok(!files.some((file) => file.includes('.tfrecord-')));
  });

  it('says with --dry-run what it would do, and does nothing', async () => {
    const { code, stdout } = await project.run(['build', 'numbers/small:1.0.0', '--dry-run']);
    assert.equal(code, 0);
    assert.match(stdout, /^numbers\/small:1\.0\.0 would be built$/m);
    assert.match(stdout, /→ split train/);
    await assert.rejects(readdir(project.path('registry/numbers/small/1.0.0')), { code: 'ENOENT' });
    const { plans } = (await project.json(['build', 'numbers/small:1.0.0', '--dry-run'])) as {
      readonly plans: readonly object[];
    };
    assert.equal(plans.length, 1);
  });

  it('fails with exit code 4 where --fail-if-exists finds the version, and builds it anew with --overwrite', async () => {
    await build('numbers/small');
    const refused = await project.run(['build', 'numbers/small', '--fail-if-exists']);
    assert.equal(refused.code, 4);
    assert.match(refused.stderr, /error\[VERSION_EXISTS\]: numbers\/small:2\.0\.0 is already published/);
    const [again] = await build('numbers/small', '--overwrite');
    assert.equal(again?.status, 'built');
    const both = await project.run(['build', 'numbers', '--overwrite', '--fail-if-exists']);
    assert.equal(both.code, 2);
    assert.match(both.stderr, /--overwrite and --fail-if-exists contradict each other/);
  });

  it('builds the data set of the folder that it is called in, or that is named by path', async () => {
    const here = await project.run(['build', '--config', 'small', '--json'], { cwd: project.path('datasets/numbers') });
    assert.equal(here.code, 0, here.stdout);
    assert.match(here.stdout, /"dataset": "numbers"/);
    assert.equal((await build('./datasets/numbers', '--config', 'small')).length, 1);
    const nowhere = await project.run(['build']);
    assert.equal(nowhere.code, 2);
    assert.match(nowhere.stderr, /nothing to build/);
  });

  it('points at the line of the author’s function that failed, with exit code 1 and no stack trace of ours', async () => {
    const { code, stdout, stderr } = await project.run(['build', 'broken']);
    assert.equal(code, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /error\[USER_CODE\]: .*three is too much/);
    assert.match(stderr, /transform: mapValues/);
    assert.match(stderr, /at divide \(.*datasets\/broken\/builder\.ts:7:/);
    assert.doesNotMatch(stderr, /node:internal|dist\/src/);
    assert.match(
      (await project.run(['build', 'broken', '--verbose', '--runner', 'inline'])).stderr,
      /dist\/src|src\/engines/,
    );
  });

  it('goes on with the other data sets when one of them fails, and ends with its exit code', async () => {
    await build('numbers/small');
    const { code, stdout } = await project.run(['build', 'broken', 'numbers/small', '--json']);
    assert.equal(code, 1);
    const { builds } = JSON.parse(stdout) as { readonly builds: readonly Build[] };
    assert.deepEqual(
      builds.map(({ status, error }) => [status, error?.code]),
      [
        ['failed', 'USER_CODE'],
        ['exists', undefined],
      ],
    );
  });

  for (const [argv, code, pattern] of [
    [['numbrs'], 3, /error\[DATASET_UNKNOWN\].*\n(?:.*\n)*hint: Did you mean numbers\?/],
    [['numbers/big'], 3, /error\[CONFIG_UNKNOWN\]/],
    [['numbers:9.9.9'], 3, /error\[VERSION_UNKNOWN\]/],
    [['numbers/small:1.1.0'], 4, /error\[VERSION_BLOCKED\].*its values were wrong/],
    [['Numbers'], 2, /error\[NAME_INVALID\]/],
    [['numbers', '--num-shards', '0'], 2, /--num-shards.*whole number from 1 up/],
    [['numbers', '--max-shard-size', 'huge'], 2, /--max-shard-size.*size like 256MiB/],
    [
      ['numbers', '--file-format', 'csv'],
      2,
      /--file-format, part 1, must be "tfrecord" or "arrow" or "parquet", but is "csv"/,
    ],
    [['--all', '--exclude', 'numbrs'], 3, /error\[DATASET_UNKNOWN\]: --exclude names numbrs/],
    [['numbers', '--exclude', 'broken'], 2, /--exclude goes with --all/],
  ] as const) {
    it(`ends with exit code ${code} for build ${argv.join(' ')}`, async () => {
      const outcome = await project.run(['build', ...argv]);
      assert.equal(outcome.code, code, outcome.stderr);
      assert.match(outcome.stderr, pattern);
      assert.doesNotMatch(outcome.stderr, /\n\s+at .*\(/);
    });
  }

  it('that was killed leaves nothing visible, and doctor --clean removes its files', async () => {
    const registry = project.path('killed');
    const { code } = await project.interrupt(
      ['build', 'endless', '--registry', registry],
      /^generate#0: 1 task/m,
      'SIGKILL',
    );
    assert.equal(code, null);
    assert.deepEqual(
      (
        (await project.json(['list', '--registry', registry])) as {
          readonly datasets: readonly { readonly published: readonly unknown[] }[];
        }
      ).datasets.flatMap(({ published }) => published),
      [],
    );
    const found = await project.run(['doctor', '--registry', registry]);
    assert.match(
      found.stdout,
      /^note a build that died left files in the registry: endless:1\.0\.0\n +ailab-datasets doctor --clean$/m,
    );
    const cleaned = await project.run(['doctor', '--clean', '--registry', registry]);
    assert.match(cleaned.stdout, /^removed what was left of endless:1\.0\.0$/m);
    assert.deepEqual(await readdir(project.path('killed/.staging')), []);
  });

  it('goes on after SIGTERM, exit code 143, and says from what; Ctrl-C then removes it all', async () => {
    const argv = ['build', 'endless', '--registry', project.path('preempted')];
    const stopped = await project.interrupt(argv, /^generate#0: 1 task/m, 'SIGTERM');
    assert.equal(stopped.code, 143, stopped.stderr);
    assert.match(stopped.stderr, /error\[PREEMPTED\]: .*SIGTERM/);
    assert.match(stopped.stderr, /it goes on from what is finished/);
    assert.equal((await readdir(project.path('preempted/.staging'))).length, 1);
    const again = await project.interrupt(argv, /^generate#0: 1 task/m, 'SIGINT');
    assert.equal(again.code, 130, again.stderr);
    assert.match(again.stderr, /^resumes the build that stopped .* ago: \d of 1 source shards are there$/m);
    assert.deepEqual(await readdir(project.path('preempted/.staging')), []);
    const restarted = await project.interrupt([...argv, '--restart'], /^generate#0: 1 task/m, 'SIGINT');
    assert.doesNotMatch(restarted.stderr, /resumes/);
  });

  for (const runner of ['threads', 'inline']) {
    it(`stops at Ctrl-C with exit code 130 and leaves nothing behind (${runner})`, async () => {
      const registry = project.path(`interrupted-${runner}`);
      const argv = ['build', 'endless', '--runner', runner, '--registry', registry];
      const { code, stdout, stderr } = await project.interrupt(argv, /^generate#0: 1 task/m, 'SIGINT');
      assert.equal(code, 130, stderr);
      assert.equal(stdout, '');
      assert.match(stderr, /Stopping; press Ctrl-C again/);
      assert.match(stderr, /error\[INTERRUPTED\]/);
      const left = await readdir(registry, { recursive: true });
      assert.deepEqual(
        left.filter((path) => path !== '.staging' && !/^\.(leases|builds)/.test(path)),
        [],
      );
    });
  }
});
