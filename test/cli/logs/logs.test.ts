import assert from 'node:assert/strict';
import { TemporaryProject } from '../run-cli.js';

type Line = Readonly<Record<string, unknown>>;

const builder = (name: string, splits: string) => `
import { DatasetBuilder, features, scalar } from 'ailab-datasets';
export class Sample extends DatasetBuilder {
  static datasetName = '${name}';
  static versions = { '1.0.0': 'First.' };
  info() { return { description: 'Numbers.', features: features({ value: scalar('int32') }) }; }
  splits(p) { ${splits} }
}
`;
/** It goes on when what it wrote has arrived: what a worker has not sent when it is ended is lost. */
const good = `return { train: p.generate(async function* () {
  for (let value = 0; value < 3; value++) yield [value, { value }];
  await new Promise((resolve) => process.stderr.write('two lines\\nof an author\\n', resolve));
}) };`;
const bad = "return { train: p.generate(function* () { throw new RangeError('three is too much'); }) };";
/** Nothing catches what it throws, and its data never comes. */
const stray = `setImmediate(() => { throw new TypeError('stray timer'); });
  return { train: p.generate(async function* () { await new Promise((resolve) => setTimeout(resolve, 600_000)); yield [1, { value: 1 }]; }) };`;

describe('the log of a command', () => {
  let project: TemporaryProject;
  before(async () => {
    project = await TemporaryProject.create({
      'package.json': '{ "type": "module" }',
      'ailab-datasets.config.json': '{"datasets": ["datasets"]}',
      'datasets/good/builder.js': builder('good', good),
      'datasets/bad/builder.js': builder('bad', bad),
      'datasets/stray/builder.js': builder('stray', stray),
    });
  });
  after(() => project.remove());

  /** Every line of standard error, which must be JSON. */
  const lines = (stderr: string): readonly Line[] => {
    assert.ok(stderr.endsWith('\n'), stderr);
    return stderr
      .slice(0, -1)
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
  };

  it('has a line a stage with what it is of, and all else that is said on standard error', async () => {
    const { code, stderr, stdout } = await project.run(
      ['build', 'good', '--workers', '1', '--log-format', 'json', '--overwrite', '--registry', 'a'],
      { env: { TRACEPARENT: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' } },
    );
    assert.equal(code, 0, stderr);
    assert.match(stdout, /good:1\.0\.0 published/);
    const all = lines(stderr);
    for (const line of all) {
      assert.match(String(line['time']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      assert.match(String(line['severity']), /^(?:INFO|WARNING|ERROR)$/);
      assert.deepEqual([line['traceId'], line['spanId']], ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7']);
    }
    const stages = all.filter((line) => 'stage' in line);
    assert.ok(stages.length >= 2, stderr);
    assert.equal(new Set(stages.map(({ stage }) => stage)).size, stages.length);
    for (const { dataset, version, buildId, rows, seconds } of stages) {
      assert.deepEqual([dataset, version, rows], ['good', '1.0.0', 3]);
      assert.match(String(buildId), /^good-1\.0\.0-/);
      assert.equal(typeof seconds, 'number');
    }
    // The worker's own standard error.
    const messages = all.map(({ message }) => message);
    assert.ok(messages.includes('two lines') && messages.includes('of an author'), stderr);
    const last = all.find(({ status }) => status === 'built');
    assert.deepEqual([last?.['dataset'], last?.['rows']], ['good', 3]);
  });

  it('has the names that Cloud Logging knows', async () => {
    const { code, stderr } = await project.run(['build', 'good', '--runner', 'inline', '--registry', 'b'], {
      env: {
        AILAB_DATASETS_LOG_FORMAT: 'gcp',
        GOOGLE_CLOUD_PROJECT: 'our-project',
        X_CLOUD_TRACE_CONTEXT: '4bf92f3577b34da6a3ce929d0e0e4736/67667974448284343;o=1',
      },
    });
    assert.equal(code, 0, stderr);
    const stage = lines(stderr).find((line) => 'stage' in line);
    assert.ok(stage);
    const { timestamp, message, seconds, 'logging.googleapis.com/labels': labels, ...rest } = stage;
    assert.match(`${timestamp} ${message} ${seconds}`, /^\d{4}-.*Z .*3 rows in \d/);
    const { buildId, ...subject } = labels as Line;
    assert.match(String(buildId), /^good-1\.0\.0-/);
    assert.deepEqual(subject, { dataset: 'good', version: '1.0.0' });
    assert.deepEqual(rest, {
      severity: 'INFO',
      stage: rest['stage'],
      rows: 3,
      'logging.googleapis.com/trace': 'projects/our-project/traces/4bf92f3577b34da6a3ce929d0e0e4736',
      // 67667974448284343 in sixteen hexadecimal digits.
      'logging.googleapis.com/spanId': '00f067aa0ba902b7',
      'logging.googleapis.com/trace_sampled': true,
    });
  });

  it('has an error as one line, with code, hint and stack, whatever is printed as its result', async () => {
    for (const argv of [
      ['build', 'bad'],
      ['build', 'bad', 'good', '--json'],
    ]) {
      const { code, stderr } = await project.run([
        ...argv,
        '--runner',
        'inline',
        '--registry',
        'c',
        '--log-format=json',
      ]);
      assert.equal(code, 1, stderr);
      const errors = lines(stderr).filter(({ severity }) => severity === 'ERROR');
      assert.equal(errors.length, 1, stderr);
      const [error] = errors;
      assert.equal(error?.['code'], 'USER_CODE');
      assert.match(String(error?.['message']), /three is too much/);
      assert.match(String(error?.['stack_trace']), /RangeError: three is too much\n {4}at .*builder\.js/);
    }
    const wrong = await project.run(['biuld', '--log-format', 'json']);
    assert.equal(wrong.code, 2);
    assert.deepEqual(
      lines(wrong.stderr).map(({ severity, code }) => [severity, code]),
      [['ERROR', 'USAGE']],
    );
    const unknown = await project.run(['list'], { env: { AILAB_DATASETS_LOG_FORMAT: 'xml' } });
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /AILAB_DATASETS_LOG_FORMAT is "xml"[\s\S]*text, json, gcp/);
  });

  it('says what nothing has caught, which ends the command and its workers, also where a timer is left', async () => {
    const alone = await project.run(['build', 'stray', '--runner', 'inline', '--registry', 'd']);
    assert.equal(alone.code, 1, alone.stderr);
    assert.match(alone.stderr, /^error\[USER_CODE\]: an error was thrown outside of any task.*stray timer$/m);
    const { code, stderr } = await project.run([
      'build',
      'stray',
      '--workers',
      '1',
      '--registry',
      'd',
      '--log-format',
      'json',
    ]);
    assert.equal(code, 1, stderr);
    const errors = lines(stderr).filter(({ severity }) => severity === 'ERROR');
    assert.equal(errors.length, 1, stderr);
    assert.match(String(errors[0]?.['message']), /TypeError: stray timer/);
    // What a build held is given back: nobody seems to work on it.
    const { builds } = (await project.json(['builds', 'list', '--registry', 'd'])) as {
      readonly builds: readonly unknown[];
    };
    assert.deepEqual(builds, []);
  });
});
